import * as fc from 'fast-check';
import type { Narrowing } from '../oracle/narrow.ts';
import type { Condition, Entry } from '../oracle/where.ts';
import {
  browsers,
  campaigns,
  countries,
  mediums,
  mostly,
  names,
  oddFields,
  oddNames,
  oddNumbers,
  oddTexts,
  often,
  paths,
  plainFields,
  plainNumbers,
  plainTexts,
  sources,
} from './words.ts';

const columns: readonly (readonly [string, readonly string[]])[] = [
  ['event_name', [...names, ...oddNames]],
  ['source', sources],
  ['medium', mediums],
  ['campaign', campaigns.filter((value) => value !== null)],
  ['country', countries.filter((value) => value !== null)],
  ['path', paths.filter((value) => value !== null)],
  ['browser', browsers.filter((value) => value !== null)],
  ['device_type', ['desktop', 'mobile', 'bot']],
];

const column = fc.constantFrom(...columns);
const property = often(plainFields, oddFields);
const text = often(plainTexts, oddTexts);
const number = often(plainNumbers, oddNumbers);
const numeric = mostly([...plainFields, ...oddFields], ['source']);
const field = fc.oneof(
  column.map(([name]) => name),
  property,
);
const fieldAndText = fc.oneof(
  column.chain(([name, values]) =>
    fc.record({ field: fc.constant(name), value: fc.constantFrom(...values) }),
  ),
  fc.record({ field: property, value: text }),
);
const fieldAndTexts = fc
  .tuple(fieldAndText, fc.array(text, { maxLength: 2 }))
  .map(([{ field, value }, more]) => ({ field, value: [value, ...more] }));
const piece = often(
  ['o', 'O', 'gol', 'GOL', '5', 'a', '/'],
  ['%', '_', '\\', "'", 'é', 'É', '😀', 'ש', 'tru'],
);

const equality = fc.constantFrom('eq', 'neq');
const membership = fc.constantFrom('in', 'not_in');
const comparison = fc.constantFrom('gt', 'gte', 'lt', 'lte');
const search = fc.constantFrom('contains', 'not_contains', 'starts_with');
const presence = fc.constantFrom('exists', 'not_exists');

/** One entry of `where`: every operator, on columns and properties. */
export const entry: fc.Arbitrary<Entry> = fc.oneof(
  fc.tuple(fieldAndText, equality).map(([at, op]) => ({ ...at, op })),
  fc.tuple(fieldAndTexts, membership).map(([at, op]) => ({ ...at, op })),
  fc.tuple(fieldAndText, comparison).map(([at, op]) => ({ ...at, op })),
  fc.record({ field, op: search, value: piece }),
  fc.record({
    field: mostly([...plainFields, ...oddFields, 'campaign', 'country', 'path'], ['properties.nested']),
    op: presence,
  }),
  fc.record({ field: numeric, op: equality, value: number }),
  fc.record({ field: numeric, op: comparison, value: number }),
  fc.record({ field: property, op: membership, value: fc.array(number, { minLength: 1, maxLength: 3 }) }),
  fc.record({ field: property, op: equality, value: fc.boolean() }),
  fc.record({
    field: property,
    op: membership,
    value: fc.array(fc.boolean(), { minLength: 1, maxLength: 2 }),
  }),
);

/** A whole `where` that says something: few entries, so that something is left. */
export const where: fc.Arbitrary<readonly Condition[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: entry },
    { weight: 1, arbitrary: fc.record({ any: fc.array(entry, { minLength: 1, maxLength: 3 }) }) },
  ),
  { minLength: 1, maxLength: 2 },
);

/** Mostly one entry that much gets through. */
export const gentle: fc.Arbitrary<readonly Condition[]> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .oneof(
        fc.record({
          field: fc.constantFrom('source', 'medium', 'country', 'properties.plan'),
          op: fc.constant('neq' as const),
          value: fc.constantFrom('google', 'paid', 'DE', 'gold'),
        }),
        fc.record({
          field: fc.constant('country'),
          op: fc.constant('in' as const),
          value: fc.constant(['DE', 'US']),
        }),
        fc.record({
          field: fc.constant('medium'),
          op: fc.constant('contains' as const),
          value: fc.constant('PA'),
        }),
        fc.record({ field: fc.constant('properties.plan'), op: fc.constant('exists' as const) }),
      )
      .map((entry) => [entry]),
  },
  { weight: 1, arbitrary: where },
);

const equal = fc.constantFrom('eq' as const, 'neq' as const);
const onSession: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({
    field: fc.constantFrom('session.source', 'session.medium', 'session.campaign'),
    op: equal,
    value: fc.constantFrom('google', 'direct', 'paid', 'spring'),
  }),
  fc.record({
    field: fc.constantFrom('session.entry_path', 'session.exit_path'),
    op: fc.constantFrom('eq' as const, 'neq' as const, 'contains' as const, 'starts_with' as const),
    value: fc.constantFrom('/', '/shoes', '/SH'),
  }),
  fc.record({
    field: fc.constantFrom('session.campaign', 'session.entry_path', 'session.bounce'),
    op: presence,
  }),
  fc.record({ field: fc.constant('session.bounce'), op: equality, value: fc.boolean() }),
  fc.record({
    field: fc.constant('session.duration_seconds'),
    op: comparison,
    value: fc.constantFrom(0, 599, 600, 1200.5),
  }),
);
const onPerson: fc.Arbitrary<Entry> = entry
  .filter(({ field: name }) => name.startsWith('properties'))
  .map((said) => ({ ...said, field: said.field.replace('properties', 'person') }));
const described = fc.record(
  {
    event: fc.constantFrom('A', 'B', '$pageview', '$identify'),
    where: fc.array(entry, { maxLength: 1 }),
    at_least: fc.constantFrom(1, 2, 3),
    within: fc.constantFrom('1h', '1d', '3d', '6w'),
  },
  { requiredKeys: ['event'] },
);
const done = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom('A', 'B', '$pageview') },
  { weight: 5, arbitrary: described },
);
const wideEntry = fc.oneof(
  onSession,
  onPerson,
  done.map((did) => ({ did })),
  done.map((did_not) => ({ did_not })),
);

/** A `where` that asks for sessions, traits or deeds too. */
export const wide: fc.Arbitrary<readonly Narrowing[]> = fc.oneof(
  { weight: 4, arbitrary: wideEntry.map((one) => [one]) },
  { weight: 1, arbitrary: fc.tuple(wideEntry, wideEntry) },
  { weight: 1, arbitrary: fc.tuple(wideEntry, entry) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.oneof(wideEntry, entry), wideEntry).map((any) => [{ any }]),
  },
);
