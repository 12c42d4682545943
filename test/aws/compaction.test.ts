import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Merging } from '../../src/aws/compaction/merging.ts';
import { openMerging } from '../../src/aws/compaction/merging.ts';
import { openDelivered } from '../../src/aws/delivered.ts';
import { eventsOf } from '../../src/lake/events-of.ts';
import { sql } from '../../src/sql/sql.ts';
import { anEvent } from '../worlds/event.ts';
import { dying, openFileLake } from './file-lake.ts';

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const dt = '2026-03-02';
const morning = Date.parse(`${dt}T09:00:00Z`);
const folder = `raw/dt=${dt}/`;

let now = morning;
let on: Awaited<ReturnType<typeof openFileLake>>;
beforeEach(async () => {
  now = morning;
  on = await openFileLake(() => now);
});
afterEach(() => on.close());

/** Events of one minute each, a file a minute. */
const files = async (n: number, more: Parameters<typeof anEvent>[0] = {}, select?: string) => {
  const keys: string[] = [];
  for (let i = 0; i < n; i++, now += minute)
    keys.push(await on.deliver([anEvent({ ts: now, event_id: `e${now}`, ...more })], select, dt));
  return keys;
};
const errors = () => on.lines.filter(({ level }) => level === 'error');
const period = { from: morning - day, to: morning + 9 * day };
const counted = async (env: 'live' | 'test' = 'live') => {
  const reading = { projects: ['shop'], env, bots: true, lake: 'raw' } as const;
  const { rows } = await on.engine.ask(
    sql`select count(*) as n from (${eventsOf(reading, period)}) as e`,
    { reading, period },
    { timeMs: 10_000 },
  );
  return rows[0]?.n;
};
const stored = () => on.number('select count(*) as n from main.events');

describe('a day of small files', () => {
  test('becomes one file beside them an hour later, and that alone an hour after that', async () => {
    await files(20);
    now += hour;
    expect(await on.run()).toMatchObject({
      joined: 20,
      written: 1,
      removed: 0,
      rows: 20,
      repeats: 0,
      troubles: 0,
    });
    expect(on.keys(folder)).toHaveLength(21);
    expect(await counted()).toBe(20);
    now += hour - 1;
    expect(await on.run()).toMatchObject({ joined: 0, removed: 0 });
    now += 1;
    expect(await on.run()).toMatchObject({ joined: 0, removed: 20 });
    expect([on.keys(folder).length, await stored(), await counted()]).toEqual([1, 20, 20]);
    now += hour;
    await on.run();
    expect(on.keys('compaction/')).toEqual(['compaction/run']);
  });

  test('loses its repeats, not what test and live events have in common', async () => {
    await files(4, { event_id: 'same', path: '/a' });
    await files(4, { event_id: 'same', env: 'test' });
    now += hour;
    await on.run();
    now += hour;
    await on.run();
    expect([await stored(), await counted(), await counted('test')]).toEqual([2, 1, 1]);
  });

  test('a copy that a secret key sent stays in place of an earlier one that a browser did', async () => {
    await files(7, { event_id: 'same', path: '/browser' });
    await files(1, { event_id: 'same', path: '/server', key_kind: 'sk' });
    now += 2 * day;
    await on.run();
    now += hour;
    await on.run();
    expect(await on.number(`select count(*) as n from main.events where path = '/server'`)).toBe(1);
    expect(await stored()).toBe(1);
  });

  test('a late file is folded in', async () => {
    await files(9);
    now += 2 * day;
    await on.run();
    now += hour;
    await on.run();
    await files(1);
    now += hour;
    await on.run();
    now += hour;
    await on.run();
    expect([on.keys(folder).length, await stored()]).toEqual([1, 10]);
  });

  test('is sorted by project and time, compressed with ZSTD, its times in whole milliseconds', async () => {
    for (const project_id of ['b', 'a']) await files(5, { project_id });
    now += hour;
    await on.run();
    const [path] = on.keys(folder).filter((key) => key.includes('/c-'));
    await on.number('select 1 as n');
    const at = `${on.dir}/seen/${path}`;
    expect(
      await on.number(
        `select count(*) as n from (select project_id < lag(project_id) over (order by file_row_number) or (project_id = lag(project_id) over (order by file_row_number) and ts < lag(ts) over (order by file_row_number)) as wrong from read_parquet('${at}', file_row_number = true)) where wrong`,
      ),
    ).toBe(0);
    expect(
      await on.number(`select count(*) as n from parquet_metadata('${at}') where compression <> 'ZSTD'`),
    ).toBe(0);
    expect(
      await on.number(
        `select count(*) as n from parquet_schema('${at}') where name in ('ts', 'received_at') and type = 'INT64' and converted_type = 'TIMESTAMP_MILLIS'`,
      ),
    ).toBe(2);
  });
});

