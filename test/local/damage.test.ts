import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/columns.ts';
import { type Lake, openLake } from '../../src/local/lake.ts';
import { relation as lakeRelation, sql } from '../../src/sql/sql.ts';
import { anEvent } from '../worlds/event.ts';
import { listening } from './lake-folder.ts';

/** How often the folder is damaged; the nightly run asks for more. */
const trials = Number(process.env.MILLIMETRIC_DAMAGES ?? 30);
const monday = Date.parse('2026-03-02T00:00:00Z');
const dayMs = 86_400_000;
const projects = ['shop', 'other'];

/** Request `n`: events of two projects over four days, one of them an identification. */
const request = (n: number, size = 60): readonly Event[] =>
  Array.from({ length: size }, (_, i) =>
    anEvent({
      project_id: projects[i % 2] ?? 'shop',
      ts: monday + ((n + i) % 4) * dayMs + i * 1_000,
      event_id: `${n}-${i}`,
      event_name: i % 20 === 4 ? '$identify' : 'saved',
      user_id: i % 20 === 4 ? `u${i}` : null,
      request_id: `request-${n}`,
      seq: i,
      properties: JSON.stringify({ n, i, text: createHash('sha256').update(`${n}-${i}`).digest('base64') }),
    }),
  );

const shown = ({ event_id, event_name, ts, user_id, properties }: Event): string =>
  JSON.stringify([event_id, event_name, new Date(ts).toISOString(), user_id, properties]);

const ask = async (lake: Lake, relation: 'events' | 'identifies') => {
  const { rows, notes } = await lake.engine.ask(
    sql`select event_id, event_name, ts, user_id, properties from ${lakeRelation(relation)} where project_id in ('shop', 'other') order by event_id`,
    { reading: { projects, env: 'live', bots: true, lake: 'clean' }, period: { from: 0, to: 4e12 } },
    { timeMs: 30_000 },
  );
  return { rows: rows.map((row) => JSON.stringify(Object.values(row))), notes };
};

const filesIn = async (folder: string): Promise<ReadonlyMap<string, Buffer>> => {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    await Promise.all(
      entries
        .map(({ parentPath, name }) => join(parentPath, name))
        .map(async (path) => [relative(folder, path), await readFile(path)] as const),
    ),
  );
};

/** Chance that is the same in every run. */
const dice = (seed: number) => (below: number) => {
  seed = (Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
  return ((seed ^ (seed >>> 12)) >>> 0) % below;
};

let home: string;
let before: ReadonlyMap<string, Buffer>;
let truth: readonly Event[];
const states: { readonly name: string; readonly files: ReadonlyMap<string, Buffer> }[] = [];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'damage-'));
  const dir = join(home, 'made');
  const open = () => openLake({ dir, log: listening().log, clock: Date.now });
  let lake = await open();
  const sent: Event[] = [];
  const keep = async (n: number) => {
    const events = request(n);
    await lake.sink.keep(events);
    sent.push(...events);
  };
  await keep(1);
  await lake.flush();
  await lake.compact();
  await keep(2);
  await lake.flush();
  await keep(3);
  before = await filesIn(dir);
  await lake.close();
  lake = await open();
  await keep(4);
  await lake.flush();
  await lake.compact();
  await keep(5);
  await lake.flush();
  await keep(6);
  truth = sent;
  // As a crash would leave it, and as a stop does.
  states.push({ name: 'ended at once', files: await filesIn(dir) });
  await lake.close();
  states.push({ name: 'stopped', files: await filesIn(dir) });
}, 120_000);
afterAll(() => rm(home, { recursive: true, force: true }));

/** One file, or two, damaged: put back from before, a bit flipped, or cut short. */
const damages = (
  roll: (below: number) => number,
  files: ReadonlyMap<string, Buffer>,
): ReadonlyMap<string, readonly [what: string, bytes: Buffer]> => {
  const harmed = new Map<string, readonly [string, Buffer]>();
  for (let left = 1 + roll(2); left > 0; left--) {
    const restored = roll(2) === 0;
    const from = restored ? before : files;
    // Every file is as likely as its kind, of which there may be many.
    const kinds = [...Map.groupBy(from.keys(), (path) => path.replace(/^([^/]+).*$/, '$1')).values()];
    const kind = kinds[roll(kinds.length)] ?? [];
    const path = kind[roll(kind.length)] ?? '';
    const bytes = Buffer.from(from.get(path) ?? '');
    if (restored) harmed.set(path, ['restored', bytes]);
    else if (bytes.length > 0) {
      const at = roll(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << roll(8));
      harmed.set(path, [`flipped at ${at}`, bytes]);
    }
  }
  return harmed;
};

