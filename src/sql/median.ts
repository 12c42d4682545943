import { type Sql, sql } from './sql.ts';

/** The middle value of a group, of an even number the mean of the middle two; null of none. An aggregate. */
export const medianOf = (value: Sql): Sql => {
  const sorted = sql`array_sort(array_agg(${value}))`;
  const known = sql`nullif(count(${value}), 0)`;
  return sql`(element_at(${sorted}, (${known} + 1) / 2) + element_at(${sorted}, ${known} / 2 + 1)) / 2`;
};
