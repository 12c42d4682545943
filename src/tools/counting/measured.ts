import { double, join, name, type Sql, sql } from '../../sql/sql.ts';
import { ascending } from '../ranked.ts';
import { each } from '../relations.ts';
import { aboutMetric, weightedPercentileOf } from './metrics.ts';
import { meetsAgain, pickedBySeries, type Series } from './series.ts';

/** Rows of `seriesRows`, and how they are split. */
export interface Measuring {
  readonly rows: Sql;
  readonly series: readonly Series[];
  readonly groups: readonly Sql[];
  readonly byBucket: boolean;
  /** How many groups are kept: those with the largest first series. */
  readonly limit: number;
  /** Is each id counted only in the first bucket it is met in? */
  readonly onlyFirst?: boolean;
}

/**
 * Each series’ value by group and bucket: (groups, `k` where there are several series, `bucket`, `value`, `place` of
 * the group, `of_all` groups, `odd`: values that are none, in all). In no order.
 *
 * Where a percentile is asked values are counted before they are sorted, so that what is sorted are different values.
 */
export const measuredRows = ({
  rows,
  series,
  groups,
  byBucket,
  limit,
  onlyFirst = false,
}: Measuring): Sql => {
  const many = series.length > 1;
  const keys = [...groups, ...(many ? [name('k')] : [])];
  const bucket = byBucket ? [name('bucket')] : [];
  const ranks = groups.length > 0;
  const withTotals = ranks && byBucket;
  const packs = series.some(({ metric }) => aboutMetric(metric).share !== undefined);
  const counted = onlyFirst && meetsAgain(series) ? firstMet(rows, keys, series) : rows;
  const [from, over] = packs
    ? [packed(counted, keys, bucket, withTotals), withTotals ? [...bucket, name('whole_time')] : bucket]
    : [counted, bucket];
  const by = [...keys, ...over];
  const grouping =
    withTotals && !packs
      ? sql`group by grouping sets ((${join(by)}), (${join(keys)}))`
      : by.length === 0
        ? sql``
        : sql`group by ${join(by)}`;
  const isWhole = withTotals ? sql`, ${packs ? sql`whole_time` : sql`grouping(bucket)`} as total` : sql``;
  const odd = packs ? sql`cast(sum(odd) as bigint)` : sql`count(odd)`;
  const values = sql`
    select ${each([...keys, ...bucket])}${pickedBySeries(series.map((one) => measureOf(one, packs)))} as value, ${odd} as odds${isWhole}
    from (${from}) as counted ${grouping}`;
  const all = sql`cast(sum(${withTotals ? sql`case when total = 0 then odds end` : sql`odds`}) over () as bigint) as odd`;
  const shown = each([...keys, ...bucket]);
  if (!ranks) return sql`select ${shown}value, ${all} from (${values}) as measured`;
  const first = [...(many ? [sql`k = 1`] : []), ...(withTotals ? [sql`total = 1`] : [])];
  const size = first.length === 0 ? name('value') : sql`case when ${join(first, ' and ')} then value end`;
  return sql`
    select ${shown}value, place, of_all, odd
    from (
      select *, max(place) over () as of_all
      from (
        select *, dense_rank() over (order by size desc nulls last, ${ascending(groups)}) as place
        from (
          select *, max(${size}) over (partition by ${join(groups)}) as size, ${all} from (${values}) as measured
        ) as sized
      ) as placed
    ) as numbered
    where place <= ${limit}${withTotals ? sql` and total = 0` : sql``}`;
};

/** Ids only where they are first met; what has none stays. */
const firstMet = (rows: Sql, keys: readonly Sql[], series: readonly Series[]): Sql => {
  const ids = pickedBySeries(series.map((one) => (meetsAgain([one]) ? name('id') : sql`null`)));
  return sql`
    select * from (
      select *, row_number() over (partition by ${each(keys)}id order by bucket) as met from (${rows}) as all_rows
    ) as ordered
    where met = 1 or ${ids} is null`;
};

/** Different values with how many events have each (`n`), their place among the sorted ones, and how many are none. */
function packed(rows: Sql, keys: readonly Sql[], bucket: readonly Sql[], withTotals: boolean): Sql {
  const by = join([...keys, ...bucket, name('id'), name('x')]);
  const sets = withTotals ? sql`grouping sets ((${by}), (${join([...keys, name('id'), name('x')])}))` : by;
  const group = join([...keys, ...bucket, ...(withTotals ? [name('whole_time')] : [])]);
  const partition = group.text === '' ? sql`` : sql`partition by ${group} `;
  return sql`
    select *, sum(n) over (${partition}order by x nulls last, id rows between unbounded preceding and current row) as upto,
      sum(case when x is not null then n end) over (${group.text === '' ? sql`` : sql`partition by ${group}`}) as whole
    from (
      select ${by}, count(*) as n, count(odd) as odd${withTotals ? sql`, grouping(bucket) as whole_time` : sql``}
      from (${rows}) as valued group by ${sets}
    ) as tallied`;
}

/** The aggregate of one series over rows, or over `packed` ones. */
function measureOf({ metric, perPerson }: Series, packs: boolean): Sql {
  const events = packs ? sql`cast(coalesce(sum(n), 0) as bigint)` : sql`count(*)`;
  const sum = sql`coalesce(sum(${packs ? sql`x * n` : sql`x`}), ${double(0)})`;
  const { share } = aboutMetric(metric);
  if (share !== undefined) return weightedPercentileOf(share);
  switch (metric) {
    case 'count':
      return perPerson ? perHead(sql`cast(${events} as double)`) : events;
    case 'sum':
      return perPerson ? perHead(sum) : sum;
    case 'average':
      return packs ? sql`sum(x * n) / sum(case when x is not null then n end)` : sql`avg(x)`;
    case 'min':
      return sql`min(x)`;
    case 'max':
      return sql`max(x)`;
    default:
      return sql`count(distinct id)`;
  }
}

/** For each of those who did it. */
const perHead = (value: Sql): Sql => sql`${value} / nullif(count(distinct id), 0)`;
