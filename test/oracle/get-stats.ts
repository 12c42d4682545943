import * as fc from 'fast-check';
import * as z from 'zod';
import type { Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import { comma, groupBy, oneOf } from '../worlds/arguments.ts';
import { names } from '../worlds/words.ts';
import { groupOf } from './field.ts';
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
import { type Context, during, eventsFor, narrowed, type Shared } from './stored.ts';
import { bucketOf, bucketsIn, type Interval } from './zone.ts';

/** The arguments of get_stats, resolved. */
export interface GetStats extends Shared {
  readonly metric: 'count' | 'uniques';
  readonly event?: string;
  readonly group_by: readonly string[];
  readonly interval?: Interval;
  readonly fill: boolean;
}

/** Events of one group, or of one group and bucket. */
interface Heap {
  readonly group: readonly (string | null)[];
  readonly bucket: number;
  readonly value: number;
  readonly events: readonly Event[];
}

/** What get_stats must answer. */
export const getStats = (
  stored: readonly Event[],
  args: GetStats,
  context: Context,
  { now }: Asking,
): readonly Row[] => {
  const { metric, event, interval, tz, limit } = args;
  const fields = [...(context.byProject ? ['project_id'] : []), ...args.group_by];
  const events = during(narrowed(eventsFor(stored, context), args), args).filter(
    (e) => event === undefined || e.event_name === event,
  );
  const heaps = (some: readonly Event[], bucket: (e: Event) => number): readonly Heap[] =>
    [
      ...Map.groupBy(some, (e) =>
        JSON.stringify([bucket(e), ...fields.map((field) => groupOf(e, field))]),
      ).values(),
    ].flatMap((own) =>
      own.slice(0, 1).map((e) => ({
        group: fields.map((field) => groupOf(e, field)),
        bucket: bucket(e),
        value: measured(own, metric),
        events: own,
      })),
    );

  const groups = heaps(events, () => 0).toSorted(
    (a, b) => b.value - a.value || compareGroups(a.group, b.group),
  );
  const rowOf = ({ group, bucket, value }: Heap): Row => ({
    ...Object.fromEntries(fields.map((field, place) => [field, group[place] ?? null])),
    ...(interval === undefined ? {} : { bucket: new Date(bucket).toISOString() }),
    value,
  });
  if (interval === undefined)
    return fields.length === 0 ? [{ value: measured(events, metric) }] : groups.slice(0, limit).map(rowOf);

  if (args.fill) return everyBucket();
  const kept = fields.length === 0 ? groups : groups.slice(0, limit);
  const rows = kept
    .flatMap((group) => heaps(group.events, (e) => bucketOf(e.ts, tz, interval)))
    .toSorted((a, b) => a.bucket - b.bucket || b.value - a.value || compareGroups(a.group, b.group))
    .map(rowOf);
  return fields.length === 0 ? rows.slice(0, limit) : rows;

  function everyBucket(): readonly Row[] {
    const buckets = interval === undefined ? [] : bucketsIn(args, tz, interval).filter((at) => at <= now);
    const most = Math.min(limit, Math.max(1, Math.floor(20_000 / Math.max(1, buckets.length))));
    const shown = fields.length === 0 ? [{ group: [], events }] : groups.slice(0, most);
    const rows = buckets.flatMap((bucket) =>
      shown.map(({ group, events: own }) => {
        const inside = own.filter((e) => interval !== undefined && bucketOf(e.ts, tz, interval) === bucket);
        return rowOf({ group, bucket, value: measured(inside, metric), events: inside });
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
  metric: z.enum(['count', 'uniques']),
  event: text,
  group_by: list,
  interval: intervals,
  fill: z.boolean().default(false),
});

/** get_stats, for its tests. */
export const getStatsOracle = oracleOf<GetStats>({
  draws: fc.record({
    metric: fc.constantFrom('count', 'uniques'),
    event: oneOf(...names.slice(0, 3)),
    group_by: fc.oneof(groupBy(3), groupBy(3).map(comma)).map((fields) => (fields === '' ? [] : fields)),
    interval: fc.constantFrom(undefined, undefined, 'hour', 'hour', 'hour', 'day', 'week', 'month'),
    fill: fc.constantFrom(undefined, undefined, false, true),
  }),
  measures: ['bucket', 'value'],
  read: (raw, asking) => timed(schema.parse(raw), 'read', asking),
  answer: getStats,
});
