import * as fc from 'fast-check';
import * as z from 'zod';
import type { Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import { type Active, activityOf, bucketDraws, isActive } from './activity.ts';
import { type Asking, oracleOf, shared, text, timed } from './oracle.ts';
import { type Context, during, eventsFor, type Shared } from './stored.ts';

/** The arguments of engagement, resolved. */
export interface Engagement extends Omit<Shared, 'limit'> {
  readonly event?: string;
  readonly per: 'person' | 'visitor';
  readonly view: 'frequency' | 'recency';
  readonly of: 'days' | 'times';
}

type Range = readonly [label: string | number, from: number, to: number];

const day = 86_400_000;
const recency: readonly Range[] = [
  ['0', 0, 0],
  ['1–7', 1, 7],
  ['8–14', 8, 14],
  ['15–30', 15, 30],
  ['31–60', 31, 60],
  ['61+', 61, Number.POSITIVE_INFINITY],
];
const times: readonly Range[] = [
  ...Array.from({ length: 10 }, (_, n): Range => [String(n + 1), n + 1, n + 1]),
  ['11–20', 11, 20],
  ['21–50', 21, 50],
  ['51–100', 51, 100],
  ['101+', 101, Number.POSITIVE_INFINITY],
];

/** What engagement must answer. */
export const engagement = (
  stored: readonly Event[],
  args: Engagement,
  context: Context,
  { now }: Asking,
): readonly Row[] => {
  const { view, of, to } = args;
  const everybody = activityOf(
    during(eventsFor(stored, context), args),
    args,
    (e) => isActive(e, args.event),
    'day',
    eventsFor(stored, context),
  );
  const until = Math.min(to, now + 1);
  const numberOf = ({ events, buckets }: Active): number => {
    if (view === 'recency') return Math.max(0, Math.floor((until - (events.at(-1)?.ts ?? 0)) / day));
    return of === 'times' ? events.length : buckets.size;
  };
  const projects = context.byProject
    ? [...new Set(everybody.map(({ project }) => project))].toSorted()
    : [null];
  return projects.flatMap((project) => {
    const numbers = everybody.filter((one) => project === null || one.project === project).map(numberOf);
    const days = Array.from({ length: Math.max(0, ...numbers) }, (_, n): Range => [n + 1, n + 1, n + 1]);
    const ranges = view === 'recency' ? recency : of === 'times' ? times : days;
    const column = view === 'recency' ? 'days_since_seen' : of === 'times' ? 'times' : 'active_days';
    return ranges.map(([label, first, last]) => {
      const people = numbers.filter((n) => n >= first && n <= last).length;
      return {
        ...(project === null ? {} : { project_id: project }),
        ...{ [column]: label, people, share: numbers.length === 0 ? null : people / numbers.length },
      };
    });
  });
};

const schema = z.strictObject({
  ...shared,
  event: text,
  per: z.enum(['person', 'visitor']).default('person'),
  view: z.enum(['frequency', 'recency']).default('frequency'),
  of: z.enum(['days', 'times']).default('days'),
});

/** engagement, for its tests. */
export const engagementOracle = oracleOf<Engagement & Shared>({
  draws: fc
    .record({
      ...bucketDraws,
      view: fc.constantFrom(undefined, 'frequency', 'recency'),
      of: fc.constantFrom(undefined, 'days', 'times', 'times'),
    })
    .map((own) => (own.view === 'recency' ? { ...own, of: undefined } : own)),
  measures: ['active_days', 'times', 'days_since_seen', 'people', 'share'],
  ripens: true,
  limited: false,
  read: (raw, asking) => ({ ...timed(schema.parse(raw), 'analysis', asking), limit: 0 }),
  answer: engagement,
});
