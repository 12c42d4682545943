import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mintKey, revokeKey } from '../../src/accounts/keys.ts';
import { createProject } from '../../src/accounts/projects.ts';
import { type ProblemCode, problems } from '../../src/problems.ts';
import { allowed, type Route, routes } from '../../src/routes.ts';
import { adminNames, adminTry } from '../admin-routes.ts';
import { type Running, startProduct } from './product.ts';
import { questionRoutes } from './question-routes.ts';

/** What each kind of key meets on each route (contract §1); `ok` is the route’s own success. */
const matrix: Readonly<Record<string, Readonly<Record<'pk' | 'sk' | 'rk' | 'ak', 'ok' | ProblemCode>>>> = {
  'POST /v1/track': { pk: 'ok', sk: 'ok', rk: 'insufficient_scope', ak: 'insufficient_scope' },
  'POST /v1/batch': { pk: 'ok', sk: 'ok', rk: 'insufficient_scope', ak: 'insufficient_scope' },
  'POST /v1/identify': { pk: 'ok', sk: 'ok', rk: 'insufficient_scope', ak: 'insufficient_scope' },
  'POST /v1/beacon': {
    pk: 'ok',
    sk: 'insufficient_scope',
    rk: 'insufficient_scope',
    ak: 'insufficient_scope',
  },
  ...Object.fromEntries(
    questionRoutes.map(({ route }) => [route, { pk: 'insufficient_scope', sk: 'ok', rk: 'ok', ak: 'ok' }]),
  ),
  'POST /mcp': { pk: 'key_kind_not_allowed', sk: 'ok', rk: 'ok', ak: 'key_kind_not_allowed' },
  // An account key as such administers nothing; one with scope admin has a column of its own below.
  ...Object.fromEntries(
    adminNames.map((name) => [
      name,
      {
        ...{ pk: 'insufficient_scope', sk: 'insufficient_scope' },
        ...{ rk: 'insufficient_scope', ak: 'insufficient_scope' },
      } as const,
    ]),
  ),
  'GET /': { pk: 'ok', sk: 'ok', rk: 'ok', ak: 'ok' },
  'GET /app': { pk: 'ok', sk: 'ok', rk: 'ok', ak: 'ok' },
  // What signs in is a code, and this is none.
  'POST /app/sign-in': { pk: 'not_found', sk: 'not_found', rk: 'not_found', ak: 'not_found' },
  'GET /v1/a.js': { pk: 'ok', sk: 'ok', rk: 'ok', ak: 'ok' },
  'GET /v1/openapi.json': { pk: 'ok', sk: 'ok', rk: 'ok', ak: 'ok' },
  'GET /healthz': { pk: 'ok', sk: 'ok', rk: 'ok', ak: 'ok' },
};

/** A request that every route takes, if the key does; 202 where events are only accepted. */
const good: Readonly<
  Record<string, { readonly query?: string; readonly body?: unknown; readonly status?: number }>
> = {
  'POST /v1/track': { body: { event: 'sign_up', anonymous_id: 'a' }, status: 202 },
  'POST /v1/batch': { body: { events: [{ event: 'sign_up', anonymous_id: 'a' }] }, status: 202 },
  'POST /v1/identify': { body: { anonymous_id: 'a', user_id: 'u' } },
  'POST /v1/beacon': { body: { event: 'sign_up', anonymous_id: 'a' }, status: 202 },
  ...Object.fromEntries(questionRoutes.map(({ route, query }) => [route, { query }])),
  // Nobody of the example's name was ever here, which only who may read learns.
  'GET /v1/person': { query: 'person=nobody', status: 404 },
  'POST /app/sign-in': { body: { code: 'none' } },
  'POST /mcp': { body: { jsonrpc: '2.0', id: 1, method: 'tools/list' } },
};

/** Routes of later issues: there is nothing yet, whatever the key. */
const notYet = ['POST /v1/forget', 'GET /v1/admin', 'POST /mcp/account'];

