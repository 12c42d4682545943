import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { columnNames } from '../../src/events/columns.ts';
import { claimLakeFolder } from '../../src/local/disk/lake-folder.ts';
import { fingerprint } from '../../src/local/parquet/check.ts';
import { openManifest } from '../../src/local/parquet/manifest.ts';
import { relation, sql } from '../../src/sql/sql.ts';
import { anEvent, sent } from '../worlds/event.ts';
import { openLocal } from './lake-folder.ts';

let on: Awaited<ReturnType<typeof openLocal>>;
beforeEach(async () => {
  on = await openLocal();
});
afterEach(() => on.close());

const ask = async (project = 'shop') => {
  const reading = { projects: [project], env: 'live' as const, bots: true, lake: 'clean' as const };
  const { rows, notes } = await on
    .engine()
    .ask(
      sql`select path, key_kind from ${relation('events')} where project_id = ${project} order by path`,
      { reading, period: { from: 0, to: 4e12 } },
      { timeMs: 20_000 },
    );
  return { rows: rows.map(({ path, key_kind }) => `${path} ${key_kind}`), notes };
};
const named = (event_id: string, path: string, more = {}) => anEvent({ event_id, path, ...more });
const server = { key_kind: 'sk' };
let requests = 0;
const keep = (...events: readonly ReturnType<typeof anEvent>[]) =>
  on.sink().keep(sent(...events).map((event) => ({ ...event, request_id: `r${++requests}` })));

test('a folder of a version that knew no kind of key is read as a browser’s events, which servers overrule', async () => {
  await keep(named('e1', '/old'), named('e2', '/old, too'));
  await on.now().compact();
  await on.now().close();
  const folder = claimLakeFolder(on.dir);
  const manifest = openManifest(folder);
  const [old] = manifest.files();
  if (old === undefined) throw new Error('no file');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const path = join(folder.lake, 'shop', 'older.parquet');
  await connection.run(
    sql`copy (select * exclude (key_kind) from read_parquet(${join(folder.lake, old.path)})) to ${path}`.text,
  );
  connection.closeSync();
  const print = await fingerprint(path);
  if (print === undefined) throw new Error('no Parquet');
  const columns = columnNames.filter((column) => column !== 'key_kind').join(',');
  manifest.change({
    drop: [old],
    add: [{ ...old, ...print, id: manifest.nextId(), path: 'shop/older.parquet', columns }],
  });
  manifest.close();
  await on.reopenAfterClose();
  expect((await ask()).rows).toEqual(['/old pk', '/old, too pk']);
  await keep(named('e1', '/new', server));
  await keep(named('e2', '/later'));
  for (const again of [async () => {}, on.settle, on.reopen]) {
    await again();
    expect((await ask()).rows).toEqual(['/new sk', '/old, too pk']);
  }
});

test('what overrules is one small file per project, and is not there where nothing does', async () => {
  await keep(named('e1', '/1'), named('e2', '/2'), named('e1', '/1', { project_id: 'other' }));
  for (const event_id of ['e1', 'e2']) {
    await keep(named(event_id, '/server', server));
    await on.now().flush();
  }
  await on.now().compact();
  await on.now().close();
  const manifest = openManifest(claimLakeFolder(on.dir));
  const held = [...manifest.files()].map(({ kind, projects, rows }) => [kind, projects, rows]);
  manifest.close();
  await on.reopenAfterClose();
  expect(held.filter(([kind]) => kind === 'overrules')).toEqual([['overrules', ['shop'], 2]]);
  expect((await ask()).rows).toEqual(['/server sk', '/server sk']);
  expect((await ask('other')).rows).toEqual(['/1 pk']);
});

test('while the file of what overrules cannot be read, answers say what may count twice', async () => {
  await keep(named('e1', '/browser'));
  await keep(named('e1', '/server', server));
  await on.now().compact();
  await on.now().close();
  const folder = claimLakeFolder(on.dir);
  const [lost = ''] = readdirSync(join(folder.lake, 'shop')).filter((name) => name.startsWith('overrules'));
  rmSync(join(folder.lake, 'shop', lost));
  await on.reopenAfterClose();
  const { rows, notes } = await ask();
  expect(rows).toEqual(['/browser pk', '/server sk']);
  expect(notes).toEqual([
    `The file ${lost} could not be read and was set aside: up to 1 events count twice, as a browser’s key and as a secret key sent them, in this answer.`,
  ]);
});

test('a server’s events cost one digit more in the journal, and the mark survives the next start', async () => {
  await keep(named('e1', '/browser'));
  await keep(named('e1', '/server', server), named('e2', '/2', server));
  const [segment = ''] = readdirSync(join(on.dir, 'journal'));
  const lines = readFileSync(join(on.dir, 'journal', segment), 'utf8')
    .trim()
    .split('\n');
  expect(lines.map((line) => JSON.parse(line)[columnNames.length])).toEqual(['overrules', 0, 1, 0]);
  await on.reopen();
  expect((await ask()).rows).toEqual(['/2 sk', '/server sk']);
});
