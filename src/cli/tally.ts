import type { Item } from './delivery.ts';
import { likelyMeaning } from './formats/foreign.ts';
import { counted, printable } from './printable.ts';
import type { LineReading } from './reading.ts';

const quotes = 5;
const quoteLength = 160;
const sampleLength = 100;
const namesShown = 30;
const extensionsShown = 8;

/** Counts what an import did, line by line. */
export interface Tally {
  lines: number;
  kept: number;
  /** Of the kept: those the server had before. */
  already: number;
  shortened: number;
  equal: number;
  refused: number;
  /** Lines that were not UTF-8. */
  latin1: number;
  readonly readAs: (format: string) => void;
  readonly keptAs: (event: string) => void;
  readonly skipped: (reading: Extract<LineReading, { skip: string }>) => void;
  /** A name of a line that no event has. */
  readonly ignored: (name: string) => void;
  /** A line that could not be taken: the first few are quoted. */
  readonly broke: (item: Pick<Item, 'line' | 'source' | 'number'>, why: string) => void;
  /** What a reader of the summary has to know; the same twice is said once. */
  readonly note: (text: string) => void;
  /** How many lines were no line of their format. */
  readonly unparseable: () => number;
  /** A sentence about lines that were there before, with its line end; empty where none were. */
  readonly again: () => string;
  /** The closing summary below its headline. */
  readonly report: () => string;
}

type Row = readonly [title: string, name: string, n: number, more?: string];

/** Counts by name. Names come from the input: a file of a million different ones must not fill the memory. */
const counter = () => {
  const table = new Map<string, number>();
  return {
    table,
    add: (name: string): string => {
      const shown = table.has(name) || table.size < namesShown ? name : '(other)';
      table.set(shown, (table.get(shown) ?? 0) + 1);
      return shown;
    },
  };
};

/** An empty tally. */
export const tally = (): Tally => {
  const formats = counter();
  const kinds = counter();
  const reasons = counter();
  const extensions = counter();
  const ignored = counter();
  const samples = new Map<string, string>();
  const broken: string[] = [];
  const notes = new Set<string>();
  const own: Tally = {
    lines: 0,
    kept: 0,
    already: 0,
    shortened: 0,
    equal: 0,
    refused: 0,
    latin1: 0,
    readAs: formats.add,
    keptAs: (event) => {
      own.kept++;
      kinds.add(event);
    },
    skipped: ({ skip, what, extension }) => {
      reasons.add(skip);
      const of = extension === undefined ? skip : `.${extensions.add(extension)}`;
      if (what !== undefined && !samples.has(of)) samples.set(of, what.slice(0, 4 * sampleLength));
    },
    ignored: ignored.add,
    broke: ({ line, source, number }, why) => {
      if (broken.length < quotes)
        broken.push(
          `  ${source}, line ${number}: ${printable(why, quoteLength)}\n    ${printable(line, quoteLength)}`,
        );
    },
    note: (text) => notes.add(printable(text)),
    unparseable: () => reasons.table.get('unparseable') ?? 0,
    again: () =>
      own.already === 0
        ? ''
        : `${counted(own.already)} of them were already there and were left as they are, whatever --site, --visitor or --shift-to say now.\n`,
    report: () =>
      [
        rowsOf([
          ...section('read as', formats.table),
          ...section('kept', kinds.table),
          ...section('skipped', reasons.table),
          ...rowIf('refused', 'by the server', own.refused),
          ...rowIf('shortened', 'values over their length', own.shortened),
          ...rowIf('repeats', 'equal lines, kept as separate events', own.equal),
          ...rowIf('Latin-1', 'lines that are not UTF-8, read as Latin-1', own.latin1),
          ...ignoredRows(ignored.table),
        ]),
        skippedSamples(reasons.table, extensions.table, samples),
        broken.length === 0 ? '' : `The first lines that could not be taken:\n${broken.join('\n')}\n`,
        [...notes].map((note) => `${note}\n`).join(''),
      ]
        .filter((part) => part !== '')
        .join('\n'),
  };
  return own;
};

const rowIf = (title: string, name: string, n: number): readonly Row[] => (n === 0 ? [] : [[title, name, n]]);

const sorted = (table: ReadonlyMap<string, number>) =>
  [...table].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));

const section = (title: string, table: ReadonlyMap<string, number>): readonly Row[] =>
  sorted(table).map(([name, n], i) => [i === 0 ? title : '', printable(name, 40), n]);

const ignoredRows = (table: ReadonlyMap<string, number>): readonly Row[] =>
  sorted(table).map(([name, n], i) => {
    const ours = likelyMeaning(name);
    return [
      i === 0 ? 'ignored' : '',
      printable(name, 40),
      n,
      ours === undefined ? 'no name of an event’s' : `probably ${ours}`,
    ];
  });

function rowsOf(rows: readonly Row[]): string {
  const wide = Math.max(0, ...rows.map(([, name]) => name.length));
  const digits = Math.max(0, ...rows.map(([, , n]) => counted(n).length));
  return rows
    .map(
      ([title, name, n, more]) =>
        `${title.padEnd(10)} ${name.padEnd(wide)}  ${counted(n).padStart(digits)}${more === undefined ? '' : `  ${more}`}\n`,
    )
    .join('');
}

/** One of each kind that was left out, the commonest endings of assets first, so that a wrong rule is seen. */
function skippedSamples(
  reasons: ReadonlyMap<string, number>,
  extensions: ReadonlyMap<string, number>,
  samples: ReadonlyMap<string, string>,
): string {
  const endings = sorted(extensions)
    .slice(0, extensionsShown)
    .map(
      ([extension, n]) => [`asset .${extension}`, counted(n), samples.get(`.${extension}`) ?? ''] as const,
    );
  const others = sorted(reasons).flatMap(([reason, n]) => {
    const sample = samples.get(reason);
    return sample === undefined ? [] : [[reason, counted(n), sample] as const];
  });
  const rows = [...endings, ...others];
  if (rows.length === 0) return '';
  const wide = Math.max(...rows.map(([name]) => name.length));
  const digits = Math.max(...rows.map(([, n]) => n.length));
  return `What was skipped, one of each:\n${rows
    .map(
      ([name, n, sample]) =>
        `  ${printable(name, 40).padEnd(wide)}  ${n.padStart(digits)}  ${printable(sample, sampleLength)}\n`,
    )
    .join('')}`;
}