const kinds = ['pk', 'sk', 'rk', 'ak', 'admin'] as const;
const envs = ['live', 'test'] as const;
const states = ['good', 'revoked', 'mistyped', 'made up'] as const;
type Kind = (typeof kinds)[number];

let on: Running;
const keys = new Map<string, string>();

beforeAll(async () => {
  on = await startProduct();
  const { accountId } = on.project;
  const { project_id } = await createProject(on.world, accountId, {
    slug: 'matrix',
    name: 'Matrix',
    allowed_origins: ['https://shop.example'],
  });
  for (const kind of kinds) {
    for (const env of envs) {
      const mint = () =>
        mintKey(
          on.world,
          kind === 'ak' || kind === 'admin'
            ? { kind: 'ak', env, accountId, scope: kind === 'admin' ? 'admin' : '' }
            : { kind, env, projectId: project_id },
        );
      const { key } = await mint();
      const lost = await mint();
      await revokeKey(on.world, kind === 'ak' || kind === 'admin' ? accountId : project_id, lost.record.key);
      keys.set(`${kind} ${env} good`, key);
      keys.set(`${kind} ${env} revoked`, lost.key);
      keys.set(
        `${kind} ${env} mistyped`,
        `${key.slice(0, 20)}${key[20] === 'x' ? 'y' : 'x'}${key.slice(21)}`,
      );
      keys.set(
        `${kind} ${env} made up`,
        `${kind === 'admin' ? 'ak' : kind}_${env}_AbCd1234_${'0'.repeat(38)}`,
      );
    }
  }
});
afterAll(() => on.stop());

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly key?: string | undefined;
  readonly inQuery?: boolean;
  readonly query?: string | undefined;
  readonly type?: string;
  readonly body?: unknown;
  readonly origin?: string;
}

