import type { Cell, Row } from '../ports.ts';
import { bucketsIn } from '../sql/buckets.ts';
import type { Asking } from './question.ts';

/** The most buckets one answer has, and the most rows that are made of groups and buckets. */
export const most = { buckets: 10_000, rows: 20_000 } as const;

type Asked = Pick<Asking<unknown>, 'interval' | 'period' | 'tz' | 'now'>;

/** The starts (ISO, UTC) of the period’s buckets that have begun; none without an interval. */
export const bucketsOf = ({ interval, period, tz, now }: Asked): readonly string[] =>
  interval === null
    ? []
    : bucketsIn(period, tz, interval, most.buckets)
        .filter((at) => at <= now)
        .map((at) => new Date(at).toISOString());

/** How many groups are kept where each has a row in every bucket. */
export const groupsKept = (asking: Asked, limit: number): number =>
  asking.interval === null
    ? limit
    : Math.max(1, Math.min(limit, Math.floor(most.rows / Math.max(1, bucketsOf(asking).length))));

/**
 * Rows with a `bucket` (ISO) and their group’s `place` among all, one for each of the period’s buckets and each
 * group that has any: what is missing is `empty`. By bucket, then by place, which is left out.
 */
export const filled = (
  asking: Asked,
  rows: readonly Row[],
  groups: readonly string[],
  empty: Readonly<Record<string, Cell>>,
): readonly Row[] => {
  const keyOf = (row: Row): string => JSON.stringify(groups.map((name) => row[name] ?? null));
  const kept = new Map<string, Row>();
  for (const row of rows.toSorted(byPlace)) if (!kept.has(keyOf(row))) kept.set(keyOf(row), row);
  if (groups.length === 0) kept.set('[]', {});
  const found = new Map(rows.map(({ place: _, ...row }) => [`${row.bucket} ${keyOf(row)}`, row]));
  return bucketsOf(asking).flatMap((bucket) =>
    [...kept].map(
      ([key, like]) =>
        found.get(`${bucket} ${key}`) ?? {
          ...Object.fromEntries(groups.map((name) => [name, like[name] ?? null])),
          bucket,
          ...empty,
        },
    ),
  );
};

const byPlace = (a: Row, b: Row): number => Number(a.place ?? 0) - Number(b.place ?? 0);
