import * as fc from 'fast-check';
import * as z from 'zod';
import type { Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import { activityOf, bucketDraws, isActive } from './activity.ts';
import { type Asking, oracleOf, shared, text, timed } from './oracle.ts';
import { type Context, eventsFor, type Shared } from './stored.ts';
import { bucketOf, bucketsIn } from './zone.ts';

/** The arguments of lifecycle, resolved. */
export interface Lifecycle extends Omit<Shared, 'limit'> {
  readonly event?: string;
  readonly per: 'person' | 'visitor';
  readonly interval: 'day' | 'week' | 'month';
}

const kinds = ['active', 'new', 'returning', 'resurrecting', 'dormant'] as const;

/** What lifecycle must answer. */
export const lifecycle = (
  stored: readonly Event[],
  args: Lifecycle,
  context: Context,
  { now }: Asking,
): readonly Row[] => {
  const { from, to, tz, interval } = args;
  const starts = bucketsIn({ from, to: Math.min(to, now + 1) }, tz, interval);
  const everybody = activityOf(
    eventsFor(stored, context),
    args,
    (e) => e.ts < to && isActive(e, args.event),
    interval,
  );
  const told = everybody.flatMap(({ project, events, buckets }) =>
    starts.flatMap((start) => {
      const before = bucketOf(start - 1, tz, interval);
      const earlier = events.some(({ ts }) => ts < start);
      const kind = buckets.has(start)
        ? !earlier
          ? 'new'
          : buckets.has(before)
            ? 'returning'
            : 'resurrecting'
        : buckets.has(before)
          ? 'dormant'
          : null;
      return kind === null ? [] : [{ project, start, kind }];
    }),
  );
  const projects = context.byProject ? [...new Set(told.map(({ project }) => project))].toSorted() : [null];
  return starts.flatMap((start) =>
    projects.map((project) => {
      const own = told.filter((one) => one.start === start && (project === null || one.project === project));
      const many = (of: string) => own.filter(({ kind }) => kind === of).length;
      const counts = {
        active: own.length - many('dormant'),
        ...{ new: many('new'), returning: many('returning'), resurrecting: many('resurrecting') },
        dormant: 0 - many('dormant'),
      };
      return {
        ...(project === null ? {} : { project_id: project }),
        bucket: new Date(start).toISOString(),
        ...Object.fromEntries(kinds.map((kind) => [kind, counts[kind]])),
      };
    }),
  );
};

const schema = z.strictObject({
  ...shared,
  event: text,
  per: z.enum(['person', 'visitor']).default('person'),
  interval: z.enum(['day', 'week', 'month']).default('week'),
});

/** lifecycle, for its tests. */
export const lifecycleOracle = oracleOf<Lifecycle & Shared>({
  draws: fc.record({ ...bucketDraws, interval: fc.constantFrom(undefined, 'day', 'day', 'week', 'month') }),
  measures: ['bucket', ...kinds],
  filled: true,
  ripens: true,
  limited: false,
  every: (raw) => schema.shape.interval.parse(raw.interval),
  read: (raw, asking) => ({ ...timed(schema.parse(raw), 'analysis', asking), limit: 0 }),
  answer: lifecycle,
});