test('how far the lake is complete does not change with compaction, also when nothing comes any more', async () => {
  await files(9);
  const look = () => openDelivered({ client: on.bucket.client, bucket: 'lake', clock: () => now })();
  const before = await look();
  for (let i = 0; i < 4; i++) {
    now += hour;
    await on.run();
    expect(await look()).toEqual(before);
  }
  expect(on.keys(folder)).toHaveLength(1);
});

test('days go by their name when their time is up, compacted or not', async () => {
  await files(9);
  now += 2 * day;
  await on.run(undefined, { keptDays: 3 });
  now += hour;
  await on.run(undefined, { keptDays: 3 });
  expect(on.keys(folder)).toHaveLength(1);
  now = Date.parse('2026-03-05T23:59:00Z');
  await on.run(undefined, { keptDays: 3 });
  expect(on.keys(folder)).toHaveLength(1);
  now = Date.parse('2026-03-06T00:00:00Z');
  expect(await on.run(undefined, { keptDays: 3 })).toMatchObject({ expired: 1 });
  expect(on.keys(folder)).toEqual([]);
});

describe('a file that cannot be merged stays as it is, is named in the log, and holds up no other', () => {
  test.each<readonly [string, () => Promise<string>, RegExp]>([
    [
      'not Parquet',
      async () => {
        on.bucket.put(`${folder}events-x.parquet`, Buffer.from('{"a":1}'));
        return `${folder}events-x.parquet`;
      },
      /parquet/i,
    ],
    [
      'cut short',
      async () => {
        const bytes = await on.file([anEvent({})]);
        on.bucket.put(`${folder}events-x.parquet`, bytes.subarray(0, bytes.length - 20));
        return `${folder}events-x.parquet`;
      },
      /parquet/i,
    ],
    ['of another table', () => on.deliver([anEvent({})], '1 as a', dt), /no column project_id/],
    [
      'with a column of another type',
      () => on.deliver([anEvent({})], "* exclude (dt) replace ('now' as ts)", dt),
      /ts is VARCHAR/,
    ],
    [
      'with a column of a later version',
      () => on.deliver([anEvent({})], '* exclude (dt), 1 as mood', dt),
      /mood, which this version does not know/,
    ],
  ])('%s', async (_, spoil, reason) => {
    const bad = await spoil();
    await files(9);
    const before = on.bucket.objects.get(bad)?.bytes;
    now += hour;
    expect(await on.run()).toMatchObject({ joined: 9, troubles: 1 });
    now += hour;
    await on.run();
    expect(on.bucket.objects.get(bad)?.bytes).toEqual(before);
    expect(on.keys(folder)).toHaveLength(2);
    expect(errors()[0]?.fields).toMatchObject({ dt, name: bad.slice(folder.length) });
    expect(errors()[0]?.fields.reason).toMatch(reason);
  });

  test('with a text that is no UTF-8, which no engine can read', async () => {
    const mark = 'SPOILED-SPOILED';
    const key = await on.deliver([anEvent({ properties: mark })], undefined, dt);
    const bytes = Buffer.from(on.bucket.objects.get(key)?.bytes ?? []);
    for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark)) bytes[at] = 0xff;
    on.bucket.put(key, bytes);
    await files(9);
    now += hour;
    expect(await on.run()).toMatchObject({ joined: 9, troubles: 1 });
    expect(errors()[0]?.fields).toMatchObject({ dt, name: key.slice(folder.length) });
  });
});

