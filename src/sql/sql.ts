/** A value a question may carry into SQL. */
export type Value = string | number | boolean | Date | null;

/** SQL text that is safe to run: only this file makes it. */
export class Sql {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** SQL with holes: a hole is a value, written as a literal, unless it is itself SQL. */
export const sql = (parts: TemplateStringsArray, ...holes: readonly (Value | Sql)[]): Sql =>
  new Sql(
    String.raw({ raw: parts.raw }, ...holes.map((hole) => (hole instanceof Sql ? hole.text : literal(hole)))),
  );

/** An identifier. Words from our own tables only, so anything else is a bug. */
export const name = (word: string): Sql => {
  if (!/^[a-z][a-z0-9_]*$/.test(word)) throw new Error(`not an identifier: ${word}`);
  return new Sql(word);
};

/** Many pieces with one between: `join(steps.map(flag), ', ')`. */
export const join = (pieces: readonly (Value | Sql)[], between = ', '): Sql =>
  new Sql(pieces.map((piece) => (piece instanceof Sql ? piece.text : literal(piece))).join(between));

/** The same for an engine that plans a relation by itself only when told `materialized`: so it is told of those named `apart_…`. What is quoted stays as it is. */
export const materialized = ({ text }: Sql): Sql =>
  new Sql(
    text
      .split(/('(?:[^']|'')*')/)
      .map((part, i) =>
        i % 2 === 1 ? part : part.replaceAll(/\b(apart_\d+) as \(/g, '$1 as materialized ('),
      )
      .join(''),
  );

/** A number as a double, whole or not. */
export const double = (value: number): Sql => {
  if (!Number.isFinite(value)) throw new Error(`not a number SQL can hold: ${value}`);
  return new Sql(value.toExponential());
};

/** A value as Trino and DuckDB both read it. Times are UTC to the millisecond; a whole number is a bigint, any other a double. */
function literal(value: Value): string {
  if (value === null) return 'null';
  if (value instanceof Date) return `timestamp '${value.toISOString().slice(0, 23).replace('T', ' ')}'`;
  if (typeof value === 'string')
    return `'${value.toWellFormed().replaceAll('\0', '\ufffd').replaceAll("'", "''")}'`;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (!Number.isFinite(value)) throw new Error(`not a number SQL can hold: ${value}`);
  return Number.isSafeInteger(value) ? String(value) : value.toExponential();
}
