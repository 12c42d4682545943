import { linesOf } from './lines.ts';
import type { Progress } from './progress.ts';
import { type Format, type FormatName, formatOf, formats } from './reader.ts';
import type { Source } from './source.ts';

/** Reads one line; a promise where the reader must wait before the next. */
export type Visit = (line: string, number: number) => Promise<void> | undefined;

/** Visits every line of every source that is not empty, in order, until `signal`. `visitOf` is asked once per source, when its format is known. */
export const walk = async (
  { sources, format }: { readonly sources: readonly Source[]; readonly format: FormatName | undefined },
  signal: AbortSignal,
  bar: Progress,
  visitOf: (source: Source, format: Format) => Visit,
): Promise<void> => {
  const whole = sources.reduce<number | undefined>(
    (sum, { size }) => (sum === undefined || size === undefined ? undefined : sum + size),
    0,
  );
  let bytes = 0;
  let visited = 0;
  for (const source of sources) {
    let visit: Visit | undefined;
    let number = 0;
    for await (const lines of linesOf(source.open((count) => (bytes += count)))) {
      for (const line of lines) {
        number++;
        if (line === '') continue;
        visited++;
        visit ??= visitOf(source, formats[format ?? formatOf(line)]);
        const wait = visit(line, number);
        if (wait !== undefined) await wait;
        if (signal.aborted) return;
      }
      bar.at(visited, whole === undefined ? undefined : Math.min(1, bytes / Math.max(1, whole)));
    }
  }
};
