import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventsOf } from '../../src/lake/events-of.ts';
import { claimLakeFolder } from '../../src/local/disk/lake-folder.ts';
import { openManifest } from '../../src/local/parquet/manifest.ts';
import { sql } from '../../src/sql/sql.ts';
import { anEvent } from '../worlds/event.ts';
import { openLocal } from './lake-folder.ts';

const day = 86_400_000;
const monday = Date.parse('2026-03-02T00:00:00Z');
const reading = { projects: ['shop'], env: 'live' as const, bots: true, lake: 'clean' as const };

let on: Awaited<ReturnType<typeof openLocal>>;
beforeEach(async () => {
  on = await openLocal();
});
afterEach(() => on.close());

let sent = 0;
/** So many events on each of these days since 1970. */
const keep = (days: readonly number[], each = 1) =>
  on
    .sink()
    .keep(
      days.flatMap((at) =>
        Array.from({ length: each }, (_, n) => anEvent({ ts: at * day + n, request_id: `r${sent++}` })),
      ),
    );
const count = async (from: number, to: number) => {
  const period = { from, to };
  const { rows } = await on
    .engine()
    .ask(
      sql`select count(*) as n, count(distinct request_id) as of from (${eventsOf(reading, period)}) as e`,
      { reading, period },
      { timeMs: 60_000 },
    );
  return [rows[0]?.n, rows[0]?.of];
};
/** The settled files of the closed folder. */
const settled = async () => {
  await on.now().close();
  const manifest = openManifest(claimLakeFolder(on.dir));
  const files = [...manifest.files()];
  manifest.close();
  await on.reopenAfterClose();
  return files;
};
const someDays = (length: number, step: number) =>
  Array.from({ length }, (_, i) => Math.floor(monday / day) - i * step);

describe('days with few events', () => {
  test.each([
    ['a thousand days in a row', someDays(1_000, 1), 12],
    ['a thousand days, none in a month with another', someDays(1_000, 37), 20],
    ['seven hundred days over seven hundred years', someDays(700, 365), 20],
  ])(
    'share files: %s',
    async (_, days, most) => {
      await keep(days);
      await on.now().compact();
      const files = await settled();
      expect(files.every(({ level }) => level === 1)).toBe(true);
      expect(files.length).toBeLessThanOrEqual(most);
      expect(await count(-1e14, 4e12)).toEqual([days.length, days.length]);
      for (const at of [days[0], days[99], days.at(-1)].map((at) => (at ?? 0) * day))
        expect(await count(at, at + day)).toEqual([1, 1]);
      await on.now().compact();
      expect((await settled()).map(({ path }) => path)).toEqual(files.map(({ path }) => path));
    },
    120_000,
  );

  test('are looked at some thousands at a time, however many come', async () => {
    const days = someDays(25_000, 29);
    for (const from of [0, 5_000, 10_000, 15_000, 20_000]) {
      await keep(days.slice(from, from + 5_000));
      await on.now().flush();
    }
    await on.now().compact();
    expect((await settled()).length).toBeLessThanOrEqual(25);
    expect(await count(-1e14, 4e12)).toEqual([days.length, days.length]);
  }, 120_000);

  test('share files also when they come a few at a time, and each answer on the way is whole', async () => {
    const days = someDays(120, 11);
    for (let i = 0; i < days.length; i += 6) {
      await keep(days.slice(i, i + 6));
      await on.now().compact();
      expect(await count(-1e14, 4e12)).toEqual([i + 6, i + 6]);
    }
    expect((await settled()).length).toBeLessThan(12);
  }, 120_000);

  test('leave days with many events a file of their own', async () => {
    const [busy = 0, ...quiet] = someDays(40, 1);
    await keep(quiet);
    await keep([busy], 1_200);
    await on.now().compact();
    const files = await settled();
    const own = files.find(({ rows }) => rows === 1_200);
    expect(own).toMatchObject({ dt: '2026-03-02', minTs: busy * day, maxTs: busy * day + 1_199 });
    expect(files.length).toBeLessThan(10);
    // A day that shared a file gets its own when many more come.
    await keep([busy - 5], 1_100);
    await on.now().compact();
    expect((await settled()).map(({ dt, rows }) => [dt, rows])).toContainEqual(['2026-02-25', 1_100]);
    expect(await count((busy - 5) * day, (busy - 4) * day)).toEqual([1_101, 1_101]);
    expect(await count(-1e14, 4e12)).toEqual([quiet.length + 2_300, quiet.length + 2_300]);
  }, 120_000);

  test('of fewer than eight days stay as they are', async () => {
    await keep(someDays(7, 40));
    await on.now().compact();
    expect((await settled()).map(({ dt }) => dt.length)).toEqual(Array.from({ length: 7 }, () => 10));
  });
});