test('files from before a column was added join those that have it; what they lack stays null', async () => {
  await files(5, {}, '* exclude (dt, key_kind)');
  await files(5, { key_kind: 'sk' });
  now += hour;
  await on.run();
  expect(await counted()).toBe(10);
  now += hour;
  expect(await on.run()).toMatchObject({ removed: 10, troubles: 0 });
  expect(await counted()).toBe(10);
  expect(await on.number(`select count(*) as n from main.events where key_kind is null`)).toBe(5);
});

describe('a compacted file that is damaged', () => {
  const spoil = () => {
    const [key = ''] = on.keys(folder).filter((key) => key.includes('/c-'));
    const { bytes, at } = on.bucket.objects.get(key) ?? { bytes: new Uint8Array(), at: new Date() };
    on.bucket.put(key, bytes.subarray(0, 500), at.getTime());
    return key;
  };
  test('is made again where all its inputs are there', async () => {
    await files(9);
    now += hour;
    await on.run();
    const key = spoil();
    now += hour;
    expect(await on.run()).toMatchObject({ removed: 0, troubles: 1 });
    expect(on.keys(folder)).not.toContain(key);
    now += hour;
    await on.run();
    now += hour;
    await on.run();
    expect([on.keys(folder).length, await counted()]).toEqual([1, 9]);
  });
  test('stays, and so do the inputs that are left, where one is gone: a person must act', async () => {
    const [first = ''] = await files(9);
    now += hour;
    await on.run();
    const key = spoil();
    on.bucket.objects.delete(first);
    now += hour;
    expect(await on.run()).toMatchObject({ removed: 0, troubles: 1 });
    expect(on.keys(folder)).toContain(key);
    expect(on.keys(folder)).toHaveLength(9);
    expect(errors()[0]?.message).toMatch(/restore its inputs/);
  });
});

describe('a run that fails loses nothing, and the next does its work', () => {
  test('wherever it dies', async () => {
    await files(9);
    now += hour;
    for (let after = 0; after < 40; after++) {
      await on.run(dying(after)).catch(() => undefined);
      expect(await counted()).toBe(9);
      if (after % 10 === 9) now += hour;
    }
    expect(on.keys(folder)).toHaveLength(1);
  });

  test('of two at once', async () => {
    await files(20);
    now += hour;
    await Promise.all([on.run(), on.run()]);
    expect([on.keys(folder).length, await counted()]).toEqual([21, 20]);
    now += hour;
    await Promise.all([on.run(), on.run()]);
    expect([on.keys(folder).length, await counted()]).toEqual([1, 20]);
  });

  test('when a listed file is gone', async () => {
    const [first = ''] = await files(9);
    now += hour;
    await on.run((objects) => ({
      ...objects,
      fetch: async (key, path) => (key === first ? false : objects.fetch(key, path)),
    }));
    now += hour;
    expect(await on.run()).toMatchObject({ removed: 8 });
    expect([await counted(), on.keys(folder)]).toEqual([9, [expect.stringContaining('/c-'), first]]);
  });

  test('when the bucket says it is too much, for this day alone', async () => {
    await files(9);
    await on.deliver([anEvent({ ts: morning - day })], undefined, '2026-03-01');
    await on.deliver([anEvent({ ts: morning - day + 1 })], undefined, '2026-03-01');
    now += 2 * hour;
    const slow = Object.assign(new Error('Please reduce your request rate.'), { name: 'SlowDown' });
    const result = await on.run((objects) => ({
      ...objects,
      place: async (key, path) => {
        if (key.startsWith(folder)) throw slow;
        await objects.place(key, path);
      },
    }));
    expect(result).toMatchObject({ joined: 2, troubles: 1 });
    expect(errors()[0]?.fields).toEqual({ dt, error: expect.stringContaining('SlowDown') });
    now += hour;
    expect(await on.run()).toMatchObject({ joined: 9, troubles: 0 });
  });

  test('when time runs out, with the newest days first', async () => {
    await files(9);
    await on.deliver([anEvent({ ts: morning - day })], undefined, '2026-03-01');
    await on.deliver([anEvent({ ts: morning - day + 1 })], undefined, '2026-03-01');
    now += 2 * hour;
    let calls = 0;
    // Time is looked at when a run begins, and before each day and each merge.
    const clock = () => (calls++ < 3 ? 0 : 1e9);
    expect(await on.run(undefined, { clock })).toMatchObject({ joined: 9, cut: true });
    expect(await on.run()).toMatchObject({ joined: 2, cut: false });
  });

  test('when its own clock is an hour off: ages are the bucket’s', async () => {
    await files(9);
    now += hour;
    await on.run(undefined, { clock: () => Date.now() + hour });
    now += 59 * minute;
    expect(await on.run(undefined, { clock: () => Date.now() + hour })).toMatchObject({ removed: 0 });
  });
});