describe('a data folder of which files were put back from an hour before, or bits have flipped', () => {
  test.each(Array.from({ length: trials }, (_, seed) => seed))(
    'trial %d: every answer is whole or says what is missing, or the start ends with a sentence; nothing is gone, nothing comes twice',
    async (seed) => {
      const roll = dice(seed + 1);
      const state = states[roll(states.length)] ?? { name: '', files: new Map<string, Buffer>() };
      const dir = join(home, `trial-${seed}`);
      const harmed = damages(roll, state.files);
      for (const [path, bytes] of [
        ...state.files,
        ...[...harmed].map(([path, [, bytes]]) => [path, bytes] as const),
      ]) {
        await mkdir(dirname(join(dir, path)), { recursive: true });
        await writeFile(join(dir, path), bytes);
      }
      const told = `${state.name}; ${[...harmed].map(([path, [what]]) => `${path} ${what}`).join(', ')}`;
      const laid = await filesIn(dir);
      const { log, lines } = listening();
      const opened = await openLake({ dir, log, clock: Date.now }).catch((error: unknown) => String(error));
      if (typeof opened === 'string') {
        expect(opened, told).toMatch(/^Error: [^\n]{40,}\.$/);
        for (const [path, bytes] of laid)
          expect((await readFile(join(dir, path))).equals(bytes), `${told}: ${path}`).toBe(true);
        await rm(dir, { recursive: true });
        return;
      }
      let lake = opened;
      const all = truth.map(shown).toSorted();
      const check = async () => {
        for (const relation of ['events', 'identifies'] as const) {
          const { rows, notes } = await ask(lake, relation);
          const wanted = relation === 'events' ? all : all.filter((row) => row.includes('$identify'));
          const have = new Set(rows);
          const context = `${told}\n${notes.join('\n')}\n${lines.join('\n')}`;
          expect(rows.length, `twice: ${context}`).toBe(have.size);
          expect(
            rows.filter((row) => !wanted.includes(row)),
            `false: ${context}`,
          ).toEqual([]);
          if (have.size < wanted.length)
            expect(notes, `${wanted.length - have.size} missing: ${context}`).not.toEqual([]);
        }
        return (await ask(lake, 'events')).rows.length === all.length;
      };
      const whole = await check();
      await lake.compact();
      await check();
      // A caller who sends again what it was told is safe: no event comes twice. Where ids are damaged events are refused, until a start.
      const again = () =>
        Promise.all([1, 2, 3, 4, 5, 6].map((n) => lake.sink.keep(request(n)))).then(
          () => true,
          () => false,
        );
      if (!(await again())) {
        await lake.close();
        lake = await openLake({ dir, log, clock: Date.now });
        expect(await again(), told).toBe(true);
      }
      await check();
      await lake.close();
      if (!whole) {
        const left = [...(await filesIn(dir)).values()].filter(({ length }) => length > 0);
        // What of a journal’s file could be read is in the lake; its end is a file of its own.
        const isThere = (bytes: Buffer) =>
          left.some(
            (file) => file.length <= bytes.length && bytes.subarray(bytes.length - file.length).equals(file),
          );
        const gone = [...harmed].filter(
          ([path, [, bytes]]) =>
            /^(parquet|journal)/.test(path) && !before.get(path)?.equals(bytes) && !isThere(bytes),
        );
        expect(
          gone.map(([path]) => path),
          `gone: ${told}`,
        ).toEqual([]);
      }
      await rm(dir, { recursive: true });
    },
    120_000,
  );
});

describe('an older list of files', () => {
  const laid = async (name: string, changed: ReadonlyMap<string, Buffer>) => {
    const dir = join(home, name);
    const files = new Map([...(states.at(-1)?.files ?? []), ...changed]);
    for (const [path, bytes] of files) {
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), bytes);
    }
    const { log, lines } = listening();
    return { dir, lines, open: () => openLake({ dir, log, clock: Date.now }) };
  };
  const lists = (end: RegExp) => new Map([...before].filter(([path]) => end.test(path)));
  const all = () => truth.map(shown).toSorted();

  test('put back alone gives way to its copy: every event is there, and nothing has to be said', async () => {
    const { lines, open } = await laid('alone', lists(/^lake\.sqlite/));
    const lake = await open();
    expect(await ask(lake, 'events')).toEqual({ rows: all(), notes: [] });
    expect(lines.join('\n')).toContain('lake.sqlite is older than its copy');
    await lake.close();
  });

  test('put back with its copy: every event is found in the files, also after the next start', async () => {
    const { lines, open } = await laid('both', lists(/^lake\./));
    let lake = await open();
    for (const again of [false, true]) {
      expect((await ask(lake, 'events')).rows).toEqual(all());
      if (again) break;
      await lake.compact();
      await lake.close();
      lake = await open();
    }
    expect(lines.join('\n')).toContain('was taken into the lake: its rows were in no other');
    await lake.close();
  });

  test('a stranger’s file in the lake, and one of ours with a changed byte, are set aside and named', async () => {
    const [path = '', bytes = Buffer.alloc(0)] =
      [...before].find(
        ([path]) => path.startsWith('parquet/shop/') && states.at(-1)?.files.has(path) === false,
      ) ?? [];
    const changed = Buffer.from(bytes);
    changed[200] = (changed[200] ?? 0) ^ 1;
    const { dir, open } = await laid(
      'strange',
      new Map([
        [path, changed],
        ['parquet/notes.txt', Buffer.from('mine')],
        ['journal/notes.txt', Buffer.from('mine too')],
      ]),
    );
    const lake = await open();
    const { rows, notes } = await ask(lake, 'events');
    expect(rows).toEqual(all());
    const name = path.split('/').at(-1) ?? '';
    expect(notes).toEqual([
      `A file that the list of files does not name could not be read and was set aside (set-aside/unnamed/${name}): its events may be missing from this answer.`,
    ]);
    expect((await readdir(join(dir, 'set-aside', 'unnamed'))).toSorted()).toEqual(
      [name, 'notes.txt', 'notes.txt.2'].toSorted(),
    );
    await lake.close();
  });
});
