import { counted, printable } from './printable.ts';
import type { Rows } from './table.ts';

/** What is drawn of an answer, found by `drawn`. */
interface Drawn {
  /** The numbers that bars are of. */
  readonly measure: string;
  /** Numbers from 0 to 1 that are written beside. */
  readonly shares: readonly string[];
  /** The column of times; undefined where rows are no buckets. */
  readonly time: string | undefined;
  readonly labels: readonly string[];
}

/** What a chart needs beside the rows. */
export interface Canvas {
  readonly columns: readonly { readonly name: string; readonly type?: string | undefined }[];
  /** Characters to a line. */
  readonly width: number;
  readonly timeText: (time: string) => string;
  /** The starts of all buckets of the period, so that an empty one is drawn; undefined where nobody knows. */
  readonly buckets: readonly string[] | undefined;
  /** The starts of those that are not wholly in the period. */
  readonly partial: readonly string[];
}

const ticks = '▁▂▃▄▅▆▇█';
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;
const longestLabel = 40;
const shortestBar = 10;

/** Rows as text to look at: buckets as bars, buckets of several groups as a sparkline each, anything else as bars of its first number with its shares beside. Undefined where there is no number to draw. */
export const chart = (names: readonly string[], rows: Rows, canvas: Canvas): string | undefined => {
  const what = drawn(names, rows, canvas);
  if (what === undefined) return undefined;
  const { time, labels } = what;
  if (time === undefined)
    return bars(
      rows.map((row) => lineOf(row, what, labelOf(row, labels))),
      canvas.width,
    );
  const all = canvas.buckets ?? [...new Set(rows.map((row) => String(row[time])))].sort();
  if (labels.length > 0) return sparklines(rows, what, time, all, canvas);
  const byBucket = new Map(rows.map((row) => [String(row[time]), row]));
  return bars(
    all.map((bucket) => {
      const row = byBucket.get(bucket) ?? { [what.measure]: 0 };
      const line = lineOf(row, what, canvas.timeText(bucket));
      return canvas.partial.includes(bucket) ? { ...line, beside: `${line.beside} partial` } : line;
    }),
    canvas.width,
  );
};

function drawn(names: readonly string[], rows: Rows, { columns }: Canvas): Drawn | undefined {
  const isTime = (name: string): boolean =>
    name === 'bucket' && columns.some((column) => column.name === name && column.type === 'time');
  const time = names.find(isTime);
  const isNumber = (name: string): boolean =>
    rows.some((row) => typeof row[name] === 'number') &&
    rows.every((row) => row[name] === null || row[name] === undefined || typeof row[name] === 'number');
  const numbers = names.filter((name) => isNumber(name) && name !== 'step' && name !== 'number');
  const shares = numbers.filter((name) => /share|conversion|rate|ratio/.test(name));
  const measure = numbers.find((name) => !shares.includes(name)) ?? shares[0];
  if (measure === undefined) return undefined;
  return {
    measure,
    shares: shares.filter((name) => name !== measure),
    time,
    labels: names.filter((name) => name !== time && !numbers.includes(name)),
  };
}

interface Line {
  readonly label: string;
  readonly value: number;
  readonly beside: string;
}

const labelOf = (row: Rows[number], labels: readonly string[]): string =>
  labels
    .map((name) => row[name])
    .map((value) =>
      value === null || value === undefined
        ? '–'
        : typeof value === 'object'
          ? JSON.stringify(value)
          : String(value),
    )
    .join(' ');

const numberIn = (row: Rows[number], name: string): number => {
  const value = row[name];
  return typeof value === 'number' ? value : 0;
};

function lineOf(row: Rows[number], { measure, shares }: Drawn, label: string): Line {
  const parts = shares.flatMap((name) => {
    const value = row[name];
    return typeof value === 'number' ? [`${(100 * value).toFixed(1)} % ${name}`] : [];
  });
  const value = numberIn(row, measure);
  return { label, value, beside: [short(value), ...parts].join('  ') };
}

const short = (value: number): string =>
  Number.isInteger(value) ? counted(value) : String(Math.round(value * 10_000) / 10_000);

/** A bar a line, all to the scale of the largest; what is below zero has none. */
function bars(lines: readonly Line[], width: number): string {
  const labels = lines.map(({ label }) => printable(label, longestLabel));
  const wide = Math.max(0, ...labels.map((label) => label.length));
  const beside = Math.max(0, ...lines.map((line) => line.beside.length));
  const room = Math.max(shortestBar, width - wide - beside - 4);
  const most = Math.max(0, ...lines.map(({ value }) => value));
  return lines
    .map(({ value, beside }, i) => {
      const bar = most === 0 ? '' : barOf(Math.max(0, value / most) * room);
      return `${(labels[i] ?? '').padEnd(wide)}  ${`${bar}${bar === '' ? '' : ' '}${beside}`}\n`;
    })
    .join('');
}

/** So many characters, to an eighth; what is more than nothing is at least that eighth. */
function barOf(length: number): string {
  const parts = length > 0 ? Math.max(1, Math.round(length * 8)) : 0;
  return '█'.repeat(Math.floor(parts / 8)) + (eighths[parts % 8] ?? '');
}

/** A line a group: its buckets in order, its largest one. Longer periods than a line share their ticks, the highest of each. */
function sparklines(
  rows: Rows,
  { measure, labels }: Drawn,
  time: string,
  buckets: readonly string[],
  { width, timeText }: Canvas,
): string {
  const groups = new Map<string, Map<string, number>>();
  for (const row of rows) {
    const label = printable(labelOf(row, labels), longestLabel);
    const values = groups.get(label) ?? new Map<string, number>();
    values.set(String(row[time]), numberIn(row, measure));
    groups.set(label, values);
  }
  const wide = Math.max(...[...groups.keys()].map((label) => label.length), 0);
  const most = Math.max(0, ...[...groups.values()].flatMap((values) => [...values.values()]));
  const each = Math.max(1, Math.ceil(buckets.length / Math.max(shortestBar, width - wide - 16)));
  const lines = [...groups].map(([label, values]) => {
    const all = buckets.map((bucket) => values.get(bucket) ?? 0);
    const line = Array.from({ length: Math.ceil(all.length / each) }, (_, i) =>
      Math.max(...all.slice(i * each, (i + 1) * each)),
    );
    return `${label.padEnd(wide)}  ${line.map((value) => tickOf(value, most)).join('')}  ${short(Math.max(0, ...all))}\n`;
  });
  const [first = '', last = ''] = [buckets[0], buckets.at(-1)];
  return `${lines.join('')}\n${timeText(first)} to ${timeText(last)}, each ${each === 1 ? 'tick a bucket' : `tick the highest of ${each} buckets`}; beside each line its highest ${measure}. One scale for all.\n`;
}

/** Nothing is a blank, so that the least is seen beside it. */
const tickOf = (value: number, most: number): string =>
  value <= 0 || most === 0 ? ' ' : ticks.charAt(Math.min(7, Math.ceil((value / most) * 8) - 1));
