import * as fc from 'fast-check';

/** Few values, so that they repeat; some that break naive SQL, JSON paths or patterns. All are valid in an event. */

export const names = [
  'A',
  'A',
  'A',
  'A',
  'B',
  'B',
  'B',
  'B',
  'C',
  'C',
  'C',
  'D',
  '$pageview',
  '$identify',
  '$identify',
] as const;

export const oddNames = [
  "o'clock",
  '100%',
  'a_b',
  'back\\slash',
  'say "hi"',
  '😀',
  'שלום',
  '-- x',
  'é',
  'É',
  ' a',
  "'); drop table events; --",
] as const;

export const visitors = ['a1', 'a2', 'a3', 'a"4', 'anon-ü'] as const;

export const users = ['u1', 'u2', "u'3", 'a1'] as const;

/** Ids that are none. */
export const placeholders = [
  'undefined',
  'NULL',
  'NaN',
  '[object Object]',
  '00000000-0000-0000-0000-000000000000',
] as const;

export const sources = ['google', 'facebook', 'direct', '42', 'Ünïcode'] as const;

export const mediums = ['organic', 'paid', 'direct', 'Paid'] as const;

export const campaigns = ['spring', 'Spring', '', '50% off', "l'été", null] as const;

export const countries = ['DE', 'US', 'IN', null] as const;

export const paths = ['/', '/shoes', '/a_b', '/%20', '', '/שלום/😀', null] as const;

export const browsers = ['Firefox', 'Chrome', null] as const;

/** Texts that properties often hold. */
export const plainTexts = ['gold', 'Gold', '5', 'true', ''] as const;

export const oddTexts = [
  'GOLDEN',
  "o'clock",
  '50%_off',
  'back\\slash',
  '😀',
  'שלום',
  '5.0',
  '1e3',
  'null',
  'NaN',
  'Infinity',
  '1_000',
  'É',
  'é',
  'ﬁn',
] as const;

export const plainNumbers = [5, 0, -5, 5.5] as const;

export const oddNumbers = [0.1, 1e-7, 1e21, 12345678901234567000, -2147483649, 1000] as const;

/** Properties a question may name: the first ones most events have. */
export const plainFields = [
  'properties.plan',
  'properties.price',
  'properties["a.b"]',
  'properties.a b',
] as const;

export const oddFields = [
  'properties.über',
  'properties.nested.x',
  'properties.nested["y.z"]',
  'properties.constructor',
  'properties.*',
  'properties.$x',
] as const;

/** Now and then this, mostly nothing said. */
export const rarely = <T>(arbitrary: fc.Arbitrary<T>, weight = 1): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight, arbitrary });

/** Mostly one of a few, now and then an odd one. */
export const mostly = <T, U>(plain: readonly T[], odd: readonly U[]): fc.Arbitrary<T | U> =>
  fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...plain) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
  );

/** As `mostly`, odd ones in a quarter of the cases. */
export const often = <T, U>(plain: readonly T[], odd: readonly U[]): fc.Arbitrary<T | U> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...plain) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
  );
