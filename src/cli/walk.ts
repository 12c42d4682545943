import { linesIn } from './lines.ts';
import type { Progress } from './progress.ts';
import type { Source } from './source.ts';

/** Reads one line; a promise where the reader must wait before the next. */
export type Visit = (line: string, number: number) => Promise<void> | undefined;

/** Looked at before a source is read: enough to see its format, and who most of its lines come from. */
const sampleLines = 1000;
const sampleCharacters = 2 * 1024 * 1024;

/** Visits every line of every source that is not empty, in order, until `signal`: then at once, whatever is being waited for. `visitOf` is asked once per source, with its first lines. */
export const walk = async (
  sources: readonly Source[],
  signal: AbortSignal,
  bar: Progress,
  visitOf: (source: Source, sample: readonly string[]) => Visit,
  onLatin1?: () => void,
): Promise<void> => {
  const whole = sources.reduce<number | undefined>(
    (sum, { size }) => (sum === undefined || size === undefined ? undefined : sum + size),
    0,
  );
  let bytes = 0;
  let visited = 0;
  for (const source of sources) {
    const lists = until(
      signal,
      linesIn(
        source.open((count) => (bytes += count)),
        onLatin1,
      ),
    );
    const start: (readonly string[])[] = [];
    const sample: string[] = [];
    for (let characters = 0; sample.length < sampleLines && characters < sampleCharacters; ) {
      const { value, done } = await lists.next();
      if (done) break;
      start.push(value);
      for (const line of value) {
        if (line === '' || sample.length === sampleLines) continue;
        sample.push(line);
        characters += line.length;
      }
    }
    if (signal.aborted) return;
    if (sample.length === 0) continue;
    const visit = visitOf(source, sample);
    let number = 0;
    for await (const lines of joined(start, lists)) {
      for (const line of lines) {
        number++;
        if (line === '') continue;
        visited++;
        const wait = visit(line, number);
        if (wait !== undefined) await wait;
        if (signal.aborted) return;
      }
      bar.at(visited, whole === undefined ? undefined : Math.min(1, bytes / Math.max(1, whole)));
    }
  }
};

async function* joined<T>(start: T[], rest: AsyncGenerator<T>): AsyncGenerator<T> {
  for (let first = start.shift(); first !== undefined; first = start.shift()) yield first;
  yield* rest;
}

/** The same, ended by `signal` even while the next is waited for: a pipe may be silent for hours. */
async function* until<T>(signal: AbortSignal, values: AsyncGenerator<T>): AsyncGenerator<T> {
  // A promise of its own for each wait: one that lives as long as the import would keep every answer of a race with it.
  let wake = (): void => undefined;
  const stop = (): void => wake();
  signal.addEventListener('abort', stop, { once: true });
  try {
    while (!signal.aborted) {
      const stopped = new Promise<undefined>((resolve) => {
        wake = () => resolve(undefined);
      });
      const next = await Promise.race([values.next(), stopped]);
      if (next === undefined || next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