const send = async ({
  method,
  path,
  key,
  inQuery = false,
  query = '',
  type = 'application/json',
  body,
  origin,
}: Sent) => {
  const search = [
    ...(query === '' ? [] : [query]),
    ...(inQuery && key !== undefined ? [`k=${key}`] : []),
  ].join('&');
  const headers = {
    ...(key !== undefined && !inQuery && { Authorization: `Bearer ${key}` }),
    ...(origin !== undefined && { Origin: origin }),
    ...(body !== undefined && { 'Content-Type': type }),
  };
  const answer = await fetch(`${on.url}${path}${search === '' ? '' : `?${search}`}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};

const expectProblem = ({ status, headers, text }: Awaited<ReturnType<typeof send>>, code: ProblemCode) => {
  expect([status, JSON.parse(text).error]).toEqual([problems[code].status, code]);
  expect(headers.get('access-control-allow-origin')).toBe('*');
  expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer realm="mcp"' : null);
};

const tried = (route: Route) =>
  adminTry(route, { account_id: on.project.accountId, keys: on.keys }, 'matrix');

/** A pk_ key needs its page; the others, on /v1, do not care. */
const originOf = (kind: Kind) => (kind === 'pk' ? { origin: 'https://shop.example' } : {});

test('the matrix names every route, and only those', () => {
  expect(Object.keys(matrix).sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort());
});

const cases = routes.flatMap((route) =>
  kinds.flatMap((kind) => envs.flatMap((env) => states.map((state) => ({ route, kind, env, state })))),
);

describe.each(cases)(
  '$route.method $route.path with a $state $kind\\_$env key',
  ({ route, kind, env, state }) => {
    const { method, path } = route;
    const name = `${method} ${path}`;
    const keyless = route.key === 'none';
    const verdict =
      keyless || state === 'good'
        ? kind === 'admin' && route.admin !== undefined
          ? 'ok'
          : (matrix[name]?.[kind === 'admin' ? 'ak' : kind] ?? 'not_found')
        : state === 'revoked'
          ? 'invalid_api_key'
          : 'malformed_api_key';
    const request = () => ({
      method,
      path,
      key: keys.get(`${kind} ${env} ${state}`),
      inQuery: route.key === 'k',
      query: good[name]?.query,
      body: good[name]?.body,
      ...originOf(kind),
      ...tried(route),
    });

    test(`is answered ${verdict}`, async () => {
      const answer = await send(request());
      if (verdict === 'ok')
        expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([
          good[name]?.status ?? tried(route)?.status ?? 200,
          '*',
        ]);
      else expectProblem(answer, verdict);
    });

    if (route.body.length > 0) {
      // Where no key is asked for, the content type is what is looked at first.
      const untaken = verdict === 'ok' || keyless ? 'unsupported_media_type' : verdict;
      test(`and, with a content type that is not taken, ${untaken === verdict ? 'the same' : untaken}`, async () => {
        expectProblem(await send({ ...request(), type: 'application/xml' }), untaken);
      });
    }

    test('by another method, method_not_allowed with Allow', async () => {
      const allow = allowed(routes.filter((one) => one.path === path));
      for (const other of ['PUT', 'PATCH', 'DELETE', 'GET', 'POST'].filter((one) => !allow.includes(one))) {
        const answer = await send({ ...request(), method: other, body: undefined });
        expectProblem(answer, 'method_not_allowed');
        expect(answer.headers.get('allow')).toBe(allow.join(', '));
      }
    });
  },
);

describe.each(routes)('$method $path', (route) => {
  const { method, path } = route;
  const name = `${method} ${path}`;

  test(`without a key is answered ${route.key === 'none' ? 'ok' : 'missing_bearer_token'}`, async () => {
    const answer = await send({
      method,
      path,
      query: good[name]?.query,
      body: good[name]?.body,
      ...tried(route),
    });
    const met = matrix[name]?.pk ?? 'ok';
    if (route.key === 'none' && met !== 'ok') expectProblem(answer, met);
    else if (route.key === 'none') expect(answer.status).toBe(200);
    else expectProblem(answer, 'missing_bearer_token');
  });

  if (matrix[name]?.pk === 'ok' && route.key !== 'none') {
    test('with a pk_ key from a page that is not listed is origin_not_allowed', async () => {
      const request = {
        method,
        path,
        key: keys.get('pk live good'),
        inQuery: route.key === 'k',
        body: good[name]?.body,
      };
      expectProblem(await send({ ...request, origin: 'https://evil.example' }), 'origin_not_allowed');
      expectProblem(await send(request), 'origin_not_allowed');
    });
  }
});

test.each([
  ...notYet,
  'GET /v1/nothing',
  'POST /v1',
  'GET /.well-known/oauth-authorization-server',
  'GET /.well-known/oauth-protected-resource',
])('%s is not_found, whatever the key', async (name) => {
  const [method = '', path = ''] = name.split(' ');
  for (const key of [undefined, ...keys.values()])
    expectProblem(await send({ method, path, key }), 'not_found');
});

test('a key revoked now is refused by the next request, well within 60 s', async () => {
  const { world, project } = on;
  const { key, record } = await mintKey(world, { kind: 'rk', env: 'live', projectId: project.id });
  expect((await send({ method: 'GET', path: '/v1/stats', key })).status).toBe(200);
  await revokeKey(world, project.id, record.key);
  expectProblem(await send({ method: 'GET', path: '/v1/stats', key }), 'invalid_api_key');
});

test('after all of this no line of the log holds a secret of a key, an event or an address', () => {
  const log = on.log();
  expect(log.split('\n').length).toBeGreaterThan(cases.length);
  for (const key of keys.values()) expect(log).not.toContain(key.slice(17));
  for (const word of ['Bearer', 'anonymous_id', 'sign_up', '127.0.0.1', 'shop.example', 'evil.example'])
    expect(log).not.toContain(word);
  expect(log).not.toContain('"level":"error"');
});
