import * as fc from 'fast-check';
import * as z from 'zod';
import type { Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import { activityOf, bucketDraws, doers, isActive } from './activity.ts';
import { type Asking, oracleOf, shared, text, timed } from './oracle.ts';
import { type Context, eventsFor, type Shared } from './stored.ts';
import { bucketOf, bucketsIn } from './zone.ts';

/** The arguments of active_people, resolved. */
export interface ActivePeople extends Omit<Shared, 'limit'> {
  readonly event?: string;
  readonly per: 'person' | 'visitor';
}

const day = 86_400_000;

/** What active_people must answer. */
export const activePeople = (
  stored: readonly Event[],
  args: ActivePeople,
  context: Context,
  { now }: Asking,
): readonly Row[] => {
  const { from, to, tz } = args;
  const until = Math.min(to, now + 1);
  const first = bucketOf(from, tz, 'day');
  // Days of the calendar, enough of them before the first.
  const days = bucketsIn({ from: first - 40 * day, to: until }, tz, 'day');
  const active = activityOf(
    eventsFor(stored, context),
    args,
    (e) => e.ts < to && isActive(e, args.event),
    'day',
  );
  const projects = context.byProject
    ? doers(active, days.slice(Math.max(0, days.indexOf(first) - 29)))
    : [null];
  return bucketsIn({ from, to: until }, tz, 'day').flatMap((start) =>
    projects.map((project) => {
      const own = active.filter((one) => project === null || one.project === project);
      const at = days.indexOf(start);
      const within = (n: number) => {
        const some = days.slice(Math.max(0, at - n + 1), at + 1);
        return own.filter(({ buckets }) => some.some((one) => buckets.has(one))).length;
      };
      const [dau, mau] = [within(1), within(30)];
      return {
        ...(project === null ? {} : { project_id: project }),
        bucket: new Date(start).toISOString(),
        ...{ dau, wau: within(7), mau, stickiness: mau === 0 ? null : dau / mau },
      };
    }),
  );
};

const schema = z.strictObject({
  ...shared,
  event: text,
  per: z.enum(['person', 'visitor']).default('person'),
});

/** active_people, for its tests. */
export const activePeopleOracle = oracleOf<ActivePeople & Shared>({
  draws: fc.record(bucketDraws),
  measures: ['bucket', 'dau', 'wau', 'mau', 'stickiness'],
  filled: true,
  ripens: true,
  limited: false,
  every: () => 'day',
  read: (raw, asking) => ({ ...timed(schema.parse(raw), 'analysis', asking), limit: 0 }),
  answer: activePeople,
});
