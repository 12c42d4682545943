import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { newKey } from '../../src/access/keys.ts';
import { type Sent, send } from './exchange.ts';
import { type At, page } from './place.ts';
import { expectRefusal, sentences } from './refusals.ts';
import { askUntil, attempt, own } from './run.ts';

const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
/** Taken by the gate and refused by the door behind it: shows that a key may, and asks nobody anything. */
const read = { path: '/v1/stats?limit=0' };
const readStatus = 400;

/** A gateway remembers for a minute what its authorizer said of a key. */
export const verdicts = (at: At): void => {
  const keyed = (kind: 'pk' | 'sk' | 'rk' | 'ak') => at().saved.keys[kind];

  describe('several keys are none, since nobody can say which one somebody before us went by', () => {
    test.each<readonly [what: string, values: () => readonly string[]]>([
      ['a good key twice', () => [keyed('sk'), keyed('sk')]],
      ['a good one and a better one', () => [keyed('rk'), keyed('sk')]],
      ['a bad one and a good one', () => ['nonsense', keyed('sk')]],
      ['a good one and an empty one', () => [keyed('sk'), '']],
    ])('in two headers: %s', async (_, values) => {
      const headers = values().map((key) => ['Authorization', `Bearer ${key}`] as const);
      expectRefusal(
        await send(at(), { path: '/v1/track', headers, body: attempt('two keys') }),
        'missing_bearer_token',
        sentences.noKey,
      );
    });

    const beacon = (query: string) =>
      send(at(), { path: `/v1/beacon?${query}`, headers: [['Origin', page]], body: attempt('two keys') });
    test('in k, also when one of them was good a moment ago', async () => {
      expect((await beacon(`k=${keyed('pk')}`)).status).toBe(202);
      for (const query of [
        `k=${keyed('pk')}&k=${keyed('sk')}`,
        `k=${keyed('sk')}&k=${keyed('pk')}`,
        `k=${keyed('pk')}&k=`,
      ])
        expectRefusal(await beacon(query), 'missing_bearer_token', sentences.noKey);
      await askUntil(at(), 'stats', { event: own('two keys'), include_bots: true }, [{ value: 1 }]);
    });

    test('and nothing is remembered of either: who sends a stranger’s public key beside another does not shut the stranger out', async () => {
      for (const order of [(key: string) => `k=${key}&k=x`, (key: string) => `k=x&k=${key}`]) {
        const key = newKey('pk', 'live', randomBytes);
        expectRefusal(await beacon(order(key)), 'missing_bearer_token', sentences.noKey);
        expectRefusal(await beacon(`k=${key}`), 'invalid_api_key', sentences.unknown);
      }
      for (const scheme of ['bEarer', 'beArer']) {
        const headers = [`${scheme} ${keyed('rk')}`, 'Bearer x'].map(
          (value) => ['Authorization', value] as const,
        );
        expectRefusal(
          await send(at(), { ...read, headers: scheme === 'bEarer' ? headers : headers.toReversed() }),
          'missing_bearer_token',
          sentences.noKey,
        );
        expect(
          (await send(at(), { ...read, headers: [['Authorization', `${scheme} ${keyed('rk')}`]] })).status,
        ).toBe(readStatus);
      }
    });
  });

  describe('a verdict that is remembered speaks for its own key, route and method only', () => {
    const once = { ...attempt('cached'), event_id: own('cached') };
    const steps: readonly (readonly [what: string, sent: () => Sent, status: number])[] = [
      ['a reading key reads', () => ({ ...read, key: keyed('rk') }), readStatus],
      ['it may not write', () => ({ path: '/v1/track', key: keyed('rk'), body: attempt('cached') }), 403],
      ['it still reads', () => ({ ...read, key: keyed('rk') }), readStatus],
      [
        'a secret key writes where it was refused',
        () => ({ path: '/v1/track', key: keyed('sk'), body: once }),
        202,
      ],
      [
        'the reading key may still not',
        () => ({ path: '/v1/track', key: keyed('rk'), body: attempt('cached') }),
        403,
      ],
      [
        'nor on the next route',
        () => ({ path: '/v1/batch', key: keyed('rk'), body: { events: [attempt('cached')] } }),
        403,
      ],
      [
        'a made-up key does not profit',
        () => ({ path: '/v1/track', key: newKey('sk', 'live', randomBytes), body: attempt('cached') }),
        401,
      ],
      [
        'nor one with a letter more',
        () => ({ path: '/v1/track', key: `${keyed('sk')}A`, body: attempt('cached') }),
        401,
      ],
      ['nor nobody', () => ({ path: '/v1/track', body: attempt('cached') }), 401],
      ['a browser’s key may not read', () => ({ ...read, key: keyed('pk') }), 403],
      [
        'on its page it writes',
        () => ({ path: '/v1/track', key: keyed('pk'), headers: [['Origin', page]], body: once }),
        202,
      ],
      [
        'on another page it does not, a moment later',
        () => ({
          path: '/v1/track',
          key: keyed('pk'),
          headers: [['Origin', 'http://evil.example']],
          body: attempt('cached'),
        }),
        403,
      ],
      ['an account’s key reads', () => ({ ...read, key: keyed('ak') }), readStatus],
      ['it may not speak to /mcp', () => ({ path: '/mcp', key: keyed('ak'), body: ping }), 403],
      ['the reading key may', () => ({ path: '/mcp', key: keyed('rk'), body: ping }), 200],
      [
        'a browser’s key in k on the beacon',
        () => ({ path: `/v1/beacon?k=${keyed('pk')}`, headers: [['Origin', page]], body: once }),
        202,
      ],
      ['a secret key there', () => ({ path: `/v1/beacon?k=${keyed('sk')}`, body: attempt('cached') }), 403],
      ['a reading key there', () => ({ path: `/v1/beacon?k=${keyed('rk')}`, body: attempt('cached') }), 403],
      ['HEAD where GET was allowed', () => ({ ...read, method: 'HEAD', key: keyed('rk') }), readStatus],
      ['HEAD with the browser’s key', () => ({ ...read, method: 'HEAD', key: keyed('pk') }), 403],
    ];

    test('in this order, twice, and then all at once', async () => {
      const told = async ([what, sent]: (typeof steps)[number]) => [what, (await send(at(), sent())).status];
      const wanted = steps.map(([what, , status]) => [what, status]);
      for (let round = 0; round < 2; round++) {
        const answers: unknown[] = [];
        for (const step of steps) answers.push(await told(step));
        expect(answers).toEqual(wanted);
      }
      expect(await Promise.all(steps.map(told))).toEqual(wanted);
    });

    test('only what was allowed came in', async () =>
      askUntil(at(), 'stats', { event: own('cached'), include_bots: true }, [{ value: 1 }]));
  });
};
