import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/columns.ts';
import { eventsOf } from '../../src/lake/events-of.ts';
import { type Lake, openLake } from '../../src/local/lake.ts';
import { sql } from '../../src/sql/sql.ts';
import { anEvent } from '../worlds/event.ts';
import { listening, newFolder } from './lake-folder.ts';

const monday = Date.parse('2026-03-02T00:00:00Z');
const period = { from: 0, to: 4e12 };
const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const act of undo.splice(0).reverse()) await act();
});

const folder = async () => {
  const dir = await newFolder();
  undo.push(() => rm(dir, { recursive: true, force: true }));
  return dir;
};
const open = async (dir: string) => {
  const { log, lines } = listening();
  const lake = await openLake({ dir, log, clock: Date.now });
  let isOpen = true;
  const close = async () => {
    if (isOpen) await lake.close();
    isOpen = false;
  };
  undo.push(close);
  return { lake, lines, close };
};

const found = async (lake: Lake, project: string) => {
  const reading = { projects: [project], env: 'live' as const, bots: true, lake: 'clean' as const };
  const { rows, notes } = await lake.engine.ask(
    sql`select event_id from (${eventsOf(reading, period)}) as e order by event_id`,
    { reading, period },
    { timeMs: 20_000 },
  );
  expect(notes).toEqual([]);
  return rows.map(({ event_id }) => event_id);
};

/** Events of a project whose every text can be searched for. */
const eventsFor = (project: string, from: number, to: number, more: Partial<Event> = {}) =>
  Array.from({ length: to - from }, (_, i) =>
    anEvent({
      ts: monday + ((from + i) % 5) * 86_400_000,
      event_id: `${project}-id-${from + i}`,
      project_id: project,
      event_name: i % 7 === 0 ? '$identify' : `${project}_event`,
      anonymous_id: `${project}-visitor`,
      user_id: i % 7 === 0 ? `${project}-person` : null,
      properties: `{"${project}_key":1}`,
      request_id: `${project}-${from}`,
      seq: i,
      ...more,
    }),
  );

/** Files below a folder that hold this text. Pages of Parquet are packed, so their names and statistics are looked at, and the engine asked for the rest. */
const holding = (dir: string, text: string) =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => join(parentPath, name))
    .filter((path) => readFileSync(path).includes(text) || path.includes(`${text}/`));

describe('erasing a project', () => {
  test('takes all of its events, in whatever files they lie, and leaves those of others', async () => {
    const dir = await folder();
    const { lake, close } = await open(dir);
    // Settled files, mixed new ones, and the journal.
    await lake.sink.keep([...eventsFor('gone', 0, 60), ...eventsFor('stays', 0, 60)]);
    await lake.compact();
    await lake.sink.keep([...eventsFor('gone', 60, 90), ...eventsFor('stays', 60, 90)]);
    // A secret key’s copy of what a browser sent.
    await lake.sink.keep(eventsFor('gone', 60, 65, { key_kind: 'sk', request_id: 'over' }));
    await lake.flush();
    await lake.sink.keep([...eventsFor('gone', 90, 100), ...eventsFor('stays', 90, 100)]);
    const stays = await found(lake, 'stays');
    expect(stays).toHaveLength(100);
    expect(await lake.eraser.count('gone')).toBe(105);
    expect(await lake.eraser.erase('gone')).toBe(105);
    expect([await lake.eraser.count('gone'), await lake.eraser.erase('gone')]).toEqual([0, 0]);
    expect(await found(lake, 'gone')).toEqual([]);
    expect(await found(lake, 'stays')).toEqual(stays);
    for (const text of ['gone-id', 'gone_event', 'gone-visitor', 'gone-person', 'gone_key', 'parquet/gone'])
      expect(holding(dir, text), text).toEqual([]);
    // What was sent before is new, and a repeat of what stays is one.
    expect(await lake.sink.keep(eventsFor('gone', 0, 3))).toEqual({ repeats: 0 });
    expect(await lake.sink.keep(eventsFor('stays', 0, 3))).toEqual({ repeats: 3 });
    await close();
    const again = await open(dir);
    expect(await found(again.lake, 'gone')).toHaveLength(3);
    expect(await found(again.lake, 'stays')).toEqual(stays);
    expect(await again.lake.sink.keep(eventsFor('stays', 95, 100))).toEqual({ repeats: 5 });
  });

  test('leaves nothing for the next start to take in again', async () => {
    const dir = await folder();
    const first = await open(dir);
    await first.lake.sink.keep([...eventsFor('gone', 0, 40), ...eventsFor('stays', 0, 40)]);
    await first.lake.compact();
    expect(await first.lake.eraser.erase('gone')).toBe(40);
    await first.close();
    const { lake } = await open(dir);
    expect([(await found(lake, 'gone')).length, (await found(lake, 'stays')).length]).toEqual([0, 40]);
  });

  test('while events come and questions are asked, loses none of another project', async () => {
    const { lake } = await open(await folder());
    await lake.sink.keep(eventsFor('gone', 0, 200));
    let sent = 0;
    const sending = (async () => {
      for (; sent < 2_000; sent += 50) {
        await lake.sink.keep(eventsFor('stays', sent, sent + 50));
        if (sent % 500 === 0) await found(lake, 'stays');
      }
    })();
    expect(await lake.eraser.erase('gone')).toBe(200);
    await sending;
    expect(await found(lake, 'stays')).toHaveLength(2_000);
    expect(await found(lake, 'gone')).toEqual([]);
  });
});

test('killed at any moment of it, all of the project is there or none, and the other whole', async () => {
  for (const afterMs of [0, 5, 15, 30, 60, 120]) {
    const dir = await folder();
    const first = await open(dir);
    await first.lake.sink.keep([...eventsFor('gone', 0, 300), ...eventsFor('stays', 0, 300)]);
    await first.lake.flush();
    await first.close();
    const child = spawn(process.execPath, [join(import.meta.dirname, 'erase-child.ts'), dir, 'gone'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines: string[] = [];
    const reading = createInterface({ input: child.stdout });
    for await (const line of reading) {
      lines.push(line);
      if (line === 'begun') {
        setTimeout(() => child.kill('SIGKILL'), afterMs);
      }
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    const { lake, close } = await open(dir);
    const left = (await found(lake, 'gone')).length;
    expect([afterMs, left === 0 || left === 300]).toEqual([afterMs, true]);
    if (lines.includes('erased 300')) expect(left).toBe(0);
    expect(await found(lake, 'stays')).toHaveLength(300);
    expect(await lake.sink.keep(eventsFor('stays', 0, 300))).toEqual({ repeats: 300 });
    expect(await lake.eraser.erase('gone')).toBe(left);
    expect(holding(dir, 'gone-id')).toEqual([]);
    expect(await lake.sink.keep(eventsFor('gone', 0, 300))).toEqual({ repeats: 0 });
    await close();
  }
});
