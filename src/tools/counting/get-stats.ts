import * as z from 'zod/mini';
import { dimensions } from '../../events/columns.ts';
import { bucketOf, bucketStart } from '../../sql/bucket.ts';
import { join, name, type Sql, sql } from '../../sql/sql.ts';
import { bucketsOf, filled, groupsKept } from '../fill.ts';
import { groupBy, limitOf } from '../inputs.ts';
import { type Asking, question } from '../question.ts';
import { askedEvents, each, groupCells, groupColumns, groupNames, groupSelect } from '../relations.ts';

const input = z.object({
  metric: z
    ._default(z.enum(['count', 'uniques']), 'count')
    .check(z.describe('count: events (default). uniques: distinct visitors (anonymous_id), exact.')),
  event: z
    .optional(z.string().check(z.minLength(1), z.maxLength(128)))
    .check(z.describe('Only this event, e.g. $pageview. Default: all.')),
  group_by: groupBy(3),
  fill: z
    ._default(z.boolean(), false)
    .check(z.describe('With interval: buckets without events as 0 too. Default false: they are left out.')),
  limit: limitOf(1000, 100, 'groups (the largest), or buckets where nothing is grouped'),
});
type Own = z.output<typeof input>;

/** Counts and distinct visitors over time and by column. */
export const getStats = question({
  name: 'get_stats',
  title: 'Counts and uniques',
  answers: `How many events or distinct visitors, in total, per hour, day, week or month, and split by ${dimensions.slice(0, 3).join(', ')} … or properties.<key>. For where visitors come from use top_sources; for steps in order use funnel. Uniques of buckets or groups must not be added up.`,
  input,
  shared: ['from', 'to', 'tz', 'interval', 'where', 'compare', 'include_bots', 'cursor'],
  dates: 'contract',
  groups: ({ group_by }) => group_by,
  additive: ({ own }) => own.metric === 'count',
  columns: (asking) => [
    ...groupColumns(asking),
    ...(asking.interval === null ? [] : [{ name: 'bucket', type: 'time' } as const]),
    { name: 'value', type: 'number', unit: asking.own.metric === 'count' ? 'events' : 'visitors' },
  ],
  ask: (asking) =>
    asking.interval === null
      ? totals(asking)
      : groupNames(asking).length === 0
        ? series(asking, asking.interval)
        : groupedSeries(asking, asking.interval),
  order: (asking) => {
    const groups = groupNames(asking);
    const bucket = asking.interval === null ? [] : [sql`bucket`];
    return join([...bucket, sql`value desc`, ...groups.map((g) => sql`${g} asc nulls last`)]);
  },
  shape: (rows, asking) => {
    const { interval } = asking;
    const kept = keptOf(asking);
    const fills = interval !== null && asking.own.fill;
    const grouped = groupColumns(asking).map(({ name: column }) => column);
    const what = grouped.length > 0 ? 'groups' : 'buckets';
    const said = rows.map((row) => ({
      ...(fills ? { place: row.place ?? 0 } : {}),
      ...groupCells(row, asking),
      ...(interval === null ? {} : { bucket: bucketStart(row.bucket ?? null, asking.tz, interval) }),
      value: row.value ?? 0,
    }));
    const all = fills ? filled(asking, said, grouped, { value: 0 }) : said;
    const of = fills && what === 'buckets' ? all.length : Number(rows[0]?.of_all ?? rows.length);
    return {
      rows: fills && what === 'buckets' ? all.slice(0, kept) : all,
      ...(of > kept ? { truncated: { shown: kept, of, what } } : {}),
      notes: fills || interval === null ? [] : gapsIn(asking, what === 'buckets' ? of : bucketsIn(said)),
    };
  },
  head: ({ metric }) => ({ metric }),
  speaksOf: ({ event }) => (event === undefined ? [] : [event]),
  examples: [
    {
      says: 'How many purchases that week?',
      input: { event: 'purchase', from: '2026-03-02', to: '2026-03-09' },
      rows: [{ value: 3 }],
    },
    {
      says: 'Visitors per day, without bots',
      input: { metric: 'uniques', interval: 'day', from: '2026-03-02', to: '2026-03-09' },
      rows: [1, 1, 1, 1, 2, 1, 1].map((value, day) => ({
        bucket: `2026-03-0${day + 2}T00:00:00.000Z`,
        value,
      })),
    },
    {
      says: 'What sells?',
      input: { event: 'purchase', group_by: 'properties.item', from: '2026-03-02', to: '2026-03-09' },
      rows: [
        { 'properties.item': 'shoes', value: 2 },
        { 'properties.item': 'hat', value: 1 },
      ],
    },
    {
      says: 'Purchases of 30 or more, by day of New York (where the clocks change on Sunday, 8 March)',
      input: {
        event: 'purchase',
        interval: 'day',
        tz: 'America/New_York',
        where: [{ field: 'properties.price', op: 'gte', value: 30 }],
        from: '2026-03-01',
        to: '2026-03-10',
      },
      rows: [
        { bucket: '2026-03-02T05:00:00.000Z', value: 1 },
        { bucket: '2026-03-08T05:00:00.000Z', value: 1 },
      ],
    },
  ],
});

