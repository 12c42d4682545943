/** A line may be this long (bytes); of a longer one the first thousand characters are kept, so that it can be quoted. */
export const longestLine = 1024 * 1024;
const quotable = 1000;
const lineFeed = 0x0a;

const loose = new TextDecoder('utf-8', { ignoreBOM: true });
const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** Bytes as lines without their ends, a list per chunk; empty lines too, so that they can be numbered. A line that is not UTF-8 is read as Latin-1, and `onLatin1` hears of it. Memory: one chunk and one line. */
export async function* linesIn(
  bytes: AsyncIterable<Uint8Array>,
  onLatin1: () => void = () => undefined,
): AsyncGenerator<readonly string[]> {
  let begun: Uint8Array[] = [];
  let size = 0;
  let tooLong: string | undefined;
  let first = true;
  const finished = (whole: Uint8Array): readonly string[] => {
    const lines = decoded(whole, onLatin1);
    if (first) lines[0] = (lines[0] ?? '').replace(/^\ufeff/, '');
    first = false;
    if (tooLong !== undefined) lines[0] = tooLong;
    tooLong = undefined;
    return lines;
  };
  for await (const chunk of bytes) {
    const end = chunk.lastIndexOf(lineFeed);
    if (end === -1) {
      begun.push(chunk);
      size += chunk.length;
    } else {
      const whole =
        begun.length === 0 ? chunk.subarray(0, end) : Buffer.concat([...begun, chunk.subarray(0, end)]);
      const rest = chunk.subarray(end + 1);
      begun = rest.length === 0 ? [] : [rest];
      size = rest.length;
      yield finished(whole);
    }
    if (size > longestLine) {
      tooLong ??= loose.decode(Buffer.concat(begun).subarray(0, 4 * quotable)).slice(0, quotable);
      begun = [];
      size = 0;
    }
  }
  if (size > 0 || tooLong !== undefined) yield finished(Buffer.concat(begun));
}

/** Whole lines. Nearly always all of them are UTF-8; where not, each is looked at for itself. */
function decoded(whole: Uint8Array, onLatin1: () => void): string[] {
  const text = loose.decode(whole);
  const lines = text.includes('\ufffd') ? [...oneByOne(whole, onLatin1)] : text.split('\n');
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}

function* oneByOne(whole: Uint8Array, onLatin1: () => void): Generator<string> {
  for (let from = 0; from <= whole.length; ) {
    const feed = whole.indexOf(lineFeed, from);
    const end = feed === -1 ? whole.length : feed;
    const line = whole.subarray(from, end);
    try {
      yield strict.decode(line);
    } catch {
      onLatin1();
      yield Buffer.from(line).toString('latin1');
    }
    from = end + 1;
  }
}
