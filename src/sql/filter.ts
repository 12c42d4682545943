import { existsOf, type Field, jsonOf, numberOf, textOf } from './field.ts';
import { double, join, type Sql, sql } from './sql.ts';

/** How a field may be compared (analytics.md, `where`). */
export const operators = [
  'eq',
  'neq',
  'in',
  'not_in',
  'contains',
  'not_contains',
  'starts_with',
  'gt',
  'gte',
  'lt',
  'lte',
  'exists',
  'not_exists',
] as const;
export type Operator = (typeof operators)[number];
export type Scalar = string | number | boolean;

/** One comparison; `value` is absent for `exists`, a list for `in`. */
export interface Comparison {
  readonly field: Field;
  readonly op: Operator;
  readonly value: Scalar | readonly Scalar[] | undefined;
}
/** A comparison, or several of which one must hold. */
export type Condition = Comparison | { readonly any: readonly Comparison[] };

/** All conditions as one SQL predicate that is true or false, never null. */
export const holds = (conditions: readonly Condition[]): Sql =>
  conditions.length === 0 ? sql`true` : join(conditions.map(one), ' and ');

const one = (condition: Condition): Sql =>
  'any' in condition ? sql`(${join(condition.any.map(compare), ' or ')})` : compare(condition);

/** What is compared: as text, as a number, as JSON text (null where it can be no boolean), and whether it is there. Each null where there is none, but `exists`. */
export interface Comparable {
  readonly text: Sql;
  readonly number: Sql;
  readonly json: Sql | null;
  readonly exists: Sql;
}

/** A field of an event, to be compared. */
export const comparedField = (field: Field): Comparable => ({
  text: textOf(field),
  number: numberOf(field),
  json: 'keys' in field ? jsonOf(field.keys) : null,
  exists: existsOf(field),
});

/** Does it ask for what does not fit? */
export const isNegated = (op: Operator): boolean => /^n(?:eq$|ot_)/.test(op);

const compare = ({ field, op, value }: Comparison): Sql => {
  const positive = positivelyFits(op, value, comparedField(field));
  return isNegated(op) ? sql`not ${positive}` : positive;
};

/** Does it fit, leaving aside that the operator may ask for what does not? Never null. */
export function positivelyFits(op: Operator, value: Comparison['value'], of: Comparable): Sql {
  if (op === 'exists' || op === 'not_exists') return of.exists;
  const values: readonly Scalar[] = value === undefined ? [] : typeof value === 'object' ? value : [value];
  return sql`coalesce((${matches(of, op, values)}), false)`;
}

/** One expression however many values there are, all of one kind: what is compared is read from the event once. */
function matches(of: Comparable, op: Operator, values: readonly Scalar[]): Sql {
  const [value = ''] = values;
  if (typeof value === 'boolean')
    return of.json === null ? sql`false` : sql`${of.json} in (${join(values.map(String))})`;
  const left = typeof value === 'number' ? of.number : of.text;
  // A whole number is written as a double, so that both engines compare as doubles.
  const right = (v: Scalar): Sql => (typeof v === 'number' ? double(v) : sql`${v}`);
  switch (op) {
    case 'gt':
      return sql`${left} > ${right(value)}`;
    case 'gte':
      return sql`${left} >= ${right(value)}`;
    case 'lt':
      return sql`${left} < ${right(value)}`;
    case 'lte':
      return sql`${left} <= ${right(value)}`;
    case 'contains':
    case 'not_contains':
      return containsText(of.text, String(value));
    case 'starts_with':
      return sql`strpos(${caseFolded(of.text)}, ${caseFolded(sql`${String(value)}`)}) = 1`;
    default:
      return values.length === 1
        ? sql`${left} = ${right(value)}`
        : sql`${left} in (${join(values.map(right))})`;
  }
}

/** Does this text hold that part, without case? Null where there is no text. */
export const containsText = (text: Sql, part: string): Sql =>
  sql`strpos(${caseFolded(text)}, ${caseFolded(sql`${part}`)}) > 0`;

/** Without case. Letters are lowered one by one, so a capital Σ at a word’s end becomes σ: a final ς that was typed must be one too. */
export const caseFolded = (text: Sql): Sql => sql`replace(lower(${text}), 'ς', 'σ')`;
