/** A line may be this long (UTF-16 units); of a longer one the first thousand are kept, so that it can be quoted. */
export const longestLine = 1024 * 1024;
const quotable = 1000;

/** Bytes as lines of UTF-8 without their ends, a list per chunk; empty lines too, so that they can be numbered. Memory: one chunk and one line. */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder();
  let begun = '';
  let tooLong = false;
  for await (const chunk of bytes) {
    const text = decoder.decode(chunk, { stream: true });
    const lines = text.split('\n');
    lines[0] = tooLong ? begun : begun + (lines[0] ?? '');
    begun = lines.pop() ?? '';
    if (lines.length > 0) {
      tooLong = false;
      yield lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
    }
    if (begun.length > longestLine) {
      tooLong = true;
      begun = begun.slice(0, quotable);
    }
  }
  begun += decoder.decode();
  if (begun !== '') yield [begun];
}