/** How many groups, or buckets, are kept. */
const keptOf = (asking: Asking<Own>): number =>
  asking.own.fill && groupNames(asking).length > 0 ? groupsKept(asking, asking.own.limit) : asking.own.limit;

const bucketsIn = (rows: readonly { readonly bucket?: string }[]): number =>
  new Set(rows.map(({ bucket }) => bucket)).size;

/** How many of the period’s buckets are no rows. */
function gapsIn(asking: Asking<Own>, found: number): readonly string[] {
  const all = bucketsOf(asking).length;
  return found >= all
    ? []
    : [`${all - found} of ${all} buckets have no events and are left out; fill: true shows them as 0.`];
}

/** Nothing happens later than now: centuries to come need no zone’s offsets. */
const bucketed = ({ tz, period, now }: Asking<Own>, interval: NonNullable<Asking<Own>['interval']>): Sql =>
  bucketOf(name('ts'), tz, interval, {
    from: period.from,
    to: Math.max(period.from + 1, Math.min(period.to, now + 366 * 86_400_000)),
  });

const measure = ({ own }: Asking<Own>): Sql =>
  own.metric === 'count' ? sql`count(*)` : sql`count(distinct anonymous_id)`;

const counted = (asking: Asking<Own>): Sql =>
  sql`(${askedEvents(asking)}) as e${asking.own.event === undefined ? sql`` : sql` where event_name = ${asking.own.event}`}`;

/** `g asc nulls last` for each group. */
const ascending = (groups: readonly Sql[]): Sql => join(groups.map((g) => sql`${g} asc nulls last`));

function totals(asking: Asking<Own>): Sql {
  const groups = groupNames(asking);
  if (groups.length === 0) return sql`select ${measure(asking)} as value from ${counted(asking)}`;
  return sql`
    select ${join(groups)}, value, count(*) over () as of_all
    from (
      select ${join(groups)}, ${measure(asking)} as value
      from (select ${groupSelect(asking.byProject, asking.own.group_by)}anonymous_id from ${counted(asking)}) as split
      group by ${join(groups)}
    ) as grouped
    order by value desc, ${ascending(groups)}
    limit ${asking.own.limit}`;
}

const series = (asking: Asking<Own>, interval: NonNullable<Asking<Own>['interval']>): Sql => sql`
  select bucket, value, count(*) over () as of_all
  from (
    select bucket, ${measure(asking)} as value
    from (select ${bucketed(asking, interval)} as bucket, anonymous_id from ${counted(asking)}) as cut
    group by bucket
  ) as grouped
  order by bucket
  limit ${asking.own.limit}`;

/** One pass: each group’s buckets and, by a second grouping set, its total, which ranks the groups. */
function groupedSeries(asking: Asking<Own>, interval: NonNullable<Asking<Own>['interval']>): Sql {
  const groups = groupNames(asking);
  return sql`
    select ${join(groups)}, bucket, value, place, of_all
    from (
      select ${join(groups)}, bucket, value, whole, place, max(place) over () as of_all
      from (
        select ${join(groups)}, bucket, value, whole, dense_rank() over (order by total desc, ${ascending(groups)}) as place
        from (
          select ${join(groups)}, bucket, value, whole, max(case when whole = 1 then value end) over (partition by ${join(groups)}) as total
          from (
            select ${join(groups)}, bucket, ${measure(asking)} as value, grouping(bucket) as whole
            from (select ${groupSelect(asking.byProject, asking.own.group_by)}${bucketed(asking, interval)} as bucket, anonymous_id from ${counted(asking)}) as cut
            group by grouping sets ((${each(groups)}bucket), (${join(groups)}))
          ) as grouped
        ) as totalled
      ) as ranked
    ) as numbered
    where whole = 0 and place <= ${keptOf(asking)}
    order by bucket, value desc, ${ascending(groups)}`;
}
