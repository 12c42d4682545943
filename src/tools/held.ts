import { comparisonsIn } from '../people/narrow.ts';
import type { Row } from '../ports.ts';
import { type Field, fieldFrom, jsonOf } from '../sql/field.ts';
import { join, name, type Sql, sql } from '../sql/sql.ts';
import type { Asking } from './question.ts';
import { askedEvents } from './relations.ts';

/** A place inside `properties`. */
export type PropertyPath = Extract<Field, { readonly keys: readonly string[] }>;

/** The places inside `properties` whose values these conditions compare. */
export const placesCompared = (where: Asking<unknown>['where']): readonly PropertyPath[] =>
  comparisonsIn(where).flatMap(({ field, op }) => ('keys' in field && !op.endsWith('exists') ? [field] : []));

/** Whether each place holds lists, and one object of those it holds: (lists_1, object_1, lists_2, …), one row. */
export const heldAt = (
  asking: Pick<Asking<unknown>, 'reading' | 'period' | 'where' | 'judged'>,
  places: readonly PropertyPath[],
): Sql =>
  sql`select ${join(
    places.flatMap(({ keys }, i) => [
      sql`count_if(strpos(${jsonOf(keys)}, '[') = 1) as ${name(`lists_${i + 1}`)}`,
      sql`max(case when strpos(${jsonOf(keys)}, '{') = 1 then ${jsonOf(keys)} end) as ${name(`object_${i + 1}`)}`,
    ]),
  )} from (${askedEvents(asking)}) as e`;

/** Per place, what the row of `heldAt` says it holds that is no single value, and how to ask for what is inside; undefined where it is neither list nor object. */
export const heldIn = (row: Row, places: readonly PropertyPath[]): readonly (string | undefined)[] =>
  places.map(({ spelled, keys }, i) => {
    if (Number(row[`lists_${i + 1}`] ?? 0) > 0)
      return `it holds lists, which can neither be grouped nor compared; ${spelled}.0, the first entry of each, can`;
    const object = row[`object_${i + 1}`];
    if (typeof object !== 'string') return undefined;
    const inside = insideOf(spelled, keys.length + 1, object);
    return `it holds objects, which can neither be grouped nor compared; ${inside === undefined ? 'name a place inside' : `a place inside can, e.g. ${inside}`}`;
  });

const insideOf = (spelled: string, depth: number, object: string): string | undefined => {
  const read: unknown = JSON.parse(object);
  return Object.keys(typeof read === 'object' && read !== null ? read : {})
    .flatMap((key) => [`${spelled}.${key}`, `${spelled}["${key}"]`])
    .find((place) => {
      const field = fieldFrom(place);
      return field !== undefined && 'keys' in field && field.keys.length === depth;
    });
};
