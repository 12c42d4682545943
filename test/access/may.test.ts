import { describe, expect, test } from 'vitest';
import { checkOrigin, refusalFor } from '../../src/access/may.ts';
import type { Principal } from '../../src/access/principal.ts';

test.each([
  ['ak', 'admin', null],
  ['ak', '', 'A key of kind ak_ may not administer; use an ak_ key with scope admin.'],
  ['sk', 'admin', 'A key of kind sk_ may not administer; use an ak_ key with scope admin.'],
] as const)('a key of kind %s_ with scope “%s” administers: %s', (kind, scope, message) => {
  expect(refusalFor({ kind, scope }, 'admin')?.message ?? null).toBe(message);
});

describe('the origin of a page', () => {
  const key = (kind: 'pk' | 'sk', allowedOrigins: readonly string[]): Principal => ({
    ...{ key: `${kind}_live_AbCd1234`, kind, env: 'live', scope: '', accountId: 'acc_1', plan: 'pro' },
    project: { id: 'prj_1', slug: 'shop', timezone: 'UTC', allowedOrigins },
  });

  test.each([
    ['pk', ['https://shop.example'], 'https://shop.example'],
    ['pk', ['https://shop.example', '*'], 'https://other.example'],
    ['sk', [], 'https://other.example'],
    ['sk', [], undefined],
  ] as const)('%s_ with %j may be used from %s', (kind, origins, origin) => {
    expect(() => checkOrigin(key(kind, origins), origin)).not.toThrow();
  });

  test.each([
    [['https://shop.example'], 'https://www.shop.example', '“https://www.shop.example” is not listed'],
    [['https://shop.example'], 'http://shop.example', '“http://shop.example” is not listed'],
    [['https://shop.example'], 'https://shop.example:8443', '“https://shop.example:8443” is not listed'],
    [['*'], undefined, 'no Origin header came'],
    [[], 'null', '“null” is not listed'],
  ] as const)('pk_ with %j may not be used from %s', (origins, origin, why) => {
    expect(() => checkOrigin(key('pk', origins), origin)).toThrow(why.replaceAll(/[“”]/g, '"'));
  });
});
