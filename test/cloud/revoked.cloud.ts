import { expect, test } from 'vitest';
import { send } from '../e2e/exchange.ts';
import { firstStart } from './functions.ts';
import { place } from './place.ts';

const at = place();
const reads = async (key: string): Promise<number> => (await send(at, { path: '/v1/stats', key })).status;

test('a key that is revoked is refused within 60 s, and others go on', { timeout: 90_000 }, async () => {
  const { keys } = await firstStart('product', { rotate: true });
  const key = keys?.rk ?? '';
  expect(await reads(key)).toBe(200);
  const began = performance.now();
  await firstStart('product', { revoke: [key.slice(0, 'rk_live_12345678'.length)] });
  await expect.poll(() => reads(key), { timeout: 65_000, interval: 500 }).toBe(401);
  expect(performance.now() - began).toBeLessThan(61_000);
  expect(await reads(at.saved.keys.rk)).toBe(200);
});
