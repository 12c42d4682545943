import { double, type Sql, sql } from './sql.ts';

/** The middle value of a group, of an even number the mean of the middle two; null of none. An aggregate. */
export const medianOf = (value: Sql): Sql => {
  const sorted = sql`array_sort(array_agg(${value}))`;
  const known = sql`nullif(count(${value}), 0)`;
  return sql`(element_at(${sorted}, (${known} + 1) / 2) + element_at(${sorted}, ${known} / 2 + 1)) / 2`;
};

/** The value below which this share of a group lies, linear between the closest ranks; null of none. An aggregate. */
export const percentileOf = (value: Sql, share: number): Sql => {
  const sorted = sql`array_sort(array_agg(${value}))`;
  const rank = sql`((nullif(count(${value}), 0) - 1) * ${double(share)})`;
  const low = sql`element_at(${sorted}, cast(floor(${rank}) as bigint) + 1)`;
  const high = sql`element_at(${sorted}, cast(ceil(${rank}) as bigint) + 1)`;
  return sql`${low} + (${rank} - floor(${rank})) * (${high} - ${low})`;
};
