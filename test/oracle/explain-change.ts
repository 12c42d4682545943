import * as fc from 'fast-check';
import * as z from 'zod';
import { dimensions as columns, type Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import { groupBy, oneOf } from '../worlds/arguments.ts';
import { names } from '../worlds/words.ts';
import { fieldOf, groupOf, numberOf } from './field.ts';
import { limit as limitOf, list, oracleOf, shared, text, timed } from './oracle.ts';
import { compareNullLast, compareText } from './order.ts';
import { followed, personsOf } from './people.ts';
import { periodOf } from './period.ts';
import { type Context, during, eventsFor, narrowed, type Shared } from './stored.ts';
import { periodsOf } from './two-periods.ts';

/** The arguments of explain_change, resolved; `before` and `after` in ms since 1970. */
export interface ExplainChange extends Shared {
  readonly metric: string;
  readonly event?: string;
  readonly steps: readonly string[];
  readonly dimensions: readonly string[];
  readonly before: Pick<Shared, 'from' | 'to'>;
  readonly after: Pick<Shared, 'from' | 'to'>;
}

const week = 7 * 86_400_000;

/** Something counted on one side: how much, and the event whose values it has. */
interface Counted {
  readonly side: 0 | 1;
  readonly n: number;
  readonly event: Event;
}

/** What explain_change must answer. */
export const explainChange = (
  stored: readonly Event[],
  args: ExplainChange,
  context: Context,
): readonly Row[] => {
  const seen = eventsFor(stored, context);
  if (context.byProject !== true) return told(seen, args);
  return [...Map.groupBy(seen, (event) => event.project_id)]
    .toSorted(([a], [b]) => compareText(a, b))
    .flatMap(([project_id, own]) =>
      counted(own, args).length === 0 ? [] : told(own, args).map((row) => ({ project_id, ...row })),
    );
};

function counted(seen: readonly Event[], args: ExplainChange): readonly Counted[] {
  const { metric, event } = args;
  const all = narrowed(seen, args);
  const person = personsOf(seen);
  return ([0, 1] as const).flatMap((side): readonly Counted[] => {
    const period = side === 0 ? args.before : args.after;
    const inside = during(all, period).filter((one) => event === undefined || one.event_name === event);
    if (metric === 'count') return inside.map((one) => ({ side, n: 1, event: one }));
    if (metric === 'uniques' || metric === 'people') {
      const who = (one: Event): string =>
        metric === 'people' ? person(one) : JSON.stringify([one.project_id, one.anonymous_id]);
      return [...Map.groupBy(inside, who).values()].flatMap((own) =>
        own.slice(0, 1).map((first) => ({ side, n: 1, event: first })),
      );
    }
    if (metric === 'conversion') {
      const reach = during(all, { from: period.from, to: period.to + week });
      const [first = '', second = ''] = args.steps;
      return followed(reach, 'person', seen).flatMap((own) => {
        const tries = own.flatMap((one, place) => {
          if (one.event_name !== first || one.ts >= period.to) return [];
          const next = own.slice(place + 1).find((later) => later.event_name === second);
          return [{ side, n: next !== undefined && next.ts <= one.ts + week ? 1 : 0, event: one }] as const;
        });
        const best = tries.findLast(({ n }) => n === 1) ?? tries.at(-1);
        return best === undefined ? [] : [best];
      });
    }
    return inside.flatMap((one) => {
      const n = numberOf(fieldOf(one, `properties.${metric.slice('sum:'.length)}`));
      return n === null ? [] : [{ side, n, event: one }];
    });
  });
}

function told(seen: readonly Event[], args: ExplainChange): readonly Row[] {
  const rows = counted(seen, args);
  const rates = args.metric === 'conversion';
  const sides = (own: readonly Counted[]) => {
    const side = (which: 0 | 1) => own.filter((one) => one.side === which);
    const total = (which: 0 | 1) => side(which).reduce((sum, { n }) => sum + n, 0);
    return { b: total(0), a: total(1), mb: side(0).length, ma: side(1).length };
  };
  const all = sides(rows);
  const size = ({ b, a, mb, ma }: typeof all): readonly number[] => (rates ? [mb, ma] : [b, a]);
  const large = (one: typeof all): boolean =>
    size(one).some((n, s) => n !== 0 && 100 * Math.abs(n) >= Math.abs(size(all)[s] ?? 0));
  const parts = fieldsOf(rows, args).flatMap(({ dimension, order, valueIn }) => {
    const groups = [...Map.groupBy(rows, ({ event }) => valueIn(event))].map(([value, own]) => ({
      value,
      own,
      kept: large(sides(own)),
    }));
    const small = groups.filter(({ kept }) => !kept).flatMap(({ own }) => own);
    return [
      ...groups.filter(({ kept }) => kept).map(({ value, own }) => ({ value, small: false, ...sides(own) })),
      ...(size(sides(small)).some((n) => n !== 0) ? [{ value: null, small: true, ...sides(small) }] : []),
    ].map((one) => ({ dimension, order, ...one, deviation: deviation(one) }));
  });
  function deviation(one: typeof all): number {
    if (!rates) return all.b === 0 ? Math.abs(one.a - one.b) : Math.abs(one.a * all.b - one.b * all.a);
    if (one.mb === 0 || one.ma === 0 || all.mb === 0 || all.ma === 0) return 0;
    const before = one.b / one.mb;
    const after = one.a / one.ma;
    const wb = all.b / all.mb;
    return (
      one.ma * (wb === 0 ? Math.abs(after - before) : Math.abs(after - (before * (all.a / all.ma)) / wb))
    );
  }
  const most = Math.max(0, ...parts.map((one) => one.deviation));
  const rank = (n: number): number => (most === 0 ? 0 : Math.round((1e9 * n) / most));
  const share = (n: number, of: number): number | null => (of === 0 ? null : n / of);
  const minus = (x: number | null, y: number | null) => (x === null || y === null ? null : x - y);
  const measures = (one: typeof all): Row => {
    const before = rates ? share(one.b, one.mb) : one.b;
    const after = rates ? share(one.a, one.ma) : one.a;
    const wb = rates ? share(all.b, all.mb) : all.b;
    const wa = rates ? share(all.a, all.ma) : all.a;
    const expected = before === null || wa === null || wb === null || wb === 0 ? null : (before * wa) / wb;
    const part = rates ? minus(share(one.a, all.ma), share(one.b, all.mb)) : minus(after, before);
    const change = minus(wa, wb);
    return {
      before,
      after,
      difference: minus(after, before),
      expected,
      excess: minus(after, expected),
      share_of_change: part === null || change === null || change === 0 ? null : part / change,
      ...(rates ? { people_before: one.mb, people_after: one.ma } : {}),
    };
  };
  return [
    { dimension: null, value: null, ...measures(all) },
    ...parts
      .toSorted(
        (x, y) =>
          rank(y.deviation) - rank(x.deviation) ||
          x.order - y.order ||
          compareText(x.dimension, y.dimension) ||
          Number(x.small) - Number(y.small) ||
          compareNullLast(x.value, y.value),
      )
      .map((one) => ({
        dimension: one.dimension,
        value: one.small ? '(other)' : one.value,
        ...measures(one),
      })),
  ].slice(0, args.limit);
}

interface Dimension {
  readonly dimension: string;
  readonly order: number;
  readonly valueIn: (event: Event) => string | null;
}

/** The dimensions asked for, else every column and the ten properties that are filled most. */
function fieldsOf(
  rows: readonly Counted[],
  { dimensions, event, steps }: ExplainChange,
): readonly Dimension[] {
  const one = event !== undefined || steps.length > 0;
  const named = dimensions.length > 0 ? dimensions : columns.filter((c) => c !== 'event_name' || !one);
  const asked = named.map((dimension, order) => ({
    dimension,
    order,
    valueIn: (e: Event) => groupOf(e, dimension),
  }));
  if (dimensions.length > 0 || !one) return asked;
  const filled = new Map<string, number>();
  for (const { event: e } of rows)
    for (const [key, value] of Object.entries<unknown>(JSON.parse(e.properties)))
      if (!/["\\\p{Cc}]/u.test(key) && value !== null && typeof value !== 'object')
        filled.set(key, (filled.get(key) ?? 0) + 1);
  const most = [...filled].toSorted(([a, m], [b, n]) => n - m || compareText(a, b)).slice(0, 10);
  return [
    ...asked,
    ...most.map(([key]) => {
      const dimension = /^[^.[\]]+$/.test(key) ? `properties.${key}` : `properties["${key}"]`;
      return { dimension, order: asked.length, valueIn: (e: Event) => groupOf(e, dimension) };
    }),
  ];
}

const compare = z
  .union([z.enum(['previous', 'year']), z.strictObject({ from: z.string(), to: z.string() })])
  .default('previous');
const schema = z.strictObject({
  ...shared,
  limit: limitOf(21),
  metric: z.string().default('count'),
  event: text,
  steps: list,
  dimensions: list,
  compare,
});

/** explain_change, for its tests. */
export const explainChangeOracle = oracleOf<ExplainChange>({
  draws: fc
    .record({
      what: fc.oneof(
        fc.record({
          metric: fc.constantFrom('count', 'uniques', 'people', 'sum:plan'),
          event: fc.oneof(oneOf(...names.slice(0, 3)), fc.constantFrom('A', 'B')),
        }),
        fc.record({
          metric: fc.constant('conversion'),
          steps: fc.constantFrom(['A', 'B'], ['A', 'A'], ['$pageview', 'A']),
        }),
      ),
      dimensions: fc.oneof(
        fc.constant(undefined),
        groupBy(3).map((some) => (some.length > 0 ? some : undefined)),
      ),
      compare: fc.constantFrom(
        undefined,
        undefined,
        'previous',
        'year',
        { from: '2026-02-20', to: '2026-03-09' },
        { from: '2011-12-20', to: '2026-04-06' },
      ),
    })
    .map(({ what, ...rest }) => ({ ...what, ...rest })),
  measures: [
    'before',
    'after',
    'difference',
    'expected',
    'excess',
    'share_of_change',
    'people_before',
    'people_after',
  ],
  read: (raw, asking) => {
    const { compare: other, ...args } = schema.parse(raw);
    const { now, before } = periodsOf(
      (one) => periodOf(schema.omit({ compare: true }).parse(one), 'analysis', asking),
      { ...z.record(z.string(), z.unknown()).parse(raw), compare: other },
      'whole-days',
      asking,
    );
    return { ...timed(args, 'analysis', asking), ...now, before, after: now };
  },
  answer: explainChange,
});
