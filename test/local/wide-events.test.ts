import type { ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { eventsOf } from '../../src/lake/events-of.ts';
import { claimLakeFolder, makeFolder } from '../../src/local/disk/lake-folder.ts';
import { heading, lineOf } from '../../src/local/journal/format.ts';
import { openPage } from '../../src/local/journal/page.ts';
import { type Lake, openLake } from '../../src/local/lake.ts';
import { openManifest } from '../../src/local/parquet/manifest.ts';
import { sql } from '../../src/sql/sql.ts';
import { anEvent } from '../worlds/event.ts';
import { listening } from './lake-folder.ts';
import { end, highestMb, keysIn, startProcess } from './product-process.ts';
import { wideBatch, wideEvent } from './wide-load.ts';

/** How long the product is sent as much as it takes: `MILLIMETRIC_WIDE_SECONDS=60` is the size of the proof. */
const seconds = Number(process.env.MILLIMETRIC_WIDE_SECONDS ?? 3);
const senders = 4;
const mostMb = 450;
const day = 86_400_000;
const monday = Date.parse('2026-03-02T00:00:00Z');
const always = { from: 0, to: 4e12 };
const reading = { projects: ['shop'], env: 'live' as const, bots: true, lake: 'clean' as const };

let dir: string;
const running: ChildProcess[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wide-'));
});
afterEach(async () => {
  for (const child of running.splice(0)) await end(child);
  await rm(dir, { recursive: true, force: true });
});

