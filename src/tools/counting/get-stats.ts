import * as z from 'zod/mini';
import { dimensions } from '../../events/columns.ts';
import { bucketStart } from '../../sql/bucket.ts';
import { join, name, type Sql, sql } from '../../sql/sql.ts';
import { bucketsOf, filled, groupsKept, most } from '../fill.ts';
import { groupBy, limitOf } from '../inputs.ts';
import { type AnswerColumn, type Asking, question } from '../question.ts';
import { ascending } from '../ranked.ts';
import { askedEvents, each, groupCells, groupColumns, groupNames, groupSelect } from '../relations.ts';
import { measuredRows } from './measured.ts';
import { aboutMetric, checkProperty, metricInput, oddValues, propertyInput } from './metrics.ts';
import { bucketed, type Series, seriesReach, seriesRows } from './series.ts';

const input = z.object({
  metric: metricInput,
  property: propertyInput,
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

/** Counts, distinct visitors, people and sessions, and what a property adds up to, over time and by column. */
export const getStats = question({
  name: 'get_stats',
  title: 'Counts and uniques',
  answers: `One number of events: how many, by how many visitors, people or sessions, or sum, average, percentiles of a property, in total, per hour to month, and split by ${dimensions.slice(0, 3).join(', ')} … or properties.<key>. For several numbers side by side or a ratio use trends; for traffic overview; for steps in order funnel.`,
  input,
  shared: ['from', 'to', 'tz', 'interval', 'where', 'compare', 'include_bots', 'cursor'],
  bare: true,
  dates: 'contract',
  groups: ({ group_by }) => group_by,
  additive: ({ own }) =>
    own.metric === 'count' ||
    own.metric === 'sum' ||
    (own.metric === 'sessions' && own.group_by.length === 0),
  columns: (asking) => [
    ...groupColumns(asking),
    ...(asking.interval === null ? [] : [{ name: 'bucket', type: 'time' } as const]),
    { name: 'value', type: 'number', ...unitOf(asking) },
  ],
  reaches: ({ own, period }) => seriesReach(period, [own]),
  ask: (asking) => {
    const { metric, property } = asking.own;
    checkProperty(metric, property, 'property');
    if (metric !== 'count' && metric !== 'uniques') return measured(asking);
    if (asking.interval === null) return totals(asking);
    return groupNames(asking).length === 0
      ? series(asking, asking.interval)
      : groupedSeries(asking, asking.interval);
  },
  order: (asking) => {
    const groups = groupNames(asking);
    const bucket = asking.interval === null ? [] : [sql`bucket`];
    return join([...bucket, sql`value desc nulls last`, ...(groups.length === 0 ? [] : [ascending(groups)])]);
  },
  shape: (rows, asking) => {
    const { interval, own } = asking;
    const { metric, property } = own;
    const { ofNone } = aboutMetric(metric);
    const kept = keptOf(asking);
    const fills = interval !== null && own.fill;
    const grouped = groupColumns(asking).map(({ name: column }) => column);
    const what = grouped.length > 0 ? 'groups' : 'buckets';
    const said = rows.map((row) => ({
      ...(fills ? { place: row.place ?? 0 } : {}),
      ...groupCells(row, asking),
      ...(interval === null ? {} : { bucket: bucketStart(row.bucket ?? null, asking.tz, interval) }),
      value: row.value ?? ofNone,
    }));
    const all = fills ? filled(asking, said, grouped, { value: ofNone }) : said;
    const of = fills && what === 'buckets' ? all.length : Number(rows[0]?.of_all ?? rows.length);
    return {
      rows: fills && what === 'buckets' ? all.slice(0, kept) : all,
      ...(of > kept ? { truncated: { shown: kept, of, what } } : {}),
      notes: [
        ...(fills || interval === null ? [] : gapsIn(asking, what === 'buckets' ? of : bucketsIn(said))),
        ...oddValues(Number(rows[0]?.odd ?? 0), property, metric),
        ...(metric === 'sessions'
          ? ['A session counts where it starts, and wherever one of its events matches.']
          : []),
      ],
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
      says: 'Revenue per day, where there was any',
      input: {
        metric: 'sum',
        property: 'price',
        event: 'purchase',
        interval: 'day',
        from: '2026-03-02',
        to: '2026-03-09',
      },
      rows: [
        { bucket: '2026-03-02T00:00:00.000Z', value: 40 },
        { bucket: '2026-03-06T00:00:00.000Z', value: 15 },
        { bucket: '2026-03-08T00:00:00.000Z', value: 40 },
      ],
    },
    {
      says: 'What do nine of ten purchases cost at most? (Of 15, 40 and 40; Cleo signed in on another device)',
      input: { metric: 'p90', property: 'price', event: 'purchase', from: '2026-03-02', to: '2026-03-09' },
      rows: [{ value: 40 }],
    },
    {
      says: 'People per device (Cleo is one person with a tablet and a phone)',
      input: { metric: 'people', group_by: 'device_type', from: '2026-03-02', to: '2026-03-09' },
      rows: [
        { device_type: 'desktop', value: 3 },
        { device_type: 'mobile', value: 2 },
        { device_type: 'tablet', value: 1 },
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

const unitOf = ({ own }: Asking<Own>): Pick<AnswerColumn, 'unit' | 'role'> => {
  const { unit, ofNone } = aboutMetric(own.metric);
  if (unit !== undefined) return { unit };
  return ofNone === 0 ? { role: 'total' } : {};
};

/** What neither counts events nor visitors: the one series of a chart. */
function measured(asking: Asking<Own>): Sql {
  const { metric, event, property, group_by: fields } = asking.own;
  const groups = groupNames(asking);
  const byBucket = asking.interval !== null;
  const only: Series = { metric, event, property, where: [], perPerson: false };
  const rows = seriesRows(asking, [only], fields);
  const limit = keptOf(asking);
  const values = measuredRows({ rows, series: [only], groups, byBucket, limit });
  if (groups.length > 0)
    return sql`${values} order by ${byBucket ? sql`bucket, ` : sql``}value desc nulls last, ${ascending(groups)}`;
  return byBucket
    ? sql`select *, count(*) over () as of_all from (${values}) as numbered order by bucket limit ${limit}`
    : values;
}

/** How many groups, or buckets, are kept. */
const keptOf = (asking: Asking<Own>): number =>
  asking.own.fill && groupNames(asking).length > 0 ? groupsKept(asking, asking.own.limit) : asking.own.limit;

const bucketsIn = (rows: readonly { readonly bucket?: string }[]): number =>
  new Set(rows.map(({ bucket }) => bucket)).size;

/** How many of the period’s buckets are no rows. */
function gapsIn(asking: Asking<Own>, found: number): readonly string[] {
  const all = bucketsOf(asking).length;
  if (found >= all) return [];
  const many =
    all < most.buckets ? `${all - found} of ${all} buckets have no events and` : 'Buckets without events';
  return [`${many} are left out; fill: true shows them as 0.`];
}

const measure = ({ own }: Asking<Own>): Sql =>
  own.metric === 'count' ? sql`count(*)` : sql`count(distinct anonymous_id)`;

const counted = (asking: Asking<Own>): Sql =>
  sql`(${askedEvents(asking)}) as e${asking.own.event === undefined ? sql`` : sql` where event_name = ${asking.own.event}`}`;

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
    from (select ${bucketed(name('ts'), asking, interval)} as bucket, anonymous_id from ${counted(asking)}) as cut
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
            from (select ${groupSelect(asking.byProject, asking.own.group_by)}${bucketed(name('ts'), asking, interval)} as bucket, anonymous_id from ${counted(asking)}) as cut
            group by grouping sets ((${each(groups)}bucket), (${join(groups)}))
          ) as grouped
        ) as totalled
      ) as ranked
    ) as numbered
    where whole = 0 and place <= ${keptOf(asking)}
    order by bucket, value desc, ${ascending(groups)}`;
}
