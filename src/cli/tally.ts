import type { Item } from './delivery.ts';
import { counted, printable } from './printable.ts';

const quotes = 5;
const quoteLength = 160;
const namesShown = 30;

/** Counts what an import did, line by line. */
export interface Tally {
  lines: number;
  kept: number;
  shortened: number;
  equal: number;
  refused: number;
  readonly keptAs: (event: string) => void;
  readonly skipped: (reason: string) => void;
  /** A line that could not be taken: the first few are quoted. */
  readonly broke: (item: Pick<Item, 'line' | 'source' | 'number'>, why: string) => void;
  /** How many lines were no line of their format. */
  readonly unparseable: () => number;
  /** The closing summary below its headline. */
  readonly report: () => string;
}

/** An empty tally. */
export const tally = (): Tally => {
  const kinds = new Map<string, number>();
  const reasons = new Map<string, number>();
  const broken: string[] = [];
  const count = (table: Map<string, number>, name: string): void => {
    // Names come from the input: a file of a million different ones must not fill the memory.
    const shown = table.has(name) || table.size < namesShown ? name : '(other)';
    table.set(shown, (table.get(shown) ?? 0) + 1);
  };
  const own: Tally = {
    lines: 0,
    kept: 0,
    shortened: 0,
    equal: 0,
    refused: 0,
    keptAs: (event) => {
      own.kept++;
      count(kinds, event);
    },
    skipped: (reason) => count(reasons, reason),
    broke: ({ line, source, number }, why) => {
      if (broken.length < quotes)
        broken.push(
          `  ${source}, line ${number}: ${printable(why, quoteLength)}\n    ${printable(line, quoteLength)}`,
        );
    },
    unparseable: () => reasons.get('unparseable') ?? 0,
    report: () => {
      const rows = [...section('kept', kinds), ...section('skipped', reasons)];
      if (own.refused > 0) rows.push(['refused', 'by the server', own.refused]);
      if (own.shortened > 0) rows.push(['shortened', 'values over their length', own.shortened]);
      if (own.equal > 0) rows.push(['repeats', 'equal lines, kept as separate events', own.equal]);
      const wide = Math.max(0, ...rows.map(([, name]) => name.length));
      const digits = Math.max(0, ...rows.map(([, , n]) => counted(n).length));
      const text = rows
        .map(
          ([title, name, n]) => `${title.padEnd(10)} ${name.padEnd(wide)}  ${counted(n).padStart(digits)}\n`,
        )
        .join('');
      return broken.length === 0
        ? text
        : `${text}\nThe first lines that could not be taken:\n${broken.join('\n')}\n`;
    },
  };
  return own;
};

function section(title: string, table: ReadonlyMap<string, number>): (readonly [string, string, number])[] {
  const rows = [...table].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return rows.map(([name, n], i) => [i === 0 ? title : '', printable(name, 40), n]);
}
