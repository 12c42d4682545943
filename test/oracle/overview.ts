import * as fc from 'fast-check';
import * as z from 'zod';
import type { Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import { median } from './funnel.ts';
import {
  type Asking,
  interval as intervals,
  limit as limitOf,
  list,
  oracleOf,
  shared,
  timed,
} from './oracle.ts';
import { compareGroups } from './order.ts';
import { type SessionRow, sessionValue } from './session-rows.ts';
import { sessionsIn } from './sessions.ts';
import { type Context, eventsFor, type Shared } from './stored.ts';
import { bucketOf, bucketsIn, type Interval } from './zone.ts';

/** The arguments of overview, resolved. */
export interface Overview extends Shared {
  readonly group_by: readonly string[];
  readonly interval?: Interval;
}

/** What overview must answer. */
export const overview = (
  stored: readonly Event[],
  args: Overview,
  context: Context,
  { now }: Asking,
): readonly Row[] => {
  const { interval, tz, limit } = args;
  const fields = [...(context.byProject ? ['project_id'] : []), ...args.group_by];
  const sessions = sessionsIn(eventsFor(stored, context), args);
  const valuesOf = (one: SessionRow) => fields.map((field) => sessionValue(one, field));
  const groups = [...Map.groupBy(sessions, (one) => JSON.stringify(valuesOf(one))).values()]
    .flatMap((own) => own.slice(0, 1).map((one) => ({ values: valuesOf(one), own })))
    .toSorted((a, b) => b.own.length - a.own.length || compareGroups(a.values, b.values));
  const rowOf = (values: readonly (string | null)[], own: readonly SessionRow[], bucket?: number): Row => ({
    ...Object.fromEntries(fields.map((field, place) => [field, values[place] ?? null])),
    ...(bucket === undefined ? {} : { bucket: new Date(bucket).toISOString() }),
    ...measured(own),
  });
  if (interval === undefined)
    return fields.length === 0
      ? [rowOf([], sessions)]
      : groups.slice(0, limit).map(({ values, own }) => rowOf(values, own));
  const buckets = bucketsIn(args, tz, interval).filter((at) => at <= now);
  const bucket = new Map(sessions.map((one) => [one, bucketOf(one.begins, tz, interval)]));
  const most = Math.max(1, Math.min(limit, Math.floor(20_000 / Math.max(1, buckets.length))));
  const kept = fields.length === 0 ? [{ values: [], own: sessions }] : groups.slice(0, most);
  return buckets.flatMap((start) =>
    kept.map(({ values, own }) =>
      rowOf(
        values,
        own.filter((one) => bucket.get(one) === start),
        start,
      ),
    ),
  );
};

const measured = (own: readonly SessionRow[]): Row => {
  const views = own.reduce((sum, one) => sum + one.views.length, 0);
  const seconds = own.map((one) => one.seconds);
  const per = (sum: number): number | null => (own.length === 0 ? null : sum / own.length);
  return {
    visitors: new Set(own.map(({ visitor }) => visitor)).size,
    sessions: own.length,
    pageviews: views,
    views_per_session: per(views),
    bounce_rate: per(own.filter(({ bounce }) => bounce).length),
    average_session_seconds: per(seconds.reduce((a, b) => a + b, 0)),
    median_session_seconds: median(seconds),
    events: own.reduce((sum, one) => sum + one.events.length, 0),
  };
};

const fields = [
  'source',
  'medium',
  'campaign',
  'country',
  'device_type',
  'browser',
  'os',
  'entry_path',
  'exit_path',
  'host',
];
const schema = z.strictObject({ ...shared, limit: limitOf(100), group_by: list, interval: intervals });

/** overview, for its tests. */
export const overviewOracle = oracleOf<Overview>({
  draws: fc.record({
    group_by: fc.uniqueArray(fc.constantFrom(...fields), { maxLength: 2 }),
    interval: fc.constantFrom(
      undefined,
      undefined,
      undefined,
      undefined,
      'hour',
      'day',
      'day',
      'week',
      'month',
    ),
  }),
  measures: [
    'bucket',
    'visitors',
    'sessions',
    'pageviews',
    'views_per_session',
    'bounce_rate',
    'average_session_seconds',
    'median_session_seconds',
    'events',
  ],
  filled: true,
  read: (raw, asking) => timed(schema.parse(raw), 'analysis', asking),
  answer: overview,
});
