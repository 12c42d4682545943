import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Measured, startMeasured } from './held.ts';

/** Nightly runs set 1000000 and 50. */
const events = Number(process.env.MILLIMETRIC_HEAVY_EVENTS ?? 60_000);
const askers = Number(process.env.MILLIMETRIC_HEAVY_ASKERS ?? 12);
const mostMb = 700;

let product: Measured;
beforeAll(async () => {
  product = await startMeasured();
});
afterAll(() => product.stop());

const post = (path: string, key: string, body: unknown, signal?: AbortSignal) =>
  fetch(product.url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      ...(key.startsWith('pk_') ? { origin: 'http://localhost:3000' } : {}),
    },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });

/** As much as one question may ask: 20 steps, 10 exclusions, held fields, 1,000 values, per session. */
const worst = (i: number) => ({
  steps: Array.from({ length: 20 }, (_, k) => ({
    event: `step_${k}`,
    where: [
      {
        field: 'properties.n',
        op: 'not_in',
        value: Array.from({ length: 40 }, (_, v) => v * 1000 + i + 0.5),
      },
    ],
  })),
  exclude: Array.from({ length: 10 }, (_, k) => ({
    event: `out_${k}`,
    where: [{ field: 'properties.n', op: 'in', value: Array.from({ length: 20 }, (_, v) => v + i) }],
  })),
  hold: ['properties.item', 'country', 'device_type'],
  per: 'session',
  window: '30d',
  from: 'last:30d',
});
const ask = (i: number, signal?: AbortSignal) =>
  post(
    '/mcp',
    product.keys.rk,
    { jsonrpc: '2.0', id: i, method: 'tools/call', params: { name: 'funnel', arguments: worst(i) } },
    signal,
  );

test(`${askers} of the worst questions at once on ${events} events: each is answered or told why not, in less than ${mostMb} MB`, {
  timeout: 900_000,
}, async () => {
  for (let from = 0; from < events; from += 1000) {
    const batch = Array.from({ length: 1000 }, (_, i) => ({
      event: (from + i) % 9 === 0 ? `out_${i % 10}` : `step_${(from + i) % 20}`,
      anonymous_id: `a${((from + i) * 7919) % Math.max(100, events / 20)}`,
      timestamp: new Date(Date.now() - ((from + i) % 2_000_000) * 1000).toISOString(),
      properties: { n: (from + i) % 1000, item: `i${i % 5}`, more: 'some text that is also there' },
    }));
    expect((await post('/v1/batch', product.keys.pk, { events: batch })).status).toBe(202);
  }
  const said = await Promise.all(
    Array.from({ length: askers }, async (_, i) => {
      const answer = await ask(i);
      return `${answer.status} ${/internal_error/.exec(await answer.text())?.[0] ?? ''}`.trim();
    }),
  );
  expect(said).toEqual(said.map(() => '200'));
  expect(await product.peakMb()).toBeLessThan(mostMb);
});

test('questions whose callers hung up are stopped, and a signal ends the process within 5 s whatever runs', {
  timeout: 120_000,
}, async () => {
  const left = new AbortController();
  const gone = Array.from({ length: 8 }, (_, i) => ask(i, left.signal).catch(() => 'gone'));
  const stay = Array.from({ length: 4 }, (_, i) => ask(i).catch(() => 'cut'));
  await ask(99, AbortSignal.timeout(200)).catch(() => 'gone');
  left.abort();
  await Promise.all(gone);
  expect(await product.ended('SIGTERM')).toBeLessThan(5_000);
  await Promise.all(stay);
});
