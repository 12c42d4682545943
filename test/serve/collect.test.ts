import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Principal } from '../../src/access/principal.ts';
import type { Event } from '../../src/events/columns.ts';
import { openLocalLedger } from '../../src/local/ledger.ts';
import type { KeepResult, World } from '../../src/ports.ts';
import { Problem } from '../../src/problems.ts';
import { type Route, routes } from '../../src/routes.ts';
import { keepTracked, take } from '../../src/serve/collect.ts';
import { countersInMemory } from '../counters.ts';

const noon = Date.UTC(2026, 2, 1, 12);
const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';
const unasked = () => Promise.reject(new Error('taking events in asks no engine'));

/** A world whose sink can be looked into. */
const worldOf = (keep?: World['sink']['keep'], told: KeepResult = {}) => {
  const kept: Event[] = [];
  const world: World = {
    sink: {
      keep:
        keep ??
        (async (events) => {
          kept.push(...events);
          return told;
        }),
    },
    engine: { ask: unasked },
    ledger: openLocalLedger(':memory:').ledger,
    counters: countersInMemory(),
    clock: () => noon,
    breathe: async () => {},
    random: (n) => randomBytes(n),
    pepper: unasked,
    country: () => 'AU',
    log: { info: () => {}, warn: () => {}, error: () => {} },
    lake: 'clean',
    questionTimeMs: 1000,
  };
  return { world, kept };
};

const principal = (kind: 'pk' | 'sk', env: 'live' | 'test' = 'live'): Principal => ({
  key: `${kind}_${env}_AbCd1234`,
  kind,
  env,
  scope: '',
  accountId: 'default',
  plan: 'unlimited',
  project: { id: 'p1', slug: 'demo', timezone: 'UTC', allowedOrigins: ['https://shop.example'] },
});

const ask = (
  world: World,
  path: string,
  body: unknown,
  kind: 'pk' | 'sk' = 'pk',
  headers: Readonly<Record<string, string>> = { 'user-agent': iphone },
) => {
  const route: Route | undefined = routes.find((r) => r.path === path);
  if (route === undefined) throw new Error(`no route ${path}`);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return take(world, {
    route,
    principal: principal(kind),
    requestId: 'x',
    base: 'http://localhost',
    headers,
    query: {},
    body: text,
    ip: '203.0.113.9',
  });
};

describe('each route answers as the contract says and keeps what it took', () => {
  test.each([
    ['/v1/track', { event: 'a' }, 202, { ok: true, event_id: null }, ['a']],
    ['/v1/track', { event: 'a', event_id: 'e1' }, 202, { ok: true, event_id: 'e1' }, ['a']],
    [
      '/v1/track',
      { event: 'a', timestamp: '2026-03-02T12:00:00Z' },
      202,
      { ok: true, event_id: null, clock_skewed: 1 },
      ['a'],
    ],
    ['/v1/batch', { events: [{ event: 'a' }, { event: 'b' }] }, 202, { ok: true, count: 2 }, ['a', 'b']],
    [
      '/v1/batch',
      {
        events: [
          { event: 'a', timestamp: '2027-01-01T00:00:00Z' },
          { event: 'b', timestamp: '2027-01-01T00:00:00Z' },
          { event: 'c' },
        ],
      },
      202,
      { ok: true, count: 3, clock_skewed: 2 },
      ['a', 'b', 'c'],
    ],
    [
      '/v1/identify',
      { anonymous_id: 'a1', user_id: 'u1', traits: { plan: 'pro' } },
      200,
      { ok: true },
      ['$identify'],
    ],
    ['/v1/beacon', { event: 'a', event_id: 'e1' }, 202, { ok: true, event_id: 'e1' }, ['a']],
    ['/v1/beacon', { events: [{ event: 'a' }] }, 202, { ok: true, count: 1 }, ['a']],
  ])('%s %j', async (path, body, status, answer, names) => {
    const { world, kept } = worldOf();
    expect(await ask(world, path, body)).toEqual({ status, headers: {}, body: answer });
    expect(kept.map(({ event_name }) => event_name)).toEqual(names);
    expect(kept.map(({ seq }) => seq)).toEqual(names.map((_, i) => i));
  });
});

