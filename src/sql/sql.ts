/** A value a question may carry into SQL. */
export type Value = string | number | boolean | Date | null;

/** What a question may read: the relations that an engine makes of the lake. */
export type Relation = 'events' | 'identifies';

/** SQL that is safe to run: only this file makes it. */
export class Sql {
  readonly text: string;
  /** Which relations of the lake it reads. */
  readonly reads: ReadonlySet<Relation>;
  /** The same for an engine that plans a relation by itself only when told so: those that `apart` named are `materialized`. */
  readonly planned: string;
  constructor(text: string, reads: ReadonlySet<Relation> = none, planned = text) {
    this.text = text;
    this.reads = reads;
    this.planned = planned;
  }
}
const none: ReadonlySet<Relation> = new Set();

/** SQL with holes: a hole is a value, written as a literal, unless it is itself SQL. */
export const sql = (parts: TemplateStringsArray, ...holes: readonly (Value | Sql)[]): Sql =>
  whole(holes.map(pieceOf), (texts) => String.raw({ raw: parts.raw }, ...texts));

/** An identifier. Words from our own tables only, so anything else is a bug. */
export const name = (word: string): Sql => {
  if (!/^[a-z][a-z0-9_]*$/.test(word)) throw new Error(`not an identifier: ${word}`);
  return new Sql(word);
};

/** A relation of the lake, to read from. */
export const relation = (kind: Relation): Sql => new Sql(kind, new Set([kind]));

/** Many pieces with one between: `join(steps.map(flag), ', ')`. */
export const join = (pieces: readonly (Value | Sql)[], between = ', '): Sql =>
  whole(pieces.map(pieceOf), (texts) => texts.join(between));

/** A relation for `with`, under a name from our own tables, that an engine does well to plan by itself. */
export const apart = (word: string, rows: Sql): Sql => {
  const { text } = name(word);
  const [plain, planned] = [' as ', ' as materialized '];
  return new Sql(text + plain + rows.text, rows.reads, text + planned + rows.planned);
};

const pieceOf = (piece: Value | Sql): Sql => (piece instanceof Sql ? piece : new Sql(literal(piece)));

const whole = (pieces: readonly Sql[], put: (texts: readonly string[]) => string): Sql => {
  const text = put(pieces.map((piece) => piece.text));
  const reading = pieces.filter(({ reads }) => reads.size > 0);
  const [first] = reading;
  return new Sql(
    text,
    reading.every(({ reads }) => reads === first?.reads)
      ? first?.reads
      : new Set(reading.flatMap(({ reads }) => [...reads])),
    pieces.some((piece) => piece.planned !== piece.text) ? put(pieces.map(({ planned }) => planned)) : text,
  );
};

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
