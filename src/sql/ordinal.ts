import type { Sql } from './sql.ts';
import { sql } from './sql.ts';
import { type Interval, skippedDays, wallStartOf } from './zone.ts';

/**
 * The number of a bucket, as `bucketOf` gives it, among those of its zone: 0 is the one that holds `since`, the next
 * is 1, the one before −1. A day that never was has no number. `within`: where all the buckets lie, `since` too.
 */
export const ordinalOf = (
  bucket: Sql,
  tz: string,
  interval: Exclude<Interval, 'hour'>,
  since: number,
  within: { readonly from: number; readonly to: number },
): Sql => {
  const first = new Date(wallStartOf(tz, interval, since));
  if (interval === 'month')
    return sql`(year(${bucket}) * 12 + month(${bucket}) - ${first.getUTCFullYear() * 12 + first.getUTCMonth() + 1})`;
  const days = sql`date_diff('day', ${first}, cast(${bucket} as timestamp(3)))`;
  if (interval === 'week') return sql`(${days} / 7)`;
  return skippedDays(tz, within.from, within.to).reduce((number, midnight) => {
    const skipped = new Date(midnight);
    return skipped > first
      ? sql`(${number} - case when ${bucket} > cast(${skipped} as date) then 1 else 0 end)`
      : sql`(${number} + case when ${bucket} < cast(${skipped} as date) then 1 else 0 end)`;
  }, days);
};
