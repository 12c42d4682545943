import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimLakeFolder, makeFolder } from '../../src/local/disk/lake-folder.ts';
import { leases } from '../../src/local/disk/serial.ts';
import { lineOf } from '../../src/local/journal/format.ts';
import { openJournal } from '../../src/local/journal/journal.ts';
import { openPage } from '../../src/local/journal/page.ts';
import { type Duck, openDuck, rowsOf } from '../../src/local/parquet/duckdb.ts';
import { openTail } from '../../src/local/query/unflushed.ts';
import { sql, join as union } from '../../src/sql/sql.ts';
import { anEvent } from '../worlds/event.ts';
import { listening, newFolder } from './lake-folder.ts';

let dir: string;
let duck: Duck;
beforeEach(async () => {
  dir = await newFolder();
});
afterEach(async () => {
  duck.close();
  await rm(dir, { recursive: true, force: true });
});

test('what comes soon after a question is rows already when the next one asks, and each of it once', async () => {
  const folder = claimLakeFolder(dir);
  makeFolder(folder);
  duck = await openDuck({
    directories: [folder.journal, folder.temp],
    temp: join(folder.temp, 'asking'),
    memoryMb: 64,
    threads: 1,
    connections: 1,
    rereads: true,
  });
  const [connection] = duck.connections;
  if (connection === undefined) throw new Error('DuckDB gave no connection');
  const { log } = listening();
  const journal = openJournal(folder, { forgotten: 0, flushed: 0, lowest: 0 }, Date.now, log, () => {});
  const tail = openTail({
    connection,
    folder,
    journal,
    readers: leases(),
    seal: journal.seal,
    flushed: () => 0,
    log,
  });
  const keep = async (count: number, letters: number) => {
    const page = openPage();
    page.add(
      Array.from({ length: count }, (_, seq) =>
        lineOf(anEvent({ seq, properties: JSON.stringify({ note: 'x'.repeat(letters) }) })),
      ),
    );
    await journal.append(page.bytes(), count);
  };

  tail.reach();
  // Ten events of 60,000 letters are more than the 512 KB that questions read as text.
  await keep(10, 60_000);
  await expect
    .poll(() => tail.after(0), { timeout: 60_000 })
    .toMatchObject({ copies: [], pieces: [expect.anything()] });
  // Three small ones wait as text for the next question.
  await keep(3, 10);
  tail.reach();
  const { pieces, copies } = tail.after(0);
  expect(copies).toHaveLength(1);
  const [row] = await rowsOf(
    connection,
    sql`select count(*) as n from (${union(pieces, ' union all ')}) as tail`,
  );
  expect(Number(row?.n)).toBe(13);
  await tail.close();
  await journal.close();
});
