import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dialects } from '../../src/dialects/index.ts';
import { refusedOf } from '../../src/dialects/refused.ts';
import { startWatched, type Watched } from './place.ts';
import { shop } from './send.ts';

let on: Watched;
beforeAll(async () => {
  on = await startWatched();
});
afterAll(() => on.stop());

const send = (path: string, body?: Uint8Array | string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(on.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...headers },
    redirect: 'error',
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
  });
const counts = async () =>
  (await refusedOf(on.product.world.ledger, on.product.project.id)).at(-1)?.counts ?? {};
const track = (writeKey: string, more: object = {}) =>
  JSON.stringify({ writeKey, batch: [{ type: 'track', event: 'x', userId: 'u', ...more }] });
const batchPath = '/in/segment/v1/batch';

describe('bodies', () => {
  test('a zip bomb is 413 with or without its header', async () => {
    const bomb = gzipSync(Buffer.alloc(64 << 20, 0x20));
    for (const headers of [{}, { 'Content-Encoding': 'gzip' }])
      expect((await send('/in/posthog/e/', bomb, { 'Content-Type': 'text/plain', ...headers })).status).toBe(
        413,
      );
  });
  test.each<readonly [string, Uint8Array | string]>([
    ['gzip that is cut off', gzipSync(track('x')).subarray(0, 30)],
    ['a form of 10,000 fields', Array.from({ length: 10_000 }, (_, i) => `f${i}=1`).join('&')],
    ['data that is no base64', 'data=%00%01'],
    ['what is not UTF-8', new Uint8Array([0xff, 0xfe, 0x00])],
    ['half a JSON', '{"batch":['],
  ])('%s is 400', async (_, body) => {
    expect((await send('/in/mixpanel/track', body)).status).toBe(400);
  });
  test('more events than a batch may hold are 413', async () => {
    const batch = Array.from({ length: 1001 }, () => ({ type: 'track', event: 'x', userId: 'u' }));
    expect((await send(batchPath, JSON.stringify({ writeKey: on.product.keys.sk, batch }))).status).toBe(413);
  });
});

describe('keys', () => {
  test.each<readonly [string, () => Promise<Response>, number]>([
    ['none', () => send(batchPath, '{"batch":[]}'), 401],
    ['what is none of ours', () => send(batchPath, track('WRITEKEY')), 401],
    [
      'two that differ',
      () => send(batchPath, track(on.product.keys.sk), { Authorization: `Bearer ${on.product.keys.rk}` }),
      401,
    ],
    ['a reading key', () => send(batchPath, track(on.product.keys.rk)), 403],
    ['a page’s key without a page', () => send(batchPath, track(on.product.keys.pk)), 403],
    [
      'a page’s key on another’s page',
      () => send(batchPath, track(on.product.keys.pk), { Origin: 'https://evil.example' }),
      403,
    ],
    [
      'a secret key in a query',
      () => send(`/in/matomo/matomo.php?idsite=1&rec=1&token_auth=${on.product.keys.sk}`),
      403,
    ],
    ['a secret key in a path', () => send(`/in/matomo/${on.product.keys.sk}/matomo.php?idsite=1&rec=1`), 403],
    [
      'a secret key in a query’s data',
      () =>
        send(
          `/in/mixpanel/track?data=${encodeURIComponent(JSON.stringify({ event: 'x', properties: { token: on.product.keys.sk } }))}`,
        ),
      403,
    ],
    [
      'a site’s name that anyone can copy',
      () => send('/api/event', '{"n":"pageview","d":"shop.example"}'),
      401,
    ],
  ])('%s is refused', async (_, sent, status) => {
    const before = on.kept.length;
    expect((await sent()).status).toBe(status);
    expect(on.kept.length).toBe(before);
  });

  test('an event that names another key is left out and counted, the others are kept', async () => {
    const { sk, pk } = on.product.keys;
    const list = [
      { event: 'mine', properties: { token: sk, distinct_id: 'u' } },
      { event: 'other', properties: { token: pk, distinct_id: 'u' } },
      { event: 5, properties: { token: sk } },
    ];
    const before = on.kept.length;
    const beside = await send('/in/mixpanel/track', JSON.stringify(list), { Authorization: `Bearer ${sk}` });
    expect(beside.status).toBe(200);
    const batch = list.map((one) => ({ ...one, api_key: undefined }));
    const answer = await send('/in/posthog/batch', JSON.stringify({ api_key: sk, batch }));
    expect(answer.status).toBe(200);
    expect(on.kept.slice(before).map(({ event_name }) => event_name)).toEqual(['mine', 'mine']);
    expect(await counts()).toMatchObject({
      'mixpanel: other_key': 1,
      'posthog: other_key': 1,
      'posthog: invalid_event': 1,
    });
  });

  test('what a page’s key says of a visitor’s address is not believed', async () => {
    const body = track(on.product.keys.pk, { context: { ip: '203.0.113.9', userAgent: 'Googlebot/2.1' } });
    await send(batchPath, body, {
      Origin: shop,
      'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0',
    });
    await send(batchPath, track(on.product.keys.pk), { Origin: shop });
    const [first, second] = on.kept.slice(-2);
    expect([first?.device_type, first?.ip_hash]).toEqual(['desktop', second?.ip_hash]);
  });
});

