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

function compare({ field, op, value }: Comparison): Sql {
  if (op === 'exists') return existsOf(field);
  if (op === 'not_exists') return sql`not ${existsOf(field)}`;
  const values: readonly Scalar[] = value === undefined ? [] : typeof value === 'object' ? value : [value];
  const negated = op === 'neq' || op === 'not_in' || op === 'not_contains';
  const positive = sql`coalesce((${matches(field, op, values)}), false)`;
  return negated ? sql`not ${positive}` : positive;
}

/** One expression however many values there are, all of one kind: what is compared is read from the event once. */
function matches(field: Field, op: Operator, values: readonly Scalar[]): Sql {
  const [value = ''] = values;
  if (typeof value === 'boolean')
    return 'keys' in field ? sql`${jsonOf(field.keys)} in (${join(values.map(String))})` : sql`false`;
  const left = typeof value === 'number' ? numberOf(field) : textOf(field);
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
      return containsText(textOf(field), String(value));
    case 'starts_with':
      return sql`strpos(${caseFolded(textOf(field))}, ${caseFolded(sql`${String(value)}`)}) = 1`;
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
