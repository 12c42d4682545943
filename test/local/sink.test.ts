import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { appendFile, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/columns.ts';
import { eventsOf } from '../../src/lake/events-of.ts';
import { type Lake, openLake } from '../../src/local/lake.ts';
import { relation, sql } from '../../src/sql/sql.ts';
import { sinkKeepsItsPromise } from '../contracts/sink.ts';
import { anEvent } from '../worlds/event.ts';
import { listening, newFolder, openLocal } from './lake-folder.ts';

sinkKeepsItsPromise('local', openLocal);

const always = { from: Date.parse('2000-01-01'), to: Date.parse('2100-01-01') };
const reading = { projects: ['shop', 'other'], env: 'live' as const, bots: true, lake: 'clean' as const };
const idsIn = async (lake: Lake): Promise<readonly string[]> => {
  const { rows } = await lake.engine.ask(
    sql`select event_id from (${eventsOf(reading, always)}) as e`,
    { reading, period: always },
    { timeMs: 30_000 },
  );
  return rows.map(({ event_id }) => String(event_id));
};

let dir: string;
beforeEach(async () => {
  dir = await newFolder();
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Another process on the same folder, see lake-child.ts. */
const child = (from: number, work: 'ingest' | 'compaction' | 'quiet') => {
  const process_ = spawn(
    process.execPath,
    [join(import.meta.dirname, 'lake-child.ts'), dir, String(from), work],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const acknowledged: number[] = [];
  const lines: string[] = [];
  const waiting: { readonly is: () => boolean; readonly done: () => void }[] = [];
  createInterface({ input: process_.stdout }).on('line', (line) => {
    lines.push(line);
    if (line.startsWith('ack ')) acknowledged.push(Number(line.slice(4)));
    for (const { is, done } of waiting) if (is()) done();
  });
  const until = (is: () => boolean) =>
    new Promise<void>((done) => (is() ? done() : waiting.push({ is, done })));
  const ended = new Promise<void>((done) => process_.on('close', () => done()));
  return { process: process_, acknowledged, lines, until, ended };
};
const kill = async ({
  process: process_,
  ended,
}: {
  readonly process: ChildProcess;
  readonly ended: Promise<void>;
}) => {
  process_.kill('SIGKILL');
  await ended;
};

const crashes = Number(process.env.MILLIMETRIC_CRASHES ?? 6);

describe('a process killed at any moment', () => {
  test.each(['ingest', 'compaction'] as const)(
    'in the middle of %s loses nothing it acknowledged and keeps nothing twice',
    async (work) => {
      const acknowledged: number[] = [];
      let from = 0;
      for (let crash = 0; crash < crashes; crash++) {
        const running = child(from, work);
        await running.until(() => running.lines.includes('open'));
        // Some die before their first acknowledgement, some after many; the moment within is the machine's.
        await running.until(() => running.acknowledged.length >= (crash % 3) * 40);
        await new Promise((wait) => setTimeout(wait, (crash * 37) % 150));
        await kill(running);
        acknowledged.push(...running.acknowledged);
        // The next one begins by sending again: some of it was acknowledged, some was on its way and may have been kept or not.
        from = Math.max(0, ...acknowledged.map((request) => request - 30));
      }
      const { log } = listening();
      const lake = await openLake({ dir, log, clock: Date.now });
      for (const again of [async () => {}, lake.compact]) {
        await again();
        const ids = await idsIn(lake);
        const distinct = new Set(ids);
        expect(ids.length).toBe(distinct.size);
        const missing = acknowledged
          .flatMap((request) => Array.from({ length: 20 }, (_, i) => `${request}-${i}`))
          .filter((id) => !distinct.has(id));
        expect(missing).toEqual([]);
      }
      await lake.close();
    },
    20_000 * crashes,
  );

  test('leaves a lock that nobody has to remove', async () => {
    const running = child(0, 'quiet');
    await running.until(() => running.acknowledged.length > 0);
    const { log } = listening();
    await expect(openLake({ dir, log, clock: Date.now })).rejects.toThrow(
      `Another process is using the data folder ${dir}: stop it, or choose another folder.`,
    );
    const before = running.acknowledged.length;
    await running.until(() => running.acknowledged.length > before);
    await kill(running);
    await (await openLake({ dir, log, clock: Date.now })).close();
  });
});

describe('the journal after a crash', () => {
  /** A folder whose events e1, e2 (one request) and e3 are in the journal only. */
  const crashed = async () => {
    const running = await openLake({ dir, log: listening().log, clock: Date.now });
    await running.sink.keep([anEvent({ event_id: 'e1' }), anEvent({ event_id: 'e2' })]);
    await running.sink.keep([anEvent({ event_id: 'e3' })]);
    const [segment = ''] = (await readdir(join(dir, 'journal'))).sort();
    const bytes = await readFile(join(dir, 'journal', segment));
    await running.close();
    await rm(dir, { recursive: true });
    await mkdir(join(dir, 'journal'), { recursive: true });
    await (await openLake({ dir: join(dir, 'empty'), log: listening().log, clock: Date.now })).close();
    await writeFile(join(dir, 'lake.sqlite'), await readFile(join(dir, 'empty', 'lake.sqlite')));
    await rm(join(dir, 'empty'), { recursive: true });
    const path = join(dir, 'journal', segment);
    await writeFile(path, bytes);
    return { path, bytes };
  };
  const reopened = async () => {
    const { log, lines } = listening();
    const lake = await openLake({ dir, log, clock: Date.now });
    const ids = [...(await idsIn(lake))].sort();
    return { lake, ids, lines };
  };

  test('is read as it is when it is whole', async () => {
    await crashed();
    const { lake, ids, lines } = await reopened();
    expect([ids, lines]).toEqual([['e1', 'e2', 'e3'], []]);
    await lake.sink.keep([anEvent({ event_id: 'e2' }), anEvent({ event_id: 'e4' })]);
    expect([...(await idsIn(lake))].sort()).toEqual(['e1', 'e2', 'e3', 'e4']);
    await lake.close();
  });

  test('loses a torn last request at every length, and never a part of one', async () => {
    const { path, bytes } = await crashed();
    const first = bytes.indexOf('\n', bytes.indexOf('"e2"')) + 1;
    for (const length of [first + 1, first + 200, bytes.length - 1]) {
      await writeFile(path, bytes);
      await truncate(path, length);
      const { lake, ids, lines } = await reopened();
      expect(ids).toEqual(['e1', 'e2']);
      expect((await readFile(join(dir, 'set-aside', '0000000001.ndjson.cut'))).length).toBe(length - first);
      expect(lines).toEqual([
        `journal repaired: what followed its last whole request was cut off and set aside; it may have been acknowledged {"file":"0000000001.ndjson","cut_bytes":${length - first}}`,
      ]);
      await lake.close();
      await rm(dir, { recursive: true });
      await crashed();
    }
    await truncate(path, first - 5);
    const { lake, ids } = await reopened();
    expect(ids).toEqual([]);
    await lake.close();
  });

  test('loses garbage after the last request', async () => {
    const { path } = await crashed();
    await appendFile(path, `${'\0'.repeat(4096)}\n{"half":`);
    const { lake, ids, lines } = await reopened();
    expect([ids, lines.length]).toEqual([['e1', 'e2', 'e3'], 1]);
    await lake.close();
  });

  test.each([
    ['whose lines are objects', (event: Readonly<Record<string, unknown>>) => JSON.stringify(event), '', 0],
    [
      'that had other columns in another order',
      (event: Readonly<Record<string, unknown>>) =>
        JSON.stringify([
          ...Object.keys(event)
            .toReversed()
            .map((column) => event[column]),
          'gone',
        ]),
      `${JSON.stringify([...Object.keys(anEvent({})).toReversed(), 'was'])}\n`,
      undefined,
    ],
  ])(
    'of an earlier version, %s, is read, and repeats of it are known',
    async (_, lineOf, heading, noSeed) => {
      const { path } = await crashed();
      const seed = noSeed ?? crc32(heading.trimEnd());
      const request = (...events: readonly Event[]) => {
        const lines = events.map(lineOf).join('\n');
        const mark = `[${events.length},${crc32(lines, seed)}]`;
        return `${lines.slice(0, -1)},${lines.endsWith('}') ? '"end":' : ''}${mark}${lines.at(-1)}\n`;
      };
      const whole = `${heading}${request(anEvent({ event_id: 'e1', country: 'DE', at: '2026-03-01T00:00:00.005Z' }), anEvent({ event_id: 'e2' }))}${request(anEvent({ event_id: 'e3' }))}`;
      await writeFile(path, `${whole}${request(anEvent({ event_id: 'torn' })).slice(0, -9)}`);
      const { lake, ids, lines } = await reopened();
      expect([ids, lines.length]).toEqual([['e1', 'e2', 'e3'], 1]);
      await lake.sink.keep([anEvent({ event_id: 'e2' }), anEvent({ event_id: 'e4' })]);
      await lake.compact();
      const { rows } = await lake.engine.ask(
        sql`select event_id, country, ts, session_sent from ${relation('events')} order by event_id`,
        { reading, period: { from: 0, to: 4e12 } },
        { timeMs: 30_000 },
      );
      expect(rows.map(({ event_id }) => event_id)).toEqual(['e1', 'e2', 'e3', 'e4']);
      expect(rows[0]).toEqual({
        event_id: 'e1',
        country: 'DE',
        ts: '2026-03-01T00:00:00.005Z',
        session_sent: false,
      });
      await lake.close();
    },
  );

  test('whose heading is damaged is read all the same', async () => {
    const { path, bytes } = await crashed();
    const damaged = Buffer.from(bytes);
    damaged.write('X', 3);
    await writeFile(path, damaged);
    const { lake, ids, lines } = await reopened();
    expect(ids).toEqual(['e1', 'e2', 'e3']);
    expect(lines[0]).toContain('journal segment damaged');
    await lake.close();
  });

  test('keeps what is readable around damage in the middle, and the damaged file aside', async () => {
    const { path, bytes } = await crashed();
    const damaged = Buffer.from(bytes);
    damaged.write('X', damaged.indexOf('"e1"') + 1);
    await writeFile(path, damaged);
    const { lake, ids, lines } = await reopened();
    expect(ids).toEqual(['e3']);
    expect(lines[0]).toContain('journal segment damaged');
    expect(await readdir(join(dir, 'set-aside'))).toEqual(['0000000001.ndjson']);
    await lake.close();
  });
});

describe('a full disk', () => {
  // The real thing without a disk: the system refuses this process any write beyond a file size.
  const limit = (pid: number | undefined, bytes: string) =>
    execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);

  test.skipIf(process.platform !== 'linux').each([
    ['at once', '0'],
    ['in the middle of a request', '100000'],
  ])(
    'met %s refuses events and keeps none of them, and takes events again when there is room',
    async (_, bytes) => {
      const running = child(0, 'quiet');
      await running.until(() => running.acknowledged.length >= 20);
      limit(running.process.pid, bytes);
      const refused = () => running.lines.filter((line) => line.startsWith('refused '));
      await running.until(() => refused().length >= 40);
      limit(running.process.pid, 'unlimited');
      const before = running.acknowledged.length;
      await running.until(() => running.acknowledged.length >= before + 20);
      // What was half written is gone already, not only after a restart: every closed segment ends with a whole request.
      for (const segment of (await readdir(join(dir, 'journal'))).sort().slice(0, -2))
        expect(await readFile(join(dir, 'journal', segment), 'utf8')).toMatch(/,\[\d+,\d+\]\]\n$/);
      await kill(running);

      const lake = await openLake({ dir, log: listening().log, clock: Date.now });
      const ids = await idsIn(lake);
      const kept = new Set(ids);
      expect(ids.length).toBe(kept.size);
      // Of a refused request only what a later request repeated and kept may be there: every third event.
      const wrong = refused().flatMap((line) =>
        Array.from({ length: 20 }, (_, i) => i).filter(
          (i) => i % 3 !== 0 && kept.has(`${line.slice(8)}-${i}`),
        ),
      );
      expect(wrong).toEqual([]);
      expect(
        running.acknowledged.every((request) => kept.has(`${request}-0`) && kept.has(`${request}-19`)),
      ).toBe(true);
      await lake.close();
    },
  );
});

describe('a folder', () => {
  test('of somebody else is refused untouched', async () => {
    await writeFile(join(dir, 'thesis.txt'), 'mine');
    await expect(openLake({ dir, log: listening().log, clock: Date.now })).rejects.toThrow(
      `The folder ${dir} was not made by this product: it holds "thesis.txt" and no lake.sqlite. Nothing was touched; choose a new or empty folder.`,
    );
    expect(await readdir(dir)).toEqual(['thesis.txt']);
  });

  test.each([
    ['that is no database', 'hello, this is not SQLite and longer than a header '.repeat(3)],
    ['that another program made', undefined],
  ])('with a lake.sqlite %s is refused untouched', async (_, text) => {
    const path = join(dir, 'lake.sqlite');
    if (text === undefined) {
      const db = new DatabaseSync(path);
      db.exec('create table t (a)');
      db.close();
    } else await writeFile(path, text);
    const before = await readFile(path);
    await expect(openLake({ dir, log: listening().log, clock: Date.now })).rejects.toThrow(
      `${path} is not a file of ours`,
    );
    expect(await readFile(path)).toEqual(before);
    expect(await readdir(dir)).toEqual(['lake.sqlite']);
  });

  test('of a newer version is refused untouched', async () => {
    await (await openLake({ dir, log: listening().log, clock: Date.now })).close();
    const db = new DatabaseSync(join(dir, 'lake.sqlite'));
    db.exec('pragma user_version = 7; pragma wal_checkpoint(truncate)');
    db.close();
    const before = await readFile(join(dir, 'lake.sqlite'));
    await expect(openLake({ dir, log: listening().log, clock: Date.now })).rejects.toThrow(
      `The data folder ${dir} has format 7, this version knows 2: run the newer version that wrote it.`,
    );
    expect(await readFile(join(dir, 'lake.sqlite'))).toEqual(before);
  });

  test('whose path the engine would read as a pattern is refused', async () => {
    await expect(openLake({ dir: join(dir, 'a[1]'), log: listening().log, clock: Date.now })).rejects.toThrow(
      'has one of * ? [ ] in its path',
    );
  });

  test('with an apostrophe and spaces in its path works', async () => {
    const lake = await openLake({ dir: join(dir, "Ada's  data"), log: listening().log, clock: Date.now });
    await lake.sink.keep([anEvent({ event_id: 'e1' })]);
    expect(await idsIn(lake)).toEqual(['e1']);
    await lake.compact();
    expect(await idsIn(lake)).toEqual(['e1']);
    await lake.close();
  });
});

test.each([
  ['is cut short', (path: string) => truncate(path, 40)],
  ['is missing', (path: string) => rm(path)],
])(
  'event ids whose file %s are read again from the events, in Parquet and in the journal',
  async (_, harm) => {
    const first = await openLake({ dir, log: listening().log, clock: Date.now });
    await first.sink.keep([anEvent({ event_id: 'e1' }), anEvent({ event_id: 'e1', project_id: 'other' })]);
    await first.close();
    const second = await openLake({ dir, log: listening().log, clock: Date.now });
    await second.sink.keep([anEvent({ event_id: 'e2' })]);
    await second.close();
    const [file = ''] = (await readdir(join(dir, 'seen'))).sort();
    await harm(join(dir, 'seen', file));
    for (const added of [1, 0]) {
      const { log, lines } = listening();
      const lake = await openLake({ dir, log, clock: Date.now });
      await lake.sink.keep([
        anEvent({ event_id: 'e1' }),
        anEvent({ event_id: 'e1', project_id: 'other' }),
        anEvent({ event_id: 'e2' }),
        anEvent({ event_id: 'e3' }),
      ]);
      expect([...(await idsIn(lake))].sort()).toEqual(['e1', 'e1', 'e2', 'e3']);
      expect(lines.filter((line) => line.startsWith('a file of event ids cannot be read'))).toHaveLength(
        added,
      );
      await lake.close();
    }
  },
);

test('event ids are remembered beyond memory: half a million of them, in files that merge, after a restart', async () => {
  const open = () => openLake({ dir, log: listening().log, clock: Date.now });
  let lake = await open();
  const request = (n: number) =>
    Array.from({ length: 1000 }, (_, i) => anEvent({ event_id: `${n}-${i}`, project_id: 'shop' }));
  const count = async () =>
    (
      await lake.engine.ask(
        sql`select count(*) as n from ${relation('events')}`,
        { reading, period: always },
        { timeMs: 30_000 },
      )
    ).rows[0]?.n;
  // Each closing writes the newest ids to a file.
  for (let round = 0; round < 5; round++) {
    for (let n = 0; n < 100; n += 4)
      await Promise.all([0, 1, 2, 3].map((k) => lake.sink.keep(request(round * 100 + n + k))));
    await lake.close();
    lake = await open();
  }
  expect((await readdir(join(dir, 'seen'))).length).toBeLessThan(5);
  for (const n of [0, 99, 100, 250, 499]) await lake.sink.keep(request(n));
  await lake.sink.keep([anEvent({ event_id: 'new' })]);
  expect(await count()).toBe(500_001);
  await lake.close();
}, 600_000);
