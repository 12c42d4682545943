import * as fc from 'fast-check';
import * as z from 'zod';
import type { Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import { comma, groupBy, oneOf } from '../worlds/arguments.ts';
import { names } from '../worlds/words.ts';
import { fieldOf, groupOf, numberOf, textOf } from './field.ts';
import {
  type Asking,
  interval as intervals,
  limit as limitOf,
  list,
  oracleOf,
  shared,
  text,
  timed,
} from './oracle.ts';
import { compareGroups } from './order.ts';
import { personsOf } from './people.ts';
import { sessionsIn } from './sessions.ts';
import { type Context, during, eventsFor, narrowed, type Shared } from './stored.ts';
import { bucketOf, bucketsIn, type Interval } from './zone.ts';

/** Ways to count: of events, or of a property’s values. */
export const plainMetrics = ['count', 'uniques', 'people', 'sessions'] as const;
export const valueMetrics = [
  'sum',
  'average',
  'median',
  'min',
  'max',
  'p75',
  'p90',
  'p95',
  'p99',
  'distinct',
] as const;
export const metric = z.enum([...plainMetrics, ...valueMetrics]);
export type Metric = z.output<typeof metric>;

/** The arguments of get_stats, resolved. */
export interface GetStats extends Shared {
  readonly metric: Metric;
  readonly property?: string;
  readonly event?: string;
  readonly group_by: readonly string[];
  readonly interval?: Interval;
  readonly fill: boolean;
}

/** An event that is counted: when, and as whose or which one. */
export interface Item {
  readonly event: Event;
  readonly ts: number;
  readonly id: string;
}

/** What a series counts, of what is `kept` of the events in the period. */
export const itemsOf = (
  stored: readonly Event[],
  { metric, ...args }: Pick<GetStats, 'metric' | 'from' | 'to' | 'where' | 'include_bots'>,
  context: Context,
  kept: (event: Event) => boolean,
): readonly Item[] => {
  const seen = eventsFor(stored, context);
  if (metric === 'sessions')
    return sessionsIn(seen, args).flatMap((session, n) =>
      session.events.filter(kept).map((event) => ({ event, ts: session.begins, id: String(n) })),
    );
  const person = personsOf(seen);
  return during(narrowed(seen, args), args)
    .filter(kept)
    .map((event) => ({
      event,
      ts: event.ts,
      id: metric === 'people' ? person(event) : JSON.stringify([event.project_id, event.anonymous_id]),
    }));
};

/** The number of some items. */
export const measureOf = (items: readonly Item[], metric: Metric, property = ''): number | null => {
  if (metric === 'count') return items.length;
  if (metric === 'uniques' || metric === 'people' || metric === 'sessions')
    return new Set(items.map(({ id }) => id)).size;
  const key = /^properties[.[]/.test(property) ? property : `properties.${property}`;
  const found = items.map(({ event }) => fieldOf(event, key));
  if (metric === 'distinct') return new Set(found.map(textOf).filter((text) => text !== null)).size;
  const numbers = found.flatMap((value) => numberOf(value) ?? []).toSorted((a, b) => a - b);
  const sum = numbers.reduce((a, b) => a + b, 0);
  if (metric === 'sum') return sum;
  if (numbers.length === 0) return null;
  if (metric === 'average') return sum / numbers.length;
  const share = { min: 0, median: 0.5, p75: 0.75, p90: 0.9, p95: 0.95, p99: 0.99, max: 1 }[metric];
  return percentile(numbers, share);
};

/** Linear between the closest ranks of sorted values. */
const percentile = (sorted: readonly number[], share: number): number => {
  const rank = (sorted.length - 1) * share;
  const low = sorted[Math.floor(rank)] ?? Number.NaN;
  const high = sorted[Math.ceil(rank)] ?? Number.NaN;
  return low + (rank - Math.floor(rank)) * (high - low);
};

/** Items of one group, or of one group and bucket. */
interface Heap {
  readonly group: readonly (string | null)[];
  readonly bucket: number;
  readonly value: number | null;
  readonly items: readonly Item[];
}

/** Larger values first, nothing last. */
export const compareValues = (a: number | null, b: number | null): number =>
  a === null || b === null ? Number(a === null) - Number(b === null) : b - a;

/** What get_stats must answer. */
export const getStats = (
  stored: readonly Event[],
  args: GetStats,
  context: Context,
  { now }: Asking,
): readonly Row[] => {
  const { metric, property, event, interval, tz, limit } = args;
  const fields = [...(context.byProject ? ['project_id'] : []), ...args.group_by];
  const items = itemsOf(stored, args, context, (e) => event === undefined || e.event_name === event);
  const heaps = (some: readonly Item[], bucket: (item: Item) => number): readonly Heap[] =>
    [
      ...Map.groupBy(some, (item) =>
        JSON.stringify([bucket(item), ...fields.map((field) => groupOf(item.event, field))]),
      ).values(),
    ].flatMap((own) =>
      own.slice(0, 1).map((item) => ({
        group: fields.map((field) => groupOf(item.event, field)),
        bucket: bucket(item),
        value: measureOf(own, metric, property),
        items: own,
      })),
    );

  const groups = heaps(items, () => 0).toSorted(
    (a, b) => compareValues(a.value, b.value) || compareGroups(a.group, b.group),
  );
  const rowOf = ({ group, bucket, value }: Heap): Row => ({
    ...Object.fromEntries(fields.map((field, place) => [field, group[place] ?? null])),
    ...(interval === undefined ? {} : { bucket: new Date(bucket).toISOString() }),
    value,
  });
  if (interval === undefined)
    return fields.length === 0
      ? [{ value: measureOf(items, metric, property) }]
      : groups.slice(0, limit).map(rowOf);

  if (args.fill) return everyBucket();
  const kept = fields.length === 0 ? groups : groups.slice(0, limit);
  const rows = kept
    .flatMap((group) => heaps(group.items, ({ ts }) => bucketOf(ts, tz, interval)))
    .toSorted(
      (a, b) => a.bucket - b.bucket || compareValues(a.value, b.value) || compareGroups(a.group, b.group),
    )
    .map(rowOf);
  return fields.length === 0 ? rows.slice(0, limit) : rows;

  function everyBucket(): readonly Row[] {
    const buckets = interval === undefined ? [] : bucketsIn(args, tz, interval).filter((at) => at <= now);
    const most = Math.min(limit, Math.max(1, Math.floor(20_000 / Math.max(1, buckets.length))));
    const shown = fields.length === 0 ? [{ group: [], items }] : groups.slice(0, most);
    const rows = buckets.flatMap((bucket) =>
      shown.map(({ group, items: own }) => {
        const inside = own.filter(
          ({ ts }) => interval !== undefined && bucketOf(ts, tz, interval) === bucket,
        );
        return rowOf({ group, bucket, value: measureOf(inside, metric, property), items: inside });
      }),
    );
    return fields.length === 0 ? rows.slice(0, limit) : rows;
  }
};

/** Events, or distinct visitors. A visitor of two projects is two. */
export const measured = (events: readonly Event[], metric: 'count' | 'uniques'): number =>
  metric === 'count'
    ? events.length
    : new Set(events.map((event) => JSON.stringify([event.project_id, event.anonymous_id]))).size;

const schema = z.strictObject({
  ...shared,
  limit: limitOf(100),
  metric: metric.default('count'),
  property: text,
  event: text,
  group_by: list,
  interval: intervals,
  fill: z.boolean().default(false),
});

/** A metric, with a property where it is of one. Sums are of whole numbers: others depend on their order in the last digit, and so would ties. */
export const counted = fc.oneof(
  fc.record({ metric: fc.constantFrom(...plainMetrics) }),
  fc.record({
    metric: fc.constantFrom('sum', 'average'),
    property: fc.constantFrom('plan', 'properties["a.b"]'),
  }),
  fc.record({
    metric: fc.constantFrom(...valueMetrics.filter((one) => one !== 'sum' && one !== 'average')),
    property: fc.constantFrom('price', 'properties.price', 'plan', 'a b', 'properties.nested', 'nested.x'),
  }),
);

/** get_stats, for its tests. */
export const getStatsOracle = oracleOf<GetStats>({
  draws: fc
    .tuple(
      counted,
      fc.record({
        event: oneOf(...names.slice(0, 3)),
        group_by: fc.oneof(groupBy(3), groupBy(3).map(comma)).map((fields) => (fields === '' ? [] : fields)),
        interval: fc.constantFrom(undefined, undefined, 'hour', 'hour', 'hour', 'day', 'week', 'month'),
        fill: fc.constantFrom(undefined, undefined, false, true),
      }),
    )
    .map(([what, how]) => ({ ...what, ...how })),
  measures: ['bucket', 'value'],
  read: (raw, asking) => timed(schema.parse(raw), 'read', asking),
  answer: getStats,
});