test('an event carries its key’s project and env, its request and the visitor’s agent', async () => {
  const { world, kept } = worldOf();
  await ask(world, '/v1/track', { event: 'a' });
  await ask(world, '/v1/batch', { events: [{ event: 'b' }, { event: 'c' }] }, 'sk', { 'user-agent': 'node' });
  await keepTracked(world, principal('sk', 'test'), { event: 'd' }, { ip: '203.0.113.9', userAgent: null });
  expect(
    kept.map(({ project_id, env, device_type, received_at }) => [project_id, env, device_type, received_at]),
  ).toEqual([
    ['p1', 'live', 'mobile', noon],
    ['p1', 'live', 'desktop', noon],
    ['p1', 'live', 'desktop', noon],
    ['p1', 'test', 'desktop', noon],
  ]);
  const ids = kept.map(({ request_id }) => request_id);
  expect(ids[1]).toBe(ids[2]);
  expect([...new Set(ids)]).toEqual([...new Set(ids)].sort());
  expect(new Set(ids).size).toBe(3);
});

test('the same visitor without ids is one visitor all day', async () => {
  const { world, kept } = worldOf();
  for (const event of ['a', 'b']) await ask(world, '/v1/track', { event });
  expect(kept[0]?.anonymous_id).toMatch(/^anon_/);
  expect(kept[0]?.anonymous_id).toBe(kept[1]?.anonymous_id);
});

test('the country is that of the header which the edge before us sets, else that of the address: without an edge a header is only the caller’s word', async () => {
  const { world, kept } = worldOf();
  const headers = { 'user-agent': iphone, 'cloudfront-viewer-country': 'DE', 'cf-ipcountry': 'FR' };
  await ask(world, '/v1/track', { event: 'a' }, 'pk', headers);
  await ask(
    { ...world, countryHeader: 'cloudfront-viewer-country' },
    '/v1/track',
    { event: 'a' },
    'pk',
    headers,
  );
  await ask({ ...world, countryHeader: 'x-country' }, '/v1/track', { event: 'a' }, 'pk', headers);
  expect(kept.map(({ country }) => country)).toEqual(['AU', 'DE', 'AU']);
});

test('the browser’s origin is the event’s own site', async () => {
  const { world, kept } = worldOf();
  const headers = { 'user-agent': iphone, origin: 'https://shop.example' };
  await ask(world, '/v1/track', { event: 'a', referrer: 'https://www.shop.example/' }, 'pk', headers);
  expect(kept[0]?.source_rule_id).toBe('internal');
});

test('one wrong event of a batch, and none is kept', async () => {
  const { world, kept } = worldOf();
  await expect(ask(world, '/v1/batch', { events: [{ event: 'a' }, { event: '' }] })).rejects.toMatchObject({
    code: 'invalid_payload',
    details: {
      formErrors: [],
      fieldErrors: { 'events.1.event': ['must be text of 1–128 characters; an empty text came'] },
    },
  });
  expect(kept).toEqual([]);
});

test('what the sink could not keep is not acknowledged', async () => {
  const { world } = worldOf(() => Promise.reject(new Problem('upstream_failed', 'The disk is full.')));
  await expect(ask(world, '/v1/track', { event: 'a' })).rejects.toMatchObject({ code: 'upstream_failed' });
});

test.each(['', 'hello', '{"event":', '{"event":"a"}}', '\ufeff{}', '[', '['.repeat(200_000)])(
  'a body that is no JSON is a 400 (%#)',
  async (body) => {
    await expect(ask(worldOf().world, '/v1/track', body)).rejects.toMatchObject({ code: 'invalid_payload' });
  },
);

test('a key without a project is told to use one that has one', async () => {
  const { world } = worldOf();
  await expect(
    keepTracked(world, { ...principal('sk'), project: null }, { event: 'a' }, { ip: '', userAgent: null }),
  ).rejects.toMatchObject({
    code: 'insufficient_scope',
  });
});

test('whatever comes is taken or refused with 400, on every route', async () => {
  const { world } = worldOf();
  const paths = fc.constantFrom('/v1/track', '/v1/batch', '/v1/identify', '/v1/beacon');
  const bodies = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.record({ event: fc.jsonValue(), properties: fc.jsonValue() }),
    fc.record({ events: fc.array(fc.jsonValue()) }),
  );
  await fc.assert(
    fc.asyncProperty(paths, bodies, fc.string({ unit: 'binary' }), async (path, body, odd) => {
      const answer = await ask(world, path, body, 'pk', {
        'user-agent': odd,
        origin: odd,
        'cloudfront-viewer-country': odd,
      }).catch((thrown: unknown) => thrown);
      if (answer instanceof Problem) expect(answer.code).toBe('invalid_payload');
      else expect(answer).toHaveProperty('status');
    }),
    { numRuns: 200 },
  );
});