describe('where it is too much for memory or disk', () => {
  /** An engine that can write so many rows at a time. */
  const small =
    (most: number) =>
    async (temp: string): Promise<Merging> => {
      const merging = await openMerging({ memoryMiB: 256, threads: 1, temp });
      return {
        ...merging,
        write: async (...args) => {
          const rows = await merging.write(...args);
          if (rows > most) throw new Error('Out of Memory Error: could not allocate block');
          return rows;
        },
      };
    };
  test('files are merged in halves, which are not tried together again', async () => {
    await files(12);
    now += hour;
    expect(await on.run(undefined, { merging: small(4) })).toMatchObject({
      joined: 12,
      written: 4,
      troubles: 0,
    });
    now += 2 * day;
    expect(await on.run(undefined, { merging: small(4) })).toMatchObject({ joined: 0, removed: 12 });
    expect([on.keys(folder).length, await counted()]).toEqual([4, 12]);
  });
  test('one file is cut into parts, with copies of an event in one', async () => {
    await on.deliver(
      Array.from({ length: 40 }, (_, i) => anEvent({ ts: morning + i, event_id: `e${i % 20}` })),
      undefined,
      dt,
    );
    await files(1);
    now += 2 * day;
    await on.run(undefined, { merging: small(12) });
    now += hour;
    expect(await on.run(undefined, { merging: small(12) })).toMatchObject({ troubles: 0 });
    expect([await stored(), await counted()]).toEqual([21, 21]);
  });
  test('the disk is asked for half as many files', async () => {
    await files(12);
    now += hour;
    let held = 0;
    const result = await on.run((objects) => {
      return {
        ...objects,
        fetch: async (key, path) => {
          if (++held > 8 && held < 13)
            throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
          return objects.fetch(key, path);
        },
      };
    });
    expect(result).toMatchObject({ joined: 12, troubles: 0 });
    expect(await counted()).toBe(12);
  });
  test('events of a hundred kilobytes go through little memory', async () => {
    const wide = (i: number) =>
      anEvent({
        ts: morning + i,
        event_id: `w${i}`,
        properties: JSON.stringify({ text: `${i}`.repeat(30_000) }),
      });
    for (let f = 0; f < 4; f++)
      await on.deliver(
        Array.from({ length: 60 }, (_, i) => wide(f * 60 + i)),
        undefined,
        dt,
      );
    now += 2 * day;
    expect(
      await on.run(undefined, {
        merging: (temp) => openMerging({ memoryMiB: 64, threads: 1, temp }),
      }),
    ).toMatchObject({ joined: 4, rows: 240, troubles: 0 });
    now += hour;
    await on.run();
    expect([await stored(), await counted()]).toEqual([240, 240]);
  });
});
