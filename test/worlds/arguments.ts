import * as fc from 'fast-check';
import { dimensions } from '../../src/events/columns.ts';
import type { Step } from '../oracle/funnel.ts';
import type { Condition } from '../oracle/where.ts';
import { gentle } from './conditions.ts';
import { distance } from './requests.ts';
import {
  countries,
  mediums,
  names,
  oddFields,
  oddNames,
  often,
  plainFields,
  rarely,
  sources,
  users,
  visitors,
} from './words.ts';

/** Arguments as a caller sends them. */
export type Raw = Readonly<Record<string, unknown>>;

const hour = 3_600_000;
const day = 24 * hour;

/** A caller’s spelling of an instant that lies `away` ms from the moment. */
interface Spelt {
  readonly away: number;
  readonly as: 'utc' | 'offset' | 'date';
}

const spelt = (away: fc.Arbitrary<number>): fc.Arbitrary<Spelt> =>
  fc.record({ away, as: fc.constantFrom('utc', 'offset', 'date') });

/** Every shared input at random; any may be missing. */
const anyShared = fc.record({
  from: spelt(
    fc.oneof(
      { weight: 1, arbitrary: distance },
      { weight: 5, arbitrary: fc.constantFrom(-40 * day, -2 * day, -day) },
    ),
  ),
  length: spelt(fc.constantFrom(hour, 2 * day, 3 * day, 7 * day, 60 * day)),
  tz: rarely(
    fc.constantFrom('UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Apia', 'Australia/Lord_Howe'),
    2,
  ),
  where: fc.oneof(fc.constant(undefined), fc.constant(undefined), fc.constant([]), gentle, gentle),
  include_bots: fc.constantFrom(undefined, false, true),
  limit: fc.constantFrom(undefined, 1, 2, 3, 100),
});

/** All of time and no `where`, so that the rest of the arguments decides. */
const calmShared = fc.record({
  from: fc.constant<Spelt>({ away: -40 * day, as: 'utc' }),
  length: fc.constant<Spelt>({ away: 60 * day, as: 'utc' }),
  tz: fc.constant(undefined),
  where: fc.constant(undefined),
  include_bots: fc.constantFrom(undefined, true),
  limit: fc.constantFrom(undefined, 3, 100),
});

/** What every question takes. */
export const shared = fc.oneof(anyShared, calmShared);
export type SharedDraft = typeof shared extends fc.Arbitrary<infer T> ? T : never;

/** The draft as raw arguments around a moment (ms since 1970); what is undefined is left out. */
export const spell = ({ from, length, ...rest }: SharedDraft, moment: number): Raw => {
  const start = moment + from.away;
  const period =
    start + length.away < moment
      ? { from, to: { away: from.away + 60 * day, as: length.as } }
      : { from, to: { away: from.away + length.away, as: length.as } };
  return present({ from: textOf(period.from, moment), to: textOf(period.to, moment), ...rest });
};

const textOf = ({ away, as }: Spelt, moment: number): string => {
  const iso = new Date(moment + away).toISOString();
  if (as === 'date') return iso.slice(0, 10);
  return as === 'utc' ? iso : `${new Date(moment + away + 5.5 * hour).toISOString().slice(0, -1)}+05:30`;
};

/** Without what is undefined. */
export const present = (raw: Raw): Raw =>
  Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined));

const oneOf = <T>(...some: readonly T[]): fc.Arbitrary<T | undefined> =>
  fc.oneof(
    { weight: 15, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(...some) },
  );
const field = fc.oneof(fc.constantFrom<string>(...dimensions), often(plainFields, oddFields));
const comma = (fields: readonly string[]): unknown =>
  fields.some((f) => f.startsWith('properties')) ? fields : fields.join(',');
const groupBy = (maxLength: number) => fc.uniqueArray(field, { maxLength });

/** What only query_events takes. */
export const queryEventsOwn = fc.record({
  event: rarely(often(names, oddNames)),
  source: oneOf(...sources),
  medium: oneOf(...mediums),
  user_id: oneOf(...users),
  country: oneOf(...countries.filter((value) => value !== null)),
  anonymous_id: oneOf(...visitors),
});

/** What only get_stats takes. */
export const getStatsOwn = fc.record({
  metric: fc.constantFrom('count', 'uniques'),
  event: oneOf(...names.slice(0, 3)),
  group_by: fc.oneof(groupBy(3), groupBy(3).map(comma)).map((fields) => (fields === '' ? [] : fields)),
  interval: fc.constantFrom(undefined, undefined, 'hour', 'hour', 'hour', 'day', 'week', 'month'),
});

/** What only top_sources takes. */
export const topSourcesOwn = fc.record({ breakdown: fc.constantFrom(undefined, 'source_medium', 'source') });

const step = fc.oneof(
  { weight: 14, arbitrary: fc.constantFrom<string | Step>('A', 'B', 'C') },
  { weight: 1, arbitrary: fc.constantFrom<string | Step>('D', '$pageview', '$identify', ...oddNames) },
  { weight: 2, arbitrary: fc.record({ event: fc.constantFrom('A', 'B', 'C'), where: gentle }) },
);
const coarse = fc.oneof(
  fc.constantFrom<string>(
    'source',
    'medium',
    'country',
    'device_type',
    'browser',
    'properties.plan',
    'properties["a.b"]',
  ),
  field,
);

/** A step as the oracle wants it. */
export const whole = (said: string | Step): Step =>
  typeof said === 'string' ? { event: said, where: [] satisfies Condition[] } : said;

/** What only funnel takes: `any` knows no `exclude` and no two equal steps. */
export const funnelOwn = fc
  .record({
    steps: fc.oneof(
      fc.array(step, { minLength: 2, maxLength: 2 }),
      fc.array(step, { minLength: 2, maxLength: 4 }),
      fc.array(step, { minLength: 6, maxLength: 8 }),
    ),
    window: fc.constantFrom(undefined, '20m', '30m', '1h', '1h', '2h', '1d', '7d'),
    order: fc.constantFrom(undefined, undefined, 'loose', 'loose', 'strict', 'any'),
    exclude: rarely(fc.array(step, { minLength: 1, maxLength: 2 }), 2),
    hold: rarely(fc.uniqueArray(coarse, { minLength: 1, maxLength: 2 }), 2),
    per: fc.constantFrom(undefined, 'person', 'visitor', 'session'),
    group_by: fc.constantFrom(0, 1).chain((maxLength) => fc.uniqueArray(coarse, { maxLength })),
  })
  .map((own) => {
    if (own.order !== 'any') return own;
    const steps = [...new Map(own.steps.map((said) => [JSON.stringify(whole(said)), said])).values()];
    return { ...own, exclude: undefined, steps: steps.length > 1 ? steps : [...steps, 'never'] };
  });
