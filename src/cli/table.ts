import { printable } from './printable.ts';

/** Rows of an answer. */
export type Rows = readonly Readonly<Record<string, unknown>>[];

/** Rows as an aligned table, numbers to the right. Where it is wider than `columns` characters its widest columns are cut; if that is not enough, each row is a list of its own. */
export const textTable = (
  names: readonly string[],
  rows: Rows,
  columns = Number.POSITIVE_INFINITY,
): string => {
  const cells = rows.map((row) => names.map((name) => printable(cellOf(rounded(row[name]), '–'))));
  const wide = fitted(
    names.map((name, i) => Math.max(name.length, ...cells.map((row) => row[i]?.length ?? 0))),
    columns,
  );
  if (wide === undefined) return rows.map((row) => list(names, row, columns)).join('\n');
  const right = names.map(
    (name) => rows.length > 0 && rows.every((row) => row[name] === null || typeof row[name] === 'number'),
  );
  const line = (words: readonly string[]): string => {
    const shown = words.map((word, i) => {
      const width = wide[i] ?? 0;
      return right[i] ? word.padStart(width) : printable(word, width).padEnd(width);
    });
    return `${shown.join(between).trimEnd()}\n`;
  };
  return [line(names), line(wide.map((n) => '─'.repeat(n))), ...cells.map(line)].join('');
};

/** A fraction to four places, for eyes; CSV and JSON keep all of it. */
const rounded = (value: unknown): unknown =>
  typeof value === 'number' ? Math.round(value * 10_000) / 10_000 : value;

/** One row as lines of name and value, without what is empty. */
function list(names: readonly string[], row: Rows[number], columns: number): string {
  const wide = Math.max(...names.map((name) => name.length));
  const filled = names.filter((name) => row[name] !== null && row[name] !== undefined);
  return filled
    .map(
      (name) =>
        `${name.padEnd(wide)}${between}${printable(cellOf(row[name], ''), Math.max(narrowest, columns - wide - between.length))}\n`,
    )
    .join('');
}

const between = '  ';
const narrowest = 12;

/** Widths that fit: one character after the other is taken from the widest. Undefined where all would have to be too narrow. */
function fitted(wide: readonly number[], columns: number): readonly number[] | undefined {
  const widths = [...wide];
  let over = widths.reduce((sum, n) => sum + n, between.length * (widths.length - 1)) - columns;
  for (; over > 0 && Number.isFinite(over); over--) {
    const widest = Math.max(...widths);
    if (widest <= narrowest) return undefined;
    widths[widths.lastIndexOf(widest)] = widest - 1;
  }
  return widths;
}

/** Rows as CSV (RFC 4180, line feeds), with a line of names: nothing is empty, empty text is `""`. Unless `raw`, text a spreadsheet would take for a formula has an apostrophe before it. */
export const csv = (names: readonly string[], rows: Rows, raw = false): string =>
  [names, ...rows.map((row) => names.map((name) => row[name]))]
    .map((cells) => `${cells.map((cell) => csvCell(cell, raw)).join(',')}\n`)
    .join('');

function csvCell(value: unknown, raw: boolean): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return quoted(JSON.stringify(value));
  const text = !raw && /^\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(value) ? `'${value}` : value;
  return text === '' ? '""' : quoted(text);
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function cellOf(value: unknown, nothing: string): string {
  if (value === null || value === undefined) return nothing;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
