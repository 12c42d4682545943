import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { mintKey, revokeKey } from '../../src/accounts/keys.ts';
import { eventsOf } from '../../src/lake/events-of.ts';
import { sql } from '../../src/sql/sql.ts';
import { type Running, startProduct } from './product.ts';

const hour = 3_600_000;
const day = 24 * hour;
const noon = Date.parse('2026-03-10T12:00:00Z');

let now: number;
let on: Running;
beforeEach(async () => {
  now = noon;
  on = await startProduct({ clock: () => now });
});
afterEach(() => on.stop({ keep: false }));

const post = (path: string, body: unknown, key = on.keys.sk) =>
  fetch(`${on.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
/** One event of this name, sent now. */
const send = async (event_id: string) => {
  const answer = await post('/v1/track', {
    event: 'seen',
    event_id,
    anonymous_id: 'a',
    properties: { event_id },
  });
  expect(answer.status).toBe(202);
};

const found = z.object({
  rows: z.array(z.object({ event_id: z.string(), timestamp: z.string() })),
  complete_until: z.string(),
});
/** What a question finds, latest first, and until when it says to know all. */
const ask = async (period: string) => {
  const answer = await fetch(`${on.url}/v1/query?event=seen&${period}`, {
    headers: { authorization: `Bearer ${on.keys.rk}` },
  });
  const { rows, complete_until } = found.parse(await answer.json());
  return { ids: rows.map(({ event_id }) => event_id), complete_until };
};
const wide = 'from=2026-03-01&to=2026-03-31';

/** What is stored of each event, in the order in which they came. */
const stored = async () => {
  const period = { from: noon - 30 * day, to: noon + 30 * day };
  const reading = { projects: [on.project.id], env: 'live', bots: true, lake: 'clean' } as const;
  const { rows } = await on.world.engine.ask(
    sql`select event_id, ts, received_at, ip_hash from (${eventsOf(reading, period)}) as e where event_name = 'seen' order by request_id`,
    { reading, period },
    { timeMs: 20_000 },
  );
  return rows;
};

test('an event has the time that the clock showed, is found once, and no other is lost or doubled, wherever the clock goes', async () => {
  const jumps = [0, -hour, day, 0] as const;
  for (const [i, jump] of jumps.entries()) {
    now = noon + jump;
    await send(`e${i}`);
    await send('e0');
    expect(await ask(wide)).toMatchObject({
      ids: expect.arrayContaining([`e${i}`]),
      complete_until: new Date(now).toISOString(),
    });
  }
  const rows = await stored();
  expect(rows.map(({ event_id, ts, received_at }) => [event_id, ts, received_at])).toEqual(
    jumps.map((jump, i) => [
      `e${i}`,
      new Date(noon + jump).toISOString(),
      new Date(noon + jump).toISOString(),
    ]),
  );
  expect((await ask(wide)).ids).toEqual(['e2', 'e3', 'e0', 'e1']);
});

test('addresses are hashed with the salt of the day that the clock shows, also when it comes back to that day', async () => {
  for (const [i, jump] of [0, day, -hour, 2 * day, 0].entries()) {
    now = noon + jump;
    await send(`e${i}`);
  }
  const [first, tomorrow, again, later, back] = (await stored()).map(({ ip_hash }) => ip_hash);
  expect([again, back]).toEqual([first, first]);
  expect(new Set([first, tomorrow, later]).size).toBe(3);
  expect(first).toEqual(expect.any(String));
});

test('after the clock was put back, what lies ahead of it is in the answers up to now when the clock gets there', async () => {
  await send('e0');
  now -= hour;
  await send('e1');
  expect((await ask('from=last:7d')).ids).toEqual(['e1']);
  now += hour + 1;
  expect((await ask('from=last:7d')).ids).toEqual(['e0', 'e1']);
});

test.each([
  ['back an hour', -hour],
  ['on a day', day],
])(
  'put %s, a key is as good as it was, and a revoked one is refused at once and stays refused',
  async (_, jump) => {
    const mint = () => mintKey(on.world, { kind: 'sk', env: 'live', projectId: on.project.id });
    const status = async (key: string) =>
      (await post('/v1/track', { event: 'seen', anonymous_id: 'a' }, key)).status;
    const [before, kept] = [await mint(), await mint()];
    await revokeKey(on.world, on.project.id, before.record.key);
    now += jump;
    const after = await mint();
    expect([await status(before.key), await status(kept.key), await status(after.key)]).toEqual([
      401, 202, 202,
    ]);
    await revokeKey(on.world, on.project.id, kept.record.key);
    expect(await status(kept.key)).toBe(401);
    now -= jump;
    expect([await status(before.key), await status(kept.key), await status(after.key)]).toEqual([
      401, 401, 202,
    ]);
  },
);

test.each([
  ['back an hour', -hour],
  ['on a day', day],
])(
  'put %s, the product goes on bringing its journal to the lake by itself, and stops and starts as ever',
  async (_, jump) => {
    const files = async () =>
      (await readdir(join(on.dir, 'events', 'parquet'), { recursive: true })).filter((name) =>
        name.endsWith('.parquet'),
      ).length;
    await send('e0');
    now += jump;
    await vi.waitFor(async () => expect(await files()).toBe(1), { timeout: 60_000 });
    await send('e1');
    await on.stop({ keep: true });
    now -= 2 * jump;
    on = await startProduct({ dir: on.dir, clock: () => now });
    await send('e0');
    await send('e2');
    expect((await ask(wide)).ids.toSorted()).toEqual(['e0', 'e1', 'e2']);
  },
);
