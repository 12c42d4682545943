import { createHash, createHmac, hash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyId, newKey, parseKey } from '../../src/access/keys.ts';

const random = (n: number) => randomBytes(n);
const kinds = ['pk', 'sk', 'rk', 'ak'] as const;
const envs = ['live', 'test'] as const;
const contractShape = /^(pk|sk|rk|ak)_(live|test)_([A-Za-z0-9]{8})_([A-Za-z0-9_-]{32,})$/;

describe('keys', () => {
  test.each(kinds.flatMap((kind) => envs.map((env) => [kind, env] as const)))(
    'a new %s_%s key has the contract’s shape and parses to its parts',
    (kind, env) => {
      const key = newKey(kind, env, random);
      expect(key).toMatch(contractShape);
      expect(parseKey(key)).toEqual({ kind, env, name: key.slice(0, 16), secret: key });
    },
  );

  test('the secret holds 24 random bytes, and the last 6 characters are SHA-256 of all before them', () => {
    const key = newKey('sk', 'live', (n) => new Uint8Array(n).fill(7));
    const [whole, , , prefix, secret] = contractShape.exec(key) ?? [];
    expect(prefix).toBe('HHHHHHHH');
    expect(secret?.slice(0, -6)).toBe(Buffer.alloc(24, 7).toString('base64url'));
    expect(key.slice(-6)).toBe(createHash('sha256').update(key.slice(0, -6)).digest('base64url').slice(0, 6));
    expect(whole).toBe(key);
  });

  test('no two of 10,000 keys are equal', () => {
    expect(new Set(Array.from({ length: 10_000 }, () => newKey('rk', 'live', random))).size).toBe(10_000);
  });

  test('a secret may hold underscores and hyphens: only the first three underscores part a key', () => {
    const bytes = (n: number) =>
      n === 24 ? Uint8Array.from({ length: 24 }, (_, i) => (i % 3 === 2 ? 0xff : 0xef)) : new Uint8Array(n);
    const key = newKey('pk', 'test', bytes);
    expect(key.split('_').length).toBeGreaterThan(4);
    expect(parseKey(key)?.name).toBe('pk_test_AAAAAAAA');
  });

  test('one changed, lost, added or swapped character is noticed', () => {
    const alphabet = 'ABCxyz019_-';
    fc.assert(
      fc.property(
        fc.nat(60),
        fc.constantFrom(...alphabet),
        fc.constantFrom('change', 'lose', 'add', 'swap'),
        (at, letter, how) => {
          const key = newKey('sk', 'live', random);
          const place = at % key.length;
          const typed = {
            change: key.slice(0, place) + letter + key.slice(place + 1),
            lose: key.slice(0, place) + key.slice(place + 1),
            add: key.slice(0, place) + letter + key.slice(place),
            swap: key.slice(0, place) + (key[place + 1] ?? '') + (key[place] ?? '') + key.slice(place + 2),
          }[how];
          return typed === key || parseKey(typed) === undefined;
        },
      ),
      { numRuns: 2_000 },
    );
  });

  const good = newKey('sk', 'live', random);
  test.each([
    ['nothing', ''],
    ['a word', 'secret'],
    ['an unknown kind', good.replace('sk_', 'zk_')],
    ['an unknown environment', good.replace('_live_', '_prod_')],
    ['a short prefix', good.replace(/_live_./, '_live_')],
    ['another alphabet', good.replace(/.$/, '=')],
    ['a line feed at the end', `${good}\n`],
    ['a space before', ` ${good}`],
    ['a novel', `${good.slice(0, 17)}${'a'.repeat(1_000_000)}`],
    ['a made-up secret of the right shape', `sk_live_AbCd1234_${'x'.repeat(38)}`],
  ])('%s is no key', (_, text) => {
    expect(parseKey(text)).toBeUndefined();
  });

  test('a text of over 256 characters is no key, though its checksum be right', () => {
    const signed = (length: number) => {
      const unsigned = `sk_live_AbCd1234_${'x'.repeat(length - 17 - 6)}`;
      return unsigned + hash('sha256', unsigned, 'base64url').slice(0, 6);
    };
    expect(parseKey(signed(256))?.name).toBe('sk_live_AbCd1234');
    expect(parseKey(signed(257))).toBeUndefined();
  });

  test('a key is kept under the HMAC-SHA-256 of the whole of it, in hex', () => {
    const pepper = Buffer.from('pepper');
    expect(keyId(good, pepper)).toBe(`KEY#${createHmac('sha256', 'pepper').update(good).digest('hex')}`);
    expect(keyId(good, Buffer.from('salt'))).not.toBe(keyId(good, pepper));
  });
});