describe('paths and pages', () => {
  test.each(['//v1//batch', '/v1/batch/', '/v1/batch'])('slashes are forgiven: %s', async (path) => {
    expect((await send(`/in/segment${path}`, track(on.product.keys.sk))).status).toBe(200);
  });
  test.each(['/in/nothing/x', '/in/segment', '/in/segment/v1/nothing', '/in/__proto__/x'])(
    '%s is 404',
    async (path) => {
      expect((await send(path, '{}')).status).toBe(404);
    },
  );
  test('a page that sends with credentials may read the answer, preflights name its origin, no cookie is set', async () => {
    const preflight = await fetch(`${on.url}/in/mixpanel/track`, {
      method: 'OPTIONS',
      headers: { Origin: shop },
    });
    const answer = await send(batchPath, track(on.product.keys.pk), { Origin: shop });
    const refused = await send(batchPath, track('none'), { Origin: shop });
    for (const { headers } of [preflight, answer, refused])
      expect([
        headers.get('access-control-allow-origin'),
        headers.get('access-control-allow-credentials'),
        headers.get('set-cookie'),
      ]).toEqual([shop, 'true', null]);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('openpanel-client-id');
  });
  test('an image is an image and never runs: no callback is repeated, and its page is known by Referer', async () => {
    const url = `/in/matomo/${on.product.keys.pk}/matomo.php?idsite=1&rec=1&url=https://shop.example/&callback=alert`;
    const answer = await send(url, undefined, { Referer: `${shop}/` });
    expect([
      answer.status,
      answer.headers.get('content-type'),
      answer.headers.get('x-content-type-options'),
    ]).toEqual([200, 'image/gif', 'nosniff']);
    expect(await answer.text()).not.toContain('alert');
    expect((await send(url, undefined, { Referer: 'https://evil.example/' })).status).toBe(403);
  });
});

test('whatever is sent to any place of any tool, the answer is none of 5xx', {
  timeout: 120_000,
}, async () => {
  const places = dialects.flatMap(({ name, places: all }) =>
    all.map(({ at }) => `/in/${name}/${(at.split(' ')[1] ?? '').replaceAll('*', 'x')}`),
  );
  const names =
    'batch events data requests type payload properties context event n d u p $ time timestamp'.split(' ');
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      fc.string(),
      fc.double(),
      fc.constant(null),
      fc.boolean(),
      tie('list'),
      tie('object'),
    ),
    list: fc.array(tie('any'), { maxLength: 3 }),
    object: fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), tie('any'), { maxKeys: 5 }),
  }));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...places), fc.oneof(value.object, value.list), async (path, body) => {
      const { status } = await send(path, JSON.stringify(body), {
        Authorization: `Bearer ${on.product.keys.sk}`,
      });
      expect([path, status < 500]).toEqual([path, true]);
    }),
    { seed: 14, numRuns: 300 },
  );
  expect(on.product.log()).not.toContain('"level":"error"');
});