const valued = z.object({ rows: z.array(z.object({ value: z.number() })) });
/** Bytes of events in the journal, beside the first lines of its files. */
const journalBytes = async (journal: string): Promise<number> => {
  const sizes = await Promise.all(
    (await readdir(journal)).map((entry) =>
      stat(join(journal, entry)).then(
        ({ size }) => size - heading.length,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
};

test(
  `random events of the largest legal size from ${senders} connections for ${seconds} s, mixed with tiny ones, all reach the lake, in less than ${mostMb} MB`,
  async () => {
    const { url, child } = await startProcess(dir, (started) => running.push(started), {
      command: [process.execPath, '--max-semi-space-size=4', '--initial-old-space-size=64', 'bin/local.ts'],
    });
    const { keys } = z
      .object({ keys: z.object({ sk: z.string() }) })
      .parse(JSON.parse(await readFile(keysIn(dir), 'utf8')));
    const headers = { authorization: `Bearer ${keys.sk}`, 'content-type': 'application/json' };
    const ask = async (): Promise<number> => {
      const answer = await fetch(`${url}/v1/stats?metric=count&from=last:1d&include_bots=true`, { headers });
      const text = await answer.text();
      expect(answer.status, text).toBe(200);
      return valued.parse(JSON.parse(text)).rows[0]?.value ?? 0;
    };
    const until = Date.now() + seconds * 1_000;
    let kept = 0;
    const send = async () => {
      do {
        const { body, count } = wideBatch();
        const answer = await fetch(`${url}/v1/batch`, { method: 'POST', headers, body });
        const text = await answer.text();
        expect([202, 429], text).toContain(answer.status);
        if (answer.status === 202) kept += count;
      } while (Date.now() < until);
    };
    await Promise.all(Array.from({ length: senders }, send));
    expect(await ask()).toBe(kept);
    await expect
      .poll(() => journalBytes(join(dir, 'events', 'journal')), { timeout: 120_000, interval: 250 })
      .toBe(0);
    const emptied = (Date.now() - until) / 1_000;
    expect(await ask()).toBe(kept);
    const highest = await highestMb(child.pid);
    process.stdout.write(
      `${kept} events kept in ${seconds} s; journal empty ${emptied.toFixed(1)} s later; highest memory ${highest} MB\n`,
    );
    if (highest !== undefined) expect(highest).toBeLessThan(mostMb);
  },
  240_000 + seconds * 2_000,
);

const count = async (lake: Lake) => {
  const question = sql`select count(*) as n, count(distinct request_id) as of from (${eventsOf(reading, always)}) as e`;
  const { rows, notes } = await lake.engine.ask(question, { reading, period: always }, { timeMs: 60_000 });
  return { n: rows[0]?.n, of: rows[0]?.of, notes };
};
const open = async (clock = Date.now) => {
  const { log, lines } = listening();
  return { lake: await openLake({ dir, log, clock }), lines };
};
/** Files of the lake by level, as the manifest of a closed folder has them. */
const filesIn = () => {
  const manifest = openManifest(claimLakeFolder(dir));
  const files = [...manifest.files()];
  manifest.close();
  return files;
};

test('a folder that the version before could not bring to its lake is healed by a start', async () => {
  // What that version left: segments of up to 7 MB of wide events, the first two of which it tried again and again, and more behind them.
  const folder = claimLakeFolder(dir);
  openManifest(folder).close();
  makeFolder(folder);
  let sent = 0;
  const stuck = (request_id: string) =>
    wideEvent(4_900, {
      request_id,
      event_id: `event-${request_id}`,
      url: 'https://shop.example/',
      path: '/',
      ts: monday + ((sent * 7_919) % day),
    });
  for (let number = 1; number <= 14; number++) {
    const page = openPage();
    const bytes = number < 12 ? 6_700_000 : 20_000;
    while (page.length < bytes) {
      const request_id = `r${sent++}`;
      page.add([lineOf(number < 12 ? stuck(request_id) : anEvent({ request_id }))]);
    }
    const path = join(folder.journal, `${String(number).padStart(10, '0')}.ndjson`);
    await writeFile(path, Buffer.concat([heading, page.bytes()]));
  }
  const { lake, lines } = await open();
  expect(lines.join('\n')).toContain('the journal is long and is brought to the lake first');
  expect(lines.join('\n')).not.toContain('could not be');
  expect(await count(lake)).toEqual({ n: sent, of: sent, notes: [] });
  await lake.compact();
  expect(await count(lake)).toEqual({ n: sent, of: sent, notes: [] });
  await lake.close();
  expect(await journalBytes(folder.journal)).toBe(0);
  expect(filesIn().filter(({ level }) => level === 0)).toEqual([]);
}, 240_000);

test.each([
  ['all of one moment', () => monday],
  ['spread over a day', (i: number) => monday + ((i * 7_919) % day)],
])(
  'wide events %s are merged in pieces that fit, each once',
  async (_, ts) => {
    const { lake, lines } = await open();
    const events = 6_000;
    for (let i = 0; i < events; i += 250)
      await lake.sink.keep(
        Array.from({ length: 250 }, (_, n) => wideEvent(8_000, { ts: ts(i + n), request_id: `r${i + n}` })),
      );
    await lake.compact();
    expect(await count(lake)).toEqual({ n: events, of: events, notes: [] });
    await lake.close();
    expect(lines.filter((line) => /could not|cannot/.test(line))).toEqual([]);
    const files = filesIn();
    expect(files.filter(({ level }) => level === 0)).toEqual([]);
    // Some 90 MB in files that each are sorted in a part of the writer's 64 MB.
    expect(files.length).toBeGreaterThan(8);
    const again = await open();
    await again.lake.compact();
    await again.lake.close();
    expect(filesIn().map(({ path }) => path)).toEqual(files.map(({ path }) => path));
  },
  240_000,
);

test('a flush that fails again says so in the log and in answers, until it works', async () => {
  let later = 0;
  const { lake, lines } = await open(() => Date.now() + later);
  await lake.sink.keep([anEvent({ request_id: 'r1' })]);
  const { temp } = claimLakeFolder(dir);
  await rm(temp, { recursive: true });
  await writeFile(temp, 'in the way');
  const failures = () => lines.filter((line) => line.includes('could not be brought to the lake'));
  for (const times of [1, 2]) {
    later += 20_000;
    await expect.poll(failures, { timeout: 60_000 }).toHaveLength(times);
  }
  expect(failures()[1]).toContain('see that the disk has room');
  expect(await count(lake)).toEqual({ n: 1, of: 1, notes: [expect.stringContaining('2 times in a row')] });
  await rm(temp);
  await mkdir(temp);
  await lake.flush();
  expect(await count(lake)).toEqual({ n: 1, of: 1, notes: [] });
  await lake.close();
}, 180_000);
