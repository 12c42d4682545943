import * as fc from 'fast-check';
import * as z from 'zod';
import type { Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import { oneCoarse } from '../worlds/arguments.ts';
import { gentle } from '../worlds/conditions.ts';
import { oddNames } from '../worlds/words.ts';
import { groupOf } from './field.ts';
import { is, type Step, plainStep as step } from './funnel.ts';
import { type Asking, limit as limitOf, list, oracleOf, shared, timed } from './oracle.ts';
import { compareGroups } from './order.ts';
import { followed } from './people.ts';
import { type Context, eventsFor, narrowed, type Shared } from './stored.ts';
import { bucketOf, bucketsIn } from './zone.ts';

/** The arguments of retention, resolved. */
export interface Retention extends Shared {
  readonly birth: Step;
  readonly return?: Step | undefined;
  readonly unit: 'day' | 'week' | 'month';
  readonly periods: number;
  readonly criteria: 'on' | 'on_or_after' | 'on_or_before';
  readonly align: 'rolling' | 'calendar';
  readonly new_only: boolean;
  readonly per: 'person' | 'visitor';
  readonly group_by: readonly string[];
}

/** Who was born, and in which periods they came back. */
interface Life {
  readonly cohort: number;
  readonly values: readonly (string | null)[];
  readonly back: readonly number[];
}

const day = 86_400_000;
const lengths = { day, week: 7 * day, month: 30 * day };

/** What retention must answer. */
export const retention = (
  stored: readonly Event[],
  args: Retention,
  context: Context,
  { now }: Asking,
): readonly Row[] => {
  const seen = eventsFor(stored, context);
  const fields = [...(context.byProject ? ['project_id'] : []), ...args.group_by];
  const lives = followed(narrowed(seen, args), args.per, seen).flatMap((own) => lifeOf(own, fields, args));
  const groups = [...Map.groupBy(lives, ({ values }) => JSON.stringify(values)).values()]
    .flatMap((own) => own.slice(0, 1).map(({ values }) => ({ values, own })))
    .toSorted((a, b) => b.own.length - a.own.length || compareGroups(a.values, b.values));
  const possible = bucketsIn({ from: args.from, to: Math.min(args.to, now + 1) }, args.tz, args.unit).length;
  const room = Math.floor(20_000 / ((possible + 1) * args.periods));
  const kept =
    fields.length === 0
      ? [{ values: [], own: lives }]
      : groups.slice(0, Math.max(1, Math.min(args.limit, room)));
  const starts = [...new Set(lives.map(({ cohort }) => cohort))].toSorted((a, b) => a - b);
  const named = (values: Life['values']) =>
    Object.fromEntries(fields.map((field, place) => [field, values[place] ?? null]));
  const periods = Array.from({ length: args.periods }, (_, n) => n);
  const cells = starts.flatMap((cohort) =>
    kept.flatMap(({ values, own }) => {
      const born = own.filter((life) => life.cohort === cohort);
      return born.length === 0
        ? []
        : periods.map((period) => ({
            ...{ cohort, values, size: born.length, period },
            people: born.filter((life) => returned(life, period, args)).length,
            over: isOver(cohort, period, args, now),
          }));
    }),
  );
  const pooled = kept.flatMap(({ values }) =>
    periods.map((period) => {
      const ripe = cells.filter((cell) => cell.values === values && cell.period === period && cell.over);
      const sum = (of: 'size' | 'people') => ripe.reduce((total, cell) => total + cell[of], 0);
      return { values, period, size: sum('size'), people: sum('people'), over: ripe.length > 0 };
    }),
  );
  return [
    ...cells.map((cell) => ({ ...cell, cohort: new Date(cell.cohort).toISOString() })),
    ...pooled.map((cell) => ({ ...cell, cohort: null })),
  ].map(({ cohort, values, size, period, people, over }) => ({
    ...{ cohort, ...named(values), size, period },
    ...(over ? { people, share: people / size } : { people: null, share: null }),
  }));
};

function lifeOf(own: readonly Event[], fields: readonly string[], args: Retention): readonly Life[] {
  const { from, to, tz, unit, align } = args;
  const born = own.find((e) => is(e, args.birth) && e.ts < to && (args.new_only || e.ts >= from));
  if (born === undefined || born.ts < from) return [];
  const cohort = bucketOf(born.ts, tz, unit);
  const back = own
    .filter((e) => e !== born && e.ts >= born.ts && (args.return === undefined || is(e, args.return)))
    .map(({ ts }) =>
      align === 'rolling'
        ? Math.floor((ts - born.ts) / lengths[unit])
        : Math.max(0, bucketsIn({ from: cohort, to: bucketOf(ts, tz, unit) + 1 }, tz, unit).length - 1),
    );
  return [{ cohort, values: fields.map((field) => groupOf(born, field)), back }];
}

const returned = ({ back }: Life, period: number, { criteria, periods }: Retention): boolean =>
  back.some(
    (n) =>
      ({ on: n === period, on_or_after: n >= period && n < periods, on_or_before: n <= period })[criteria],
  );

/** Has this period ended, for the last who could be born into the cohort too? */
function isOver(cohort: number, period: number, { to, tz, unit, align }: Retention, now: number): boolean {
  if (align === 'calendar') return bucketsIn({ from: cohort, to: now + 1 }, tz, unit).length - 1 > period;
  const next = bucketsIn({ from: cohort, to: cohort + 33 * day }, tz, unit)[1] ?? Number.NaN;
  return Math.min(next, to) + (period + 1) * lengths[unit] <= now;
}

/** A step to draw. */
const drawnStep = fc.oneof(
  { weight: 14, arbitrary: fc.constantFrom<string | Step>('A', 'B', 'C') },
  { weight: 1, arbitrary: fc.constantFrom<string | Step>('D', '$pageview', '$identify', ...oddNames) },
  { weight: 2, arbitrary: fc.record({ event: fc.constantFrom('A', 'B', 'C'), where: gentle }) },
);

const schema = z.strictObject({
  ...shared,
  limit: limitOf(10),
  birth: step,
  return: step.optional(),
  unit: z.enum(['day', 'week', 'month']).default('week'),
  periods: z.int().default(8),
  criteria: z.enum(['on', 'on_or_after', 'on_or_before']).default('on'),
  align: z.enum(['rolling', 'calendar']).default('rolling'),
  new_only: z.boolean().default(false),
  per: z.enum(['person', 'visitor']).default('person'),
  group_by: list,
});

/** retention, for its tests. */
export const retentionOracle = oracleOf<Retention>({
  draws: fc.record({
    birth: fc.oneof(
      { weight: 3, arbitrary: fc.constant<string | Step>('A') },
      { weight: 1, arbitrary: drawnStep },
    ),
    return: fc.oneof(fc.constant(undefined), drawnStep, fc.constant<string | Step>('A')),
    unit: fc.constantFrom(undefined, 'day', 'day', 'day', 'week', 'month'),
    periods: fc.constantFrom(undefined, 1, 2, 4, 32, 60),
    criteria: fc.constantFrom(undefined, 'on', 'on_or_after', 'on_or_before'),
    align: fc.constantFrom(undefined, 'rolling', 'calendar', 'calendar'),
    new_only: fc.constantFrom(undefined, undefined, true),
    per: fc.constantFrom(undefined, 'visitor'),
    group_by: fc.constantFrom(0, 0, 1).chain((maxLength) => fc.uniqueArray(oneCoarse, { maxLength })),
  }),
  measures: ['cohort', 'size', 'period', 'people', 'share'],
  filled: true,
  ripens: true,
  every: (raw) => schema.shape.unit.parse(raw.unit),
  read: (raw, asking) => timed(schema.parse(raw), 'analysis', asking),
  answer: retention,
});
