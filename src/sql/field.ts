import { type Dimension, dimensions } from '../events/columns.ts';
import { name, type Sql, sql } from './sql.ts';

/** Something of an event that one may group and filter by: a column, or a place inside `properties`. */
export type Field =
  | { readonly spelled: string; readonly column: Dimension }
  | { readonly spelled: string; readonly keys: readonly string[] };

const isDimension = (word: string): word is Dimension => dimensions.some((d) => d === word);
/** What neither a JSON path nor a column name can carry safely on both engines. */
const unspeakable = /["\\\p{Cc}]/u;

/** Reads `country`, `properties.plan`, `properties.cart.total` or `properties["a.b"]`; undefined when it is none of these. */
export const fieldFrom = (text: string): Field | undefined => {
  if (isDimension(text)) return { spelled: text, column: text };
  const rest = text.startsWith('properties') ? text.slice('properties'.length) : '';
  const keys = [...rest.matchAll(/\.([^.[\]]+)|\["([^"]*)"\]/gy)].map((part) => ({
    all: part[0],
    key: part[1] ?? part[2] ?? '',
  }));
  const whole = keys.map(({ all }) => all).join('') === rest;
  return keys.length > 0 && whole && keys.every(({ key }) => !unspeakable.test(key))
    ? { spelled: text, keys: keys.map(({ key }) => key) }
    : undefined;
};

const path = (keys: readonly string[]): string => `$${keys.map((key) => `["${key}"]`).join('')}`;

/** The field as text: a number or boolean as its JSON text; null where missing, JSON null, an object or an array. */
export const textOf = (field: Field): Sql =>
  'column' in field ? name(field.column) : sql`json_extract_scalar(properties, ${path(field.keys)})`;

/** The field as a number; null where it is none. The pattern comes first since engines disagree on what else they would read, and on `$` before a last line break. */
export const numberOf = (field: Field): Sql => numberIn(textOf(field));

/** The same of any text. */
export const numberIn = (text: Sql): Sql =>
  sql`case when regexp_like(${text}, ${'\\A-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?\\z'}) then try_cast(${text} as double) end`;

/** The field as JSON text (`true`, `"true"`, `{"a":1}`, `null`); null where it is missing. Properties only. */
export const jsonOf = (keys: readonly string[]): Sql =>
  sql`json_format(json_extract(properties, ${path(keys)}))`;

/** Is it there, and not JSON null? */
export const existsOf = (field: Field): Sql =>
  'column' in field
    ? sql`${name(field.column)} is not null`
    : sql`coalesce(${jsonOf(field.keys)} <> 'null', false)`;
