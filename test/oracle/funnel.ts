import * as fc from 'fast-check';
import * as z from 'zod';
import type { Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import { oneCoarse } from '../worlds/arguments.ts';
import { gentle } from '../worlds/conditions.ts';
import { oddNames, rarely } from '../worlds/words.ts';
import { groupOf } from './field.ts';
import {
  interval as intervals,
  limit as limitOf,
  list,
  oracleOf,
  per as pers,
  shared,
  timed,
  where as wheres,
  windowOf,
} from './oracle.ts';
import { compareGroups } from './order.ts';
import { followed, type Per } from './people.ts';
import { type Context, eventsFor, narrowed, type Shared } from './stored.ts';
import { type Condition, holds } from './where.ts';
import { bucketOf, bucketsIn, type Interval } from './zone.ts';

/** An event to look for: its name and what must hold of it. */
export interface Step {
  readonly event: string;
  readonly where: readonly Condition[];
  /** Any of these will do instead. */
  readonly any_of?: readonly Step[];
}

/** The arguments of funnel, resolved; `window` in ms. */
export interface Funnel extends Shared {
  readonly steps: readonly Step[];
  readonly window: number;
  readonly order: 'loose' | 'strict' | 'any';
  readonly exclude: readonly Step[];
  readonly hold: readonly string[];
  readonly per: Per;
  readonly group_by: readonly string[];
  readonly interval?: Interval;
  readonly time: 'median' | 'p90' | 'average';
}

/** One try: the events that were its steps, in the order of the steps. */
type Attempt = readonly [Event, ...Event[]];

/** What funnel must answer. */
export const funnel = (stored: readonly Event[], args: Funnel, context: Context): readonly Row[] => {
  const seen = eventsFor(stored, context);
  const fields = [...(context.byProject ? ['project_id'] : []), ...args.group_by];
  const valuesOf = (attempt: Attempt): readonly (string | null)[] =>
    fields.map((field) => groupOf(attempt[0], field));
  const { tz, interval } = args;
  const counted = followed(narrowed(seen, args), args.per, seen).flatMap((own) => counting(own, args));
  const groups = [
    ...Map.groupBy(counted, ({ attempt }) => JSON.stringify(valuesOf(attempt))).values(),
  ].flatMap((own) => own.slice(0, 1).map(({ attempt }) => ({ values: valuesOf(attempt), own })));
  const buckets = interval === undefined ? [null] : bucketsIn(args, tz, interval);
  const most = Math.max(1, Math.floor(20_000 / Math.max(1, buckets.length * args.steps.length)));
  const kept =
    fields.length === 0
      ? [{ values: [], own: counted }]
      : groups
          .toSorted((a, b) => b.own.length - a.own.length || compareGroups(a.values, b.values))
          .slice(0, interval === undefined ? args.limit : Math.min(args.limit, most));
  return buckets.flatMap((bucket) =>
    kept.flatMap(({ values, own }) =>
      stepsOf(
        own.filter((one) => one.bucket === bucket).map(({ attempt }) => attempt),
        args,
      ).map((row) => ({
        ...Object.fromEntries(fields.map((field, place) => [field, values[place] ?? null])),
        ...(bucket === null ? {} : { bucket: new Date(bucket).toISOString() }),
        ...row,
      })),
    ),
  );
};

/** The attempt that counts of all that one made, in each bucket: the deepest, of those the last. None where they never began. */
function counting(
  own: readonly Event[],
  args: Funnel,
): readonly { readonly bucket: number | null; readonly attempt: Attempt }[] {
  const best = new Map<number | null, Attempt>();
  for (const [place, event] of own.entries()) {
    if (event.ts < args.from || event.ts >= args.to || !is(event, args.steps[0])) continue;
    const bucket = args.interval === undefined ? null : bucketOf(event.ts, args.tz, args.interval);
    const attempt = args.order === 'any' ? anyOrder(own, event, args) : inOrder(own, place, event, args);
    if (attempt.length >= (best.get(bucket)?.length ?? 0)) best.set(bucket, attempt);
  }
  return [...best].map(([bucket, attempt]) => ({ bucket, attempt }));
}

/** From the first step on, event by event. */
function inOrder(
  own: readonly Event[],
  place: number,
  first: Event,
  { steps, window, order, exclude, hold }: Funnel,
): Attempt {
  const attempt: [Event, ...Event[]] = [first];
  for (const event of own.slice(place + 1)) {
    if (attempt.length === steps.length || event.ts - first.ts > window) break;
    if (is(event, steps[attempt.length]) && alike(event, first, hold)) attempt.push(event);
    else if (order === 'strict' || exclude.some((step) => is(event, step))) break;
  }
  return attempt;
}

/** The first step, and of the others as many from the second on as are near it, before or after. */
function anyOrder(own: readonly Event[], first: Event, { steps, window, hold }: Funnel): Attempt {
  const attempt: [Event, ...Event[]] = [first];
  for (const step of steps.slice(1)) {
    const match = own.find(
      (event) =>
        event !== first &&
        Math.abs(event.ts - first.ts) <= window &&
        is(event, step) &&
        alike(event, first, hold),
    );
    if (match === undefined) break;
    attempt.push(match);
  }
  return attempt;
}

/** Is this event such a step? */
export const is = (event: Event, step: Step | undefined): boolean => {
  if (step?.any_of !== undefined) return step.any_of.some((one) => is(event, one));
  const { event_name: called } = event;
  const named =
    step?.event === '*' ? !called.startsWith('$') || called === '$pageview' : called === step?.event;
  return step !== undefined && named && step.where.every((condition) => holds(event, condition));
};

const alike = (a: Event, b: Event, fields: readonly string[]): boolean =>
  fields.every((field) => groupOf(a, field) === groupOf(b, field));

/** One row for each step. */
function stepsOf(attempts: readonly Attempt[], { steps, order, time }: Funnel): readonly Row[] {
  const reached = (step: number): readonly Attempt[] => attempts.filter((attempt) => attempt.length > step);
  return steps.map(({ event }, step) => ({
    step: step + 1,
    event,
    people: reached(step).length,
    conversion: share(reached(step).length, reached(0).length),
    step_conversion: share(reached(step).length, reached(Math.max(step - 1, 0)).length),
    [`${time}_seconds`]:
      step === 0 || order === 'any'
        ? null
        : times[time](reached(step).map((attempt) => secondsTo(attempt, step))),
  }));
}

const secondsTo = (attempt: Attempt, step: number): number =>
  ((attempt[step]?.ts ?? Number.NaN) - (attempt[step - 1]?.ts ?? Number.NaN)) / 1000;
const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** The middle value, of an even number the mean of the middle two; null of none. */
export const median = (values: readonly number[]): number | null => {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
};

/** Linear between the closest ranks; null of none. */
const p90 = (values: readonly number[]): number | null => {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = (sorted.length - 1) * 0.9;
  const [low, high] = [sorted[Math.floor(rank)], sorted[Math.ceil(rank)]];
  return low === undefined || high === undefined ? null : low + (rank - Math.floor(rank)) * (high - low);
};
const average = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length;
const times = { median, p90, average };

/** A step as a caller writes it: a name, or one with conditions. */
export const plainStep = z.union([
  z.string().transform((event) => ({ event, where: [] })),
  z.object({ event: z.string(), where: wheres }),
]);
const step = z.union([
  plainStep,
  z
    .object({ any_of: z.array(plainStep) })
    .transform(({ any_of }) => ({ event: any_of.map(({ event }) => event).join(' or '), where: [], any_of })),
]);
const schema = z.strictObject({
  ...shared,
  limit: limitOf(10),
  steps: z.array(step),
  window: windowOf('7d'),
  order: z.enum(['loose', 'strict', 'any']).default('loose'),
  exclude: z.array(step).default([]),
  hold: list,
  per: pers,
  group_by: list,
  interval: intervals,
  time: z.enum(['median', 'p90', 'average']).default('median'),
});

type Drawn = string | Step | { readonly any_of: readonly string[] };
const drawnStep = fc.oneof(
  { weight: 14, arbitrary: fc.constantFrom<Drawn>('A', 'B', 'C') },
  { weight: 1, arbitrary: fc.constantFrom<Drawn>('D', '$pageview', '$identify', ...oddNames) },
  { weight: 2, arbitrary: fc.record({ event: fc.constantFrom('A', 'B', 'C'), where: gentle }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Drawn>('*', { any_of: ['B', 'C'] }, { any_of: ['A', '$pageview'] }),
  },
);
/** A step as it is told from others. */
const whole = (said: Drawn): unknown => (typeof said === 'string' ? { event: said, where: [] } : said);

/** `any` knows no `exclude` and no two equal steps. */
const draws = fc
  .record({
    steps: fc.oneof(
      fc.array(drawnStep, { minLength: 2, maxLength: 2 }),
      fc.array(drawnStep, { minLength: 2, maxLength: 4 }),
      fc.array(drawnStep, { minLength: 6, maxLength: 8 }),
    ),
    window: fc.constantFrom(undefined, '15s', '20m', '30m', '1h', '1h', '2h', '1d', '7d'),
    order: fc.constantFrom(undefined, undefined, 'loose', 'loose', 'strict', 'any'),
    exclude: rarely(fc.array(drawnStep, { minLength: 1, maxLength: 2 }), 2),
    hold: rarely(fc.uniqueArray(oneCoarse, { minLength: 1, maxLength: 2 }), 2),
    per: fc.constantFrom(undefined, 'person', 'visitor', 'session'),
    interval: fc.constantFrom(undefined, undefined, undefined, 'hour', 'day', 'week', 'month'),
    time: fc.constantFrom(undefined, undefined, 'median', 'p90', 'average'),
    group_by: fc.constantFrom(0, 1).chain((maxLength) => fc.uniqueArray(oneCoarse, { maxLength })),
  })
  .map((own) => {
    if (own.order !== 'any') return own;
    const steps = [...new Map(own.steps.map((said) => [JSON.stringify(whole(said)), said])).values()];
    return { ...own, exclude: undefined, steps: steps.length > 1 ? steps : [...steps, 'never'] };
  });

/** funnel, for its tests. */
export const funnelOracle = oracleOf<Funnel>({
  draws,
  measures: [
    ...['bucket', 'step', 'event', 'people', 'conversion', 'step_conversion'],
    ...['median_seconds', 'p90_seconds', 'average_seconds'],
  ],
  filled: true,
  read: (raw, asking) => timed(schema.parse(raw), 'analysis', asking),
  answer: funnel,
});
