import * as fc from 'fast-check';
import * as z from 'zod';
import type { Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import { fieldOf, numberOf } from './field.ts';
import { limit as limitOf, oracleOf, shared, timed, windowOf } from './oracle.ts';
import { byTime, compareGroups } from './order.ts';
import { personsOf } from './people.ts';
import type { SessionRow } from './session-rows.ts';
import { sessionsIn } from './sessions.ts';
import { type Context, during, eventsFor, narrowed, type Shared } from './stored.ts';

const day = 86_400_000;
const models = ['last', 'first', 'linear', 'position', 'time_decay', 'participation'] as const;

/** The arguments of attribution, resolved; `lookback` in ms. */
export interface Attribution extends Shared {
  readonly event: string;
  readonly value?: string;
  readonly model: (typeof models)[number];
  readonly lookback: number;
  readonly count_direct: boolean;
  readonly count: 'each' | 'once';
  readonly by: 'source_medium' | 'source' | 'campaign';
}

/** A part of a conversion and who gets it. */
interface Credit {
  readonly keys: readonly (string | null)[];
  readonly part: number;
  readonly person: string;
  readonly value: number;
}

/** What attribution must answer. */
export const attribution = (
  stored: readonly Event[],
  args: Attribution,
  context: Context,
): readonly Row[] => {
  const seen = eventsFor(stored, context);
  const person = personsOf(seen);
  const sessions = sessionsIn(seen, {
    from: args.from - args.lookback - day,
    to: args.to,
    where: [],
    include_bots: args.include_bots,
  })
    .toSorted((a, b) => byTime(a.opening, b.opening))
    .filter((session) => args.count_direct || hasOrigin(session));
  const all = during(narrowed(seen, args), args).filter(({ event_name }) => event_name === args.event);
  const wanted = args.count === 'each' ? all : firstOfEach(all, person);
  const credits = wanted.flatMap((conversion): readonly Credit[] => {
    const touches = sessions.filter((session) => isTouch(session, conversion, person, args.lookback));
    const project = context.byProject ? [conversion.project_id] : [];
    const credit = { person: person(conversion), value: worthOf(conversion, args) };
    if (touches.length === 0)
      return [{ ...credit, keys: [...project, ...labelsOf(undefined, args)], part: 1 }];
    const keys = touches.map((touch) => [...project, ...labelsOf(touch, args)]);
    return parts(touches, keys, conversion, args.model).map((part, i) => ({
      ...credit,
      keys: keys[i] ?? [],
      part,
    }));
  });
  const wholeOf = (key: string | null | undefined): number =>
    context.byProject ? wanted.filter(({ project_id }) => project_id === key).length : wanted.length;
  return [
    ...Map.groupBy(
      credits.filter(({ part }) => part > 0),
      ({ keys }) => JSON.stringify(keys),
    ).values(),
  ]
    .map((own) => ({ own, keys: own[0]?.keys ?? [], conversions: sum(own.map(({ part }) => part)) }))
    .toSorted(
      (a, b) =>
        Math.round(b.conversions * 1e9) - Math.round(a.conversions * 1e9) || compareGroups(a.keys, b.keys),
    )
    .slice(0, args.limit)
    .map(({ own, keys, conversions }) => ({
      ...Object.fromEntries(columnsOf(args, context).map((column, i) => [column, keys[i] ?? null])),
      conversions,
      share: conversions / wholeOf(keys[0]),
      people: new Set(own.map((one) => one.person)).size,
      ...(args.value === undefined ? {} : { value: sum(own.map(({ part, value }) => part * value)) }),
    }));
};

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

const columnsOf = ({ by }: Attribution, { byProject }: Context): readonly string[] => [
  ...(byProject ? ['project_id'] : []),
  ...(by === 'source_medium' ? ['source', 'medium'] : [by]),
];

const hasOrigin = ({ opening: { source } }: SessionRow): boolean =>
  source !== 'direct' && source !== 'internal';

const labelsOf = (touch: SessionRow | undefined, { by }: Attribution): readonly (string | null)[] => {
  if (touch === undefined || !hasOrigin(touch))
    return by === 'source_medium' ? ['direct', 'direct'] : ['direct'];
  const { source, medium, campaign } = touch.opening;
  if (by === 'campaign') return [campaign];
  return by === 'source' ? [source] : [source, medium];
};

const firstOfEach = (all: readonly Event[], person: (event: Event) => string): readonly Event[] =>
  [...Map.groupBy(all.toSorted(byTime), person).values()].flatMap((own) => own.slice(0, 1));

const worthOf = (event: Event, { value }: Attribution): number =>
  value === undefined
    ? 0
    : (numberOf(fieldOf(event, value.startsWith('properties') ? value : `properties.${value}`)) ?? 0);

/** A visit in which the person did something, begun not after the conversion, and not long before it unless it holds it. */
const isTouch = (
  { begins, events }: SessionRow,
  conversion: Event,
  person: (event: Event) => string,
  lookback: number,
): boolean =>
  begins <= conversion.ts &&
  (begins >= conversion.ts - lookback || events.includes(conversion)) &&
  events.some((event) => person(event) === person(conversion));

/** What each touch gets, first to last. */
function parts(
  touches: readonly SessionRow[],
  keys: readonly (readonly (string | null)[])[],
  { ts }: Event,
  model: Attribution['model'],
): readonly number[] {
  const n = touches.length;
  const weights = touches.map(({ begins }) => 2 ** (-(ts - begins) / (7 * day)));
  const spelled = keys.map((key) => JSON.stringify(key));
  const edge = (i: number): boolean => i === 0 || i === n - 1;
  const part = {
    first: (i: number) => (i === 0 ? 1 : 0),
    last: (i: number) => (i === n - 1 ? 1 : 0),
    linear: () => 1 / n,
    position: (i: number) => (n <= 2 ? 1 / n : edge(i) ? 0.4 : 0.2 / (n - 2)),
    time_decay: (i: number) => (weights[i] ?? Number.NaN) / sum(weights),
    participation: (i: number) => (spelled.indexOf(spelled[i] ?? '') === i ? 1 : 0),
  }[model];
  return touches.map((_, i) => part(i));
}

const schema = z.strictObject({
  ...shared,
  limit: limitOf(50),
  event: z.string(),
  value: z.string().exactOptional(),
  model: z.enum(models).default('last'),
  lookback: windowOf('30d'),
  count_direct: z.boolean().default(false),
  count: z.enum(['each', 'once']).default('each'),
  by: z.enum(['source_medium', 'source', 'campaign']).default('source_medium'),
});

/** attribution, for its tests. */
export const attributionOracle = oracleOf<Attribution>({
  draws: fc.record({
    event: fc.constantFrom('A', 'A', 'B', '$pageview', 'never'),
    value: fc.constantFrom(undefined, undefined, 'price', 'properties.price', 'plan', 'properties["a.b"]'),
    model: fc.constantFrom(undefined, ...models),
    lookback: fc.constantFrom(undefined, undefined, '10m', '1h', '1d', '3d', '104w'),
    count_direct: fc.constantFrom(undefined, false, true),
    count: fc.constantFrom(undefined, 'each', 'once'),
    by: fc.constantFrom(undefined, 'source_medium', 'source', 'campaign'),
  }),
  measures: ['conversions', 'share', 'people', 'value'],
  read: (raw, asking) => timed(schema.parse(raw), 'analysis', asking),
  answer: attribution,
});
