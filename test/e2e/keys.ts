import { hash, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { newKey } from '../../src/access/keys.ts';
import type { KeyKind } from '../../src/access/kinds.ts';
import type { ProblemCode } from '../../src/problems.ts';
import { type Route, routes } from '../../src/routes.ts';
import { adminNames, adminTry } from '../admin-routes.ts';
import { questionRoutes } from '../local/question-routes.ts';
import { type Answer, type Sent, send } from './exchange.ts';
import { type At, page } from './place.ts';
import { expectRefusal, sentences } from './refusals.ts';
import { run } from './run.ts';

const kinds: readonly KeyKind[] = ['pk', 'sk', 'rk', 'ak'];

/** What each kind meets on a route that needs a key (contract §1): success, or the 403 with its sentence. */
type Verdict = 'ok' | readonly [ProblemCode, string];
const mayNot = (kind: KeyKind, code: ProblemCode, deed: string, able: string): Verdict => [
  code,
  `A key of kind ${kind}_ may not ${deed}; use one of: ${able}.`,
];
const writing = {
  pk: 'ok',
  sk: 'ok',
  rk: mayNot('rk', 'insufficient_scope', 'write events', 'pk_, sk_'),
  ak: mayNot('ak', 'insufficient_scope', 'write events', 'pk_, sk_'),
} as const;
const reading = {
  pk: mayNot('pk', 'insufficient_scope', 'read', 'sk_, rk_, ak_'),
  sk: 'ok',
  rk: 'ok',
  ak: 'ok',
} as const;
const inUrl = 'stand in a URL, where logs and histories keep it';
const inUrls = {
  pk: 'ok',
  sk: mayNot('sk', 'insufficient_scope', inUrl, 'pk_'),
  rk: mayNot('rk', 'insufficient_scope', inUrl, 'pk_'),
  ak: mayNot('ak', 'insufficient_scope', inUrl, 'pk_'),
} as const;
const speaking = {
  pk: mayNot('pk', 'key_kind_not_allowed', 'speak to /mcp', 'sk_, rk_'),
  sk: 'ok',
  rk: 'ok',
  ak: mayNot('ak', 'key_kind_not_allowed', 'speak to /mcp', 'sk_, rk_'),
} as const;

const mayNotAdminister = (kind: KeyKind): Verdict => [
  'insufficient_scope',
  `A key of kind ${kind}_ may not administer; use an ak_ key with scope admin.`,
];
const administering = {
  pk: mayNotAdminister('pk'),
  sk: mayNotAdminister('sk'),
  rk: mayNotAdminister('rk'),
  ak: mayNotAdminister('ak'),
} as const;

const event = { event: 'e2e_matrix', anonymous_id: 'e2e_matrix', event_id: 'e2e_matrix' };
/** A request that the route takes if the key does, and the status of its success. */
const good: Readonly<
  Record<
    string,
    {
      readonly verdicts: Readonly<Record<KeyKind, Verdict>>;
      readonly status: number;
      readonly query?: string;
      readonly body?: unknown;
    }
  >
> = {
  'POST /v1/track': { verdicts: writing, status: 202, body: event },
  'POST /v1/batch': { verdicts: writing, status: 202, body: { events: [event] } },
  'POST /v1/identify': {
    verdicts: writing,
    status: 200,
    body: { anonymous_id: 'e2e_matrix', user_id: 'e2e_matrix' },
  },
  'POST /v1/beacon': { verdicts: inUrls, status: 202, body: event },
  ...Object.fromEntries(
    questionRoutes.map(({ route, query }) => [route, { verdicts: reading, status: 200, query }]),
  ),
  // Nobody of this name was ever here, which only who may read learns.
  'GET /v1/person': { verdicts: reading, status: 404, query: 'person=e2e-nobody' },
  'POST /mcp': { verdicts: speaking, status: 200, body: { jsonrpc: '2.0', id: 1, method: 'tools/list' } },
  ...Object.fromEntries(adminNames.map((name) => [name, { verdicts: administering, status: 0 }])),
};
const keyed = routes.filter(({ key }) => key !== 'none');
/** What stands open. A one-time code is met in test/page. */
const keyless = routes.filter(({ key, takes }) => key === 'none' && takes !== 'code');

/** The good request of a route with this key in the place where it belongs. */
const with_ = (at: At, route: Route, key?: string): Sent => {
  const { method, key: place } = route;
  const { path, query, body } = {
    ...{ path: route.path, ...good[`${method} ${route.path}`] },
    ...adminTry(route, at().saved, run),
  };
  const search = [query, ...(place === 'k' && key !== undefined ? [`k=${encodeURIComponent(key)}`] : [])]
    .filter((part) => part !== undefined)
    .join('&');
  return {
    method,
    path: search === '' ? path : `${path}?${search}`,
    ...(place === 'bearer' && key !== undefined && { key }),
    ...(body !== undefined && { body }),
  };
};

/** Who may do what: every kind of key, and none, and bad ones, on every route. */
export const keys = (at: At): void => {
  test('the matrix below names every route that needs a key', () => {
    expect(Object.keys(good)).toEqual(keyed.map(({ method, path }) => `${method} ${path}`));
  });

  describe.each(keyed)('$method $path', (route) => {
    const { verdicts, status } = good[`${route.method} ${route.path}`] ?? { verdicts: reading, status: 0 };
    test.each(
      kinds.map((kind) => ({
        kind,
        verdict: verdicts[kind],
        word: verdicts[kind] === 'ok' ? 'ok' : verdicts[kind][0],
      })),
    )('with a good $kind\\_ key is $word', async ({ kind, verdict }) => {
      const { saved } = at();
      const answer = await send(at(), {
        ...with_(at, route, saved.keys[kind]),
        ...(kind === 'pk' && { headers: [['Origin', page]] }),
      });
      if (verdict === 'ok') expectSuccess(answer, status);
      else expectRefusal(answer, ...verdict);
    });

    if (route.admin !== undefined)
      test('with a good ak_ key of scope admin is ok', async () => {
        const { saved } = at();
        const answer = await send(at(), with_(at, route, saved.keys.admin));
        const wanted = adminTry(route, saved, run)?.status;
        expect({ status: answer.status, text: answer.status === wanted || answer.text }).toEqual({
          ...{ status: wanted, text: true },
        });
        // Other parts of the suite count what is visible.
        const made =
          route.admin?.thing === 'projects' && wanted === 201 && JSON.parse(answer.text).project_id;
        if (made)
          await send(at(), {
            ...{ method: 'DELETE', path: `/v1/admin/projects/${made}`, key: saved.keys.admin },
          });
      });

    test('without a key is missing_bearer_token', async () =>
      expectRefusal(await send(at(), with_(at, route)), 'missing_bearer_token', sentences.noKey));

    test.each(kinds)('with a mistyped %s_ key is malformed_api_key', async (kind) => {
      expectRefusal(
        await send(at(), with_(at, route, mistyped(at().saved.keys[kind]))),
        'malformed_api_key',
        sentences.malformed,
      );
    });

    test.each(kinds)('with a whole %s_ key that was never minted is invalid_api_key', async (kind) => {
      expectRefusal(
        await send(at(), with_(at, route, newKey(kind, 'live', randomBytes))),
        'invalid_api_key',
        sentences.unknown,
      );
    });
  });

  describe.each(keyless)('$method $path', (route) => {
    test('needs no key and does not look at a bad one', async () => {
      expectSuccess(await send(at(), with_(at, route)), 200);
      expectSuccess(await send(at(), { ...with_(at, route), key: 'nonsense' }), 200);
    });
  });

  describe('the place of the key', () => {
    // Let in by the gate, then refused by the door behind it: that asks nobody anything.
    const asked = (value: string) =>
      send(at(), { path: '/v1/stats?limit=0', headers: [['Authorization', value]] });
    test.each(['Bearer ', 'bearer ', 'BEARER ', 'Bearer   '])(
      '%j before it is a bearer token',
      async (scheme) => {
        const { status, text } = await asked(scheme + at().saved.keys.rk);
        expect([status, JSON.parse(text).error]).toEqual([400, 'invalid_params']);
      },
    );

    test.each<readonly [what: string, value: (key: string) => string, code: ProblemCode, sentence: string]>([
      ['a key without a scheme', (key) => key, 'missing_bearer_token', sentences.noToken],
      [
        'another scheme',
        (key) => `Basic ${Buffer.from(`:${key}`).toString('base64')}`,
        'missing_bearer_token',
        sentences.noToken,
      ],
      ['a scheme alone', () => 'Bearer', 'missing_bearer_token', sentences.noToken],
      ['no space behind the scheme', (key) => `Bearer${key}`, 'missing_bearer_token', sentences.noToken],
      ['something behind the key', (key) => `Bearer ${key} again`, 'malformed_api_key', sentences.malformed],
      ['a comma behind the key', (key) => `Bearer ${key},`, 'missing_bearer_token', sentences.noKey],
      [
        'two keys with a comma between',
        (key) => `Bearer ${key}, Bearer ${key}`,
        'missing_bearer_token',
        sentences.noKey,
      ],
      ['a key in quotes', (key) => `Bearer "${key}"`, 'malformed_api_key', sentences.malformed],
      ['a key in capitals', (key) => `Bearer ${key.toUpperCase()}`, 'malformed_api_key', sentences.malformed],
      ['half a key', (key) => `Bearer ${key.slice(0, 30)}`, 'malformed_api_key', sentences.malformed],
      [
        'a key of another kind by its first letter',
        (key) => `Bearer s${key.slice(1)}`,
        'malformed_api_key',
        sentences.malformed,
      ],
      [
        'a key with a checksum of its own, of another kind',
        (key) => `Bearer ${resigned(`s${key.slice(1)}`)}`,
        'invalid_api_key',
        sentences.unknown,
      ],
      [
        'a key with a checksum of its own, of the other env',
        (key) => `Bearer ${resigned(key.replace('_live_', '_test_'))}`,
        'invalid_api_key',
        sentences.unknown,
      ],
      [
        '2,000 characters',
        (key) => `Bearer ${key}${'a'.repeat(2_000)}`,
        'malformed_api_key',
        sentences.malformed,
      ],
      ['SQL', () => "Bearer ' OR 1=1 --", 'malformed_api_key', sentences.malformed],
    ])('%s is refused as such', async (_, value, code, sentence) => {
      expectRefusal(await asked(value(at().saved.keys.rk)), code, sentence);
    });

    test.each(['k', 'key', 'api_key', 'token', 'access_token', 'Authorization', 'authorization', 'bearer'])(
      'a query parameter %s is not where a key belongs',
      async (name) => {
        for (const value of [at().saved.keys.rk, `Bearer ${at().saved.keys.rk}`]) {
          const path = `/v1/stats?event=e2e_matrix&${name}=${encodeURIComponent(value)}`;
          expectRefusal(await send(at(), { path }), 'missing_bearer_token', sentences.noKey);
        }
      },
    );

    test('nor is the header on /v1/beacon, nor an empty k', async () => {
      const { saved } = at();
      for (const path of ['/v1/beacon', '/v1/beacon?k='])
        expectRefusal(
          await send(at(), { path, key: saved.keys.sk, body: event }),
          'missing_bearer_token',
          sentences.noKey,
        );
    });
  });
};

const expectSuccess = ({ status, headers, text }: Answer, wanted: number): void => {
  expect({ status, ...(status === wanted ? {} : { text }) }).toEqual({ status: wanted });
  expect(headers['access-control-allow-origin']).toBe('*');
  expect(headers['x-request-id']).toMatch(/^[\w.-]{8,}$/);
  expect(headers['www-authenticate']).toBeUndefined();
};

const mistyped = (key: string): string => `${key.slice(0, 20)}${key[20] === 'x' ? 'y' : 'x'}${key.slice(21)}`;
/** The key with the checksum that its letters ask for: anyone can make one. */
const resigned = (key: string): string =>
  key.slice(0, -6) + hash('sha256', key.slice(0, -6), 'base64url').slice(0, 6);
