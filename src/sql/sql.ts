/** A value a question may carry into SQL. */
export type Value = string | number | boolean | Date | null;

/** SQL text that is safe to run: only `sql`, `name` and `join` make it. */
export class Sql {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** SQL with holes: a hole is a value, written as a literal, unless it is itself SQL. */
export const sql = (parts: TemplateStringsArray, ...holes: readonly (Value | Sql)[]): Sql =>
  new Sql(String.raw({ raw: parts.raw }, ...holes.map((hole) => (hole instanceof Sql ? hole.text : literal(hole)))));

/** An identifier. Words from our own tables only, so anything else is a bug. */
export const name = (word: string): Sql => {
  if (!/^[a-z][a-z0-9_]*$/.test(word)) throw new Error(`not an identifier: ${word}`);
  return new Sql(word);
};

/** Many pieces with one between: `join(steps.map(flag), ', ')`. */
export const join = (pieces: readonly (Value | Sql)[], between = ', '): Sql =>
  new Sql(pieces.map((piece) => (piece instanceof Sql ? piece.text : literal(piece))).join(between));

/** A value as Trino and DuckDB both read it. Times are UTC to the millisecond; a whole number is a bigint, any other a double. */
function literal(value: Value): string {
  if (value === null) return 'null';
  if (value instanceof Date) return `timestamp '${value.toISOString().slice(0, 23).replace('T', ' ')}'`;
  if (typeof value === 'string') return `'${value.toWellFormed().replaceAll('\0', '\ufffd').replaceAll("'", "''")}'`;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (!Number.isFinite(value)) throw new Error(`not a number SQL can hold: ${value}`);
  return Number.isSafeInteger(value) ? String(value) : value.toExponential();
}
