import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventsOf } from '../../src/lake/events-of.ts';
import { claimLakeFolder } from '../../src/local/disk/lake-folder.ts';
import { compactOnce } from '../../src/local/parquet/compaction.ts';
import { openManifest } from '../../src/local/parquet/manifest.ts';
import { join as joined, relation, sql } from '../../src/sql/sql.ts';
import { anEvent, sent } from '../worlds/event.ts';
import { openLocal } from './lake-folder.ts';

const day = 86_400_000;
const monday = Date.parse('2026-03-02T00:00:00Z');
const always = { from: 0, to: 4e12 };

let on: Awaited<ReturnType<typeof openLocal>>;
beforeEach(async () => {
  on = await openLocal();
});
afterEach(() => on.close());

const files = async () =>
  (await readdir(join(on.dir, 'parquet'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
/** What DuckDB alone says of these files. */
const bare = async (
  question: (from: ReturnType<typeof sql>) => ReturnType<typeof sql>,
  paths: readonly string[],
) => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const rows = await connection.runAndReadAll(question(sql`[${joined(paths)}]`).text);
  connection.closeSync();
  return rows.getRowObjectsJson();
};
const count = async (projects: readonly string[]) => {
  const reading = { projects, env: 'live' as const, bots: true, lake: 'clean' as const };
  return (
    await on
      .engine()
      .ask(
        sql`select count(*) as n from (${eventsOf(reading, always)}) as e`,
        { reading, period: always },
        { timeMs: 20_000 },
      )
  ).rows[0]?.n;
};

test('each project’s day becomes one file, sorted by time, compressed with ZSTD, whatever order the events came in', async () => {
  for (const round of [3, 1, 2]) {
    await on
      .sink()
      .keep(
        sent(
          ...['shop', 'other'].flatMap((project_id) =>
            [0, 1].map((n) => anEvent({ project_id, ts: monday + n * day + round })),
          ),
        ),
      );
    await on.now().flush();
  }
  expect((await files()).length).toBe(3);
  await on.now().compact();
  const after = await files();
  expect(
    after.map((path) =>
      path
        .split('/')
        .slice(-2)
        .join('/')
        .replace(/-\d+-[0-9a-f]{8}\.parquet$/, ''),
    ),
  ).toEqual(['other/2026-03-02', 'other/2026-03-03', 'shop/2026-03-02', 'shop/2026-03-03']);
  for (const path of after) {
    const times = await bare((paths) => sql`select epoch_ms(ts) as at from read_parquet(${paths})`, [path]);
    expect(times.map(({ at }) => Number(at) % day)).toEqual([1, 2, 3]);
  }
  const meta = await bare((paths) => sql`select distinct compression from parquet_metadata(${paths})`, after);
  expect(meta).toEqual([{ compression: 'ZSTD' }]);
  const types = await bare(
    (paths) =>
      sql`select distinct name, converted_type from parquet_schema(${paths}) where name in ('ts', 'received_at') order by name`,
    after,
  );
  expect(types).toEqual([
    { name: 'received_at', converted_type: 'TIMESTAMP_MILLIS' },
    { name: 'ts', converted_type: 'TIMESTAMP_MILLIS' },
  ]);
});

test('the same events make the same bytes', async () => {
  const events = Array.from({ length: 300 }, (_, i) =>
    anEvent({ ts: monday + ((i * 7919) % 300), path: `/${i}`, request_id: `r${i}` }),
  );
  await on.sink().keep(events);
  await on.now().compact();
  const [first = ''] = await files();
  const other = await openLocal();
  for (let i = 299; i >= 0; i -= 50) {
    await other.sink().keep(events.slice(Math.max(0, i - 49), i + 1));
    await other.now().flush();
  }
  await other.now().compact();
  const [second = ''] = await readdir(join(other.dir, 'parquet', 'shop'));
  expect(await readFile(join(other.dir, 'parquet', 'shop', second))).toEqual(await readFile(first));
  await other.close();
});

test('late events join the file of their day, and untouched days keep theirs', async () => {
  await on.sink().keep(sent(anEvent({ ts: monday }), anEvent({ ts: monday + day })));
  await on.now().compact();
  const before = await files();
  await on.sink().keep(sent(anEvent({ ts: monday + 5 })));
  await on.now().compact();
  const after = await files();
  expect(after).toHaveLength(2);
  expect(
    after.filter((path) => before.includes(path)).map((path) => path.split('/').at(-1)?.slice(0, 10)),
  ).toEqual(['2026-03-03']);
  expect(await count(['shop'])).toBe(3);
});

test('flushing leaves nothing in the journal that the lake lacks, and nothing to flush is no file', async () => {
  await on.now().flush();
  await on.now().compact();
  expect(await files()).toEqual([]);
  await on.sink().keep(sent(anEvent({ ts: monday })));
  await Promise.all([on.now().flush(), on.now().flush(), on.now().compact()]);
  expect(await files()).toHaveLength(1);
  await on.reopen();
  expect(await readdir(join(on.dir, 'journal'))).toEqual([]);
  expect(await count(['shop'])).toBe(1);
});

test('days from the year 1 to 9999 and project names of every kind have their files', async () => {
  const projects = ['a/b', '..', '.', 'Ä ö', 'new~', "it's", 'x'.repeat(300)];
  const years = [
    '0001-01-01T00:00:00Z',
    '1969-12-31T23:59:59.999Z',
    '1970-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999Z',
  ];
  await on
    .sink()
    .keep(sent(...projects.flatMap((project_id) => years.map((at) => anEvent({ project_id, at })))));
  await on.now().compact();
  expect(await files()).toHaveLength(projects.length * years.length);
  const reading = { projects, env: 'live' as const, bots: true, lake: 'clean' as const };
  const period = { from: Date.parse('0001-01-01T00:00:00Z'), to: Date.parse('9999-12-31T23:59:59.999Z') + 1 };
  const { rows } = await on
    .engine()
    .ask(
      sql`select count(*) as n, min(ts) as first, max(ts) as last from (${eventsOf(reading, { from: period.from, to: period.to - 1 })}) as e`,
      { reading, period },
      { timeMs: 20_000 },
    );
  expect(rows).toEqual([
    { n: projects.length * 3, first: '0001-01-01T00:00:00.000Z', last: '1970-01-01T00:00:00.000Z' },
  ]);
});

test('files of an older version that lack a column are read with null there, and merged with new ones', async () => {
  await on.sink().keep(sent(anEvent({ ts: monday, country: 'DE' }), anEvent({ ts: monday, country: 'FR' })));
  await on.now().compact();
  await on.now().close();
  // The older version: the same file without `country`, and a manifest that says so.
  const folder = claimLakeFolder(on.dir);
  const manifest = openManifest(folder);
  const [old] = manifest.files();
  if (old === undefined) throw new Error('no file');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const path = join(folder.lake, 'shop', 'older.parquet');
  await connection.run(
    sql`copy (select * exclude (country) from read_parquet(${join(folder.lake, old.path)})) to ${path}`.text,
  );
  connection.closeSync();
  const { fingerprint } = await import('../../src/local/parquet/check.ts');
  const print = await fingerprint(path);
  if (print === undefined) throw new Error('no Parquet');
  manifest.change({
    drop: [old],
    add: [
      {
        ...old,
        ...print,
        id: manifest.nextId(),
        path: 'shop/older.parquet',
        columns: old.columns.replace(',country', ''),
      },
    ],
  });
  manifest.close();
  await on.reopenAfterClose();
  const countries = async () => {
    const reading = { projects: ['shop'], env: 'live' as const, bots: true, lake: 'clean' as const };
    const { rows } = await on
      .engine()
      .ask(
        sql`select country, count(*) as n from ${relation('events')} group by country order by country nulls first`,
        { reading, period: always },
        { timeMs: 20_000 },
      );
    return rows;
  };
  expect(await countries()).toEqual([{ country: null, n: 2 }]);
  await on.sink().keep(sent(anEvent({ ts: monday, country: 'IN' })));
  expect(await countries()).toEqual([
    { country: null, n: 2 },
    { country: 'IN', n: 1 },
  ]);
  await on.now().compact();
  expect(await files()).toHaveLength(1);
  expect(await countries()).toEqual([
    { country: null, n: 2 },
    { country: 'IN', n: 1 },
  ]);
});

test('a day too large to sort at once is several files, and none of its events is lost', async () => {
  const rows = 320_000;
  for (let n = 0; n < rows; n += 10_000)
    await on.sink().keep(
      Array.from({ length: 10_000 }, (_, i) =>
        anEvent({
          ts: monday + (((n + i) * 7919) % day),
          seq: n + i,
          path: `/${i}`,
          properties: `{"n":${n + i}}`,
        }),
      ),
    );
  await on.now().compact();
  // 32,768 rows at most in each.
  expect((await files()).length).toBeGreaterThan(9);
  expect((await files()).length).toBeLessThan(13);
  expect(await count(['shop'])).toBe(rows);
}, 120_000);

test('a compaction that is stopped has changed nothing', async () => {
  await on.sink().keep(sent(anEvent({ ts: monday }), anEvent({ ts: monday + day })));
  await on.now().close();
  const folder = claimLakeFolder(on.dir);
  const manifest = openManifest(folder);
  const before = [...manifest.files()];
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  let asked = 0;
  await expect(
    compactOnce(connection, folder, manifest, {
      kind: 'events',
      whole: () => true,
      between: async () => ++asked < 2,
    }),
  ).rejects.toThrow('stopped');
  connection.closeSync();
  expect([...manifest.files()]).toEqual(before);
  manifest.close();
  await on.reopenAfterClose();
  expect(await files()).toHaveLength(1);
  expect(await count(['shop'])).toBe(2);
});
