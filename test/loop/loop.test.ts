import { afterAll, beforeAll, expect, test } from 'vitest';
import { everyKind } from './asking.ts';
import { type Measured, startMeasured } from './held.ts';
import { fill } from './world.ts';

/** Nightly runs set 100000. */
const names = Number(process.env.MILLIMETRIC_NAMES ?? 20_000);
/** Measured in the process that is asked, of its own thread’s processor time: what takes 50 ms on a quiet machine, and half as much again for what a busy one’s caches cost. */
const allowed = (unit: number): number => Math.max(50, unit) * 1.5;

let product: Measured;
beforeAll(async () => {
  product = await startMeasured();
});
afterAll(() => product.stop());

test(`nothing legal holds the event loop: ${names} event names, 10,000 property keys and 1,000 sources coming in, then every tool, resource, prompt, completion and hint`, {
  timeout: 600_000,
}, async () => {
  const held: (readonly [string, number])[] = [];
  const look = async (what: string) => held.push([what, await product.longest()]);
  // The first batch also makes ready what is made once.
  await fill(product, { names: 1000, keys: 10_000, sources: 1000 });
  await product.longest();
  await fill(product, { names, keys: 10_000, sources: 1000 });
  await look('batches of 4 MiB');
  for (const { what, path, body } of everyKind) {
    const answer = await fetch(product.url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${product.keys.rk}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    expect([what, answer.status], text.slice(0, 500)).toEqual([what, 200]);
    expect(text, what).not.toMatch(/internal_error|tool_failed/);
    await look(what);
  }
  const most = allowed(await product.unit());
  expect(held.filter(([, ms]) => ms > most)).toEqual([]);
});
