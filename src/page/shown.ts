import type { AnswerRow, Call, Datum, Heard } from './ask.ts';
import type { Stretch } from './state.ts';

/** A value with the one before, as rows of a list. */
export interface Named {
  readonly name: string;
  readonly value: number;
  readonly before?: number;
  /** What a click filters by. */
  readonly filter?: { readonly field: string; readonly value: string | null };
}
/** A value at a time. */
export interface Point {
  readonly at: number;
  readonly value: number;
  readonly before?: number;
  readonly beforeAt?: number;
  readonly whole: boolean;
}

/** What stands behind a chart, exactly as shown: the table beside it and its CSV are made from this. */
export interface Table {
  readonly heads: readonly { readonly name: string; readonly unit?: string; readonly type?: string }[];
  readonly rows: readonly (readonly Datum[])[];
}

/** A column’s values of a row, as numbers; what is none counts as 0. */
export const cellNumber = (row: AnswerRow | undefined, name: string): number => {
  const value = row?.[name];
  return typeof value === 'number' ? value : 0;
};
/** A column’s value of a row as text; null where there is none. */
export const textIn = (row: AnswerRow, name: string): string | null => {
  const value = row[name];
  return value === null || value === undefined ? null : String(value);
};

/** The rows of an answer as a table, with the columns asked for, or all. */
export const tableOf = (answer: Heard, names = answer.columns.map(({ name }) => name)): Table => ({
  heads: names.flatMap((name) => {
    const column = answer.columns.find((one) => one.name === name);
    return column === undefined ? [] : [column];
  }),
  rows: answer.rows.map((row) => names.map((name) => row[name] ?? null)),
});

/** Rows by name, with the value of the same name in the days before. */
export const namedRows = (
  answer: Heard,
  before: Heard | undefined,
  {
    by,
    value,
    say = (text) => text,
  }: {
    readonly by: readonly string[];
    readonly value: string;
    readonly say?: (text: string) => string;
  },
): readonly Named[] => {
  const keyOf = (row: AnswerRow) => JSON.stringify(by.map((name) => row[name] ?? null));
  const earlier = new Map(before?.rows.map((row) => [keyOf(row), cellNumber(row, value)]));
  // A name that is not among the rows of a list cut short may have had any value.
  const whole = before !== undefined && before.truncated === null;
  return answer.rows.map((row) => {
    const names = by.map((name) => textIn(row, name));
    const was = earlier.get(keyOf(row)) ?? (whole ? 0 : undefined);
    const [first = null] = names;
    return {
      name: names.every((one) => one === null) ? '' : names.map((one) => say(one ?? '–')).join(' · '),
      value: cellNumber(row, value),
      ...(was !== undefined && { before: was }),
      ...(by[0] !== undefined && { filter: { field: by[0], value: first } }),
    };
  });
};

/** Every bucket with its value, those without rows as 0, beside the bucket of the same place before. */
export const pointsOf = (
  buckets: readonly number[],
  earlier: readonly number[],
  {
    answer,
    before,
    value,
  }: {
    readonly answer: Heard;
    readonly before: Heard | undefined;
    readonly value: string;
  },
): readonly Point[] => {
  const at = (rows: readonly AnswerRow[] = []) =>
    new Map(rows.map((row) => [Date.parse(String(row.bucket)), cellNumber(row, value)]));
  const [now, then] = [at(answer.rows), at(before?.rows)];
  const partial = new Set(answer.partial_buckets.map((text) => Date.parse(text)));
  const complete = Date.parse(answer.complete_until);
  return buckets.map((bucket, i) => {
    const beforeAt = before === undefined ? undefined : earlier[i];
    const end = buckets[i + 1] ?? Number.NEGATIVE_INFINITY;
    return {
      at: bucket,
      value: now.get(bucket) ?? 0,
      whole: !partial.has(bucket) && end <= complete,
      ...(beforeAt !== undefined && { beforeAt, before: then.get(beforeAt) ?? 0 }),
    };
  });
};

/** What a call would be over other days. */
export const over = (call: Call, { from, to }: Stretch): Call => ({
  ...call,
  args: { ...call.args, from: new Date(from).toISOString(), to: new Date(to).toISOString() },
});

const risky = /^[=+\-@\t\r]/;
/** As CSV; text that a spreadsheet would run as a formula is quoted by an apostrophe. */
export const csvOf = ({ heads, rows }: Table): string =>
  [heads.map(({ name }) => name), ...rows]
    .map((row) =>
      row
        .map((cell) => {
          const text =
            cell === null ? '' : typeof cell === 'string' && risky.test(cell) ? `'${cell}` : String(cell);
          return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
        })
        .join(','),
    )
    .join('\r\n');
