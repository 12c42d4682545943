import * as fc from 'fast-check';
import { dimensions } from '../../src/events/columns.ts';
import { gentle, wide } from './conditions.ts';
import { distance } from './requests.ts';
import { oddFields, often, plainFields, rarely } from './words.ts';

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
  where: fc.oneof(fc.constant(undefined), fc.constant(undefined), fc.constant([]), gentle, gentle, wide),
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

/** Rarely one of these, else nothing. */
export const oneOf = <T>(...some: readonly T[]): fc.Arbitrary<T | undefined> =>
  fc.oneof(
    { weight: 15, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(...some) },
  );
const field = fc.oneof(fc.constantFrom<string>(...dimensions), often(plainFields, oddFields));
/** The comma-separated spelling, where there is one. */
export const comma = (fields: readonly string[]): unknown =>
  fields.some((f) => f.startsWith('properties')) ? fields : fields.join(',');
/** Up to so many fields. */
export const groupBy = (maxLength: number) => fc.uniqueArray(field, { maxLength });

/** A field to group by that has few values. */
export const oneCoarse = fc.oneof(
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
