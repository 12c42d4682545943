import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { send } from './exchange.ts';
import { page } from './place.ts';
import { askUntil, browser, own } from './run.ts';
import { type Started, startProcess } from './start.ts';
import { endToEnd } from './suite.ts';

let product: Started;
beforeAll(async () => {
  product = await startProcess();
});
afterAll(() => product.stop());

describe('the product on a port of this machine', () => endToEnd(() => product.place));

test('behind an edge whose header the operator names, that header says where a visitor is, and no other does', async () => {
  const { place, stop } = await startProcess({ MILLIMETRIC_COUNTRY_HEADER: 'X-Edge-Country' });
  try {
    for (const [event_id, header] of [
      ['1', 'X-Edge-Country'],
      ['2', 'CloudFront-Viewer-Country'],
    ] as const) {
      const headers = [
        ['Origin', page],
        ['User-Agent', browser],
        [header, 'FR'],
      ] as const;
      const body = {
        event: own('edge'),
        anonymous_id: 'a',
        event_id,
        timestamp: `2026-03-02T00:00:0${event_id}Z`,
      };
      expect((await send(place, { path: '/v1/track', key: place.saved.keys.pk, headers, body })).status).toBe(
        202,
      );
    }
    await askUntil(place, 'query', { event: own('edge'), from: '2026-03-02', to: '2026-03-03' }, [
      expect.objectContaining({ event_id: '2', country: null }),
      expect.objectContaining({ event_id: '1', country: 'FR' }),
    ]);
  } finally {
    await stop();
  }
});
