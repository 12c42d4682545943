import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventsOf } from '../../src/lake/events-of.ts';
import { relation, Sql, sql } from '../../src/sql/sql.ts';
import { engineKeepsItsPromise } from '../contracts/engine.ts';
import { anEvent, sent } from '../worlds/event.ts';
import { openLocal } from './lake-folder.ts';

engineKeepsItsPromise('local', openLocal);

const day = 86_400_000;
const monday = Date.parse('2026-03-02T00:00:00Z');
const week = { from: monday, to: monday + 7 * day };

let on: Awaited<ReturnType<typeof openLocal>>;
beforeEach(async () => {
  on = await openLocal();
});
afterEach(() => on.close());

const ask = (question = sql``, projects: readonly string[] = ['shop', 'other'], period = week) => {
  const reading = { projects, env: 'live' as const, bots: true, lake: 'clean' as const };
  const counted = sql`select count(*) as n from (${eventsOf(reading, period)}) as e`;
  return on.engine().ask(question.text === '' ? counted : question, { reading, period }, { timeMs: 20_000 });
};
const fileOf = async (dir: string) =>
  join(on.dir, 'parquet', dir, (await readdir(join(on.dir, 'parquet', dir)))[0] ?? '');

describe('the engine is shut in', () => {
  test.each([
    ['read the machine’s files', "select * from read_text('/etc/hostname')"],
    ['read its own manifest', 'manifest'],
    ['list folders', "select * from glob('/etc/*')"],
    ['write elsewhere', "copy (select 1) to '/tmp/millimetric-must-not-exist.csv'"],
    ['attach a database', "attach '/tmp/millimetric-must-not-exist.db' as other"],
    ['install an extension', 'install httpfs'],
    ['undo the lock', 'set enable_external_access = true'],
    ['take more memory', "set memory_limit = '64GB'"],
  ])('and cannot %s', async (_, text) => {
    const tried =
      text === 'manifest' ? sql`select * from read_blob(${join(on.dir, 'lake.sqlite')})` : new Sql(text);
    await expect(
      on
        .engine()
        .ask(
          tried,
          { reading: { projects: ['shop'], env: 'live', bots: true, lake: 'clean' }, period: week },
          { timeMs: 5_000 },
        ),
    ).rejects.toThrow();
  });
});

describe('a file that went bad', () => {
  const damages: readonly (readonly [string, (path: string) => Promise<unknown>])[] = [
    ['is missing', (path) => rm(path)],
    ['is cut short', (path) => truncate(path, 500)],
    ['is empty', (path) => truncate(path, 0)],
    ['has another end', (path) => flip(path, -2)],
    ['has a flipped byte in its footer', (path) => flip(path, -40)],
    ['has a footer as long as a lie', (path) => flip(path, -5)],
  ];
  const flip = async (path: string, at: number) => {
    const bytes = await readFile(path);
    const place = bytes.length + at;
    bytes[place] = (bytes[place] ?? 0) ^ 0xff;
    await writeFile(path, bytes);
  };
  const twoFiles = async () => {
    await on
      .sink()
      .keep(
        sent(
          anEvent({ ts: monday }),
          anEvent({ ts: monday, project_id: 'other' }),
          anEvent({ ts: monday, project_id: 'other' }),
        ),
      );
    await on.settle();
    return fileOf('shop');
  };

  test.each(
    damages.flatMap(([what, harm]) =>
      [false, true].map(
        (restart) =>
          [what, restart ? 'found after a restart' : 'found while running', harm, restart] as const,
      ),
    ),
  )(
    'because it %s, %s, is set aside, named in the log and the notes, and the rest answers',
    async (_what, _when, harm, restart) => {
      const path = await twoFiles();
      if (!restart) expect((await ask()).rows).toEqual([{ n: 3 }]);
      if (restart) await on.now().close();
      await harm(path);
      if (restart) await on.reopenAfterClose();
      const name = path.split('/').at(-1) ?? '';
      for (let again = 0; again < 2; again++) {
        const answer = await ask();
        expect(answer.rows).toEqual([{ n: 2 }]);
        expect(answer.notes).toEqual([
          `The file ${name} could not be read and was set aside: up to 1 events are missing from this answer.`,
        ]);
      }
      expect(on.lines.filter((line) => line.includes(name))).toHaveLength(1);
      expect(await readdir(join(on.dir, 'set-aside'))).toEqual([name]);
      expect((await ask(undefined, ['other'])).notes).toEqual([]);
      await on.settle();
      expect((await ask()).rows).toEqual([{ n: 2 }]);
    },
  );

  test('because a byte of its data flipped is set aside when a question stumbles over it', async () => {
    await on
      .sink()
      .keep(
        sent(
          ...Array.from({ length: 500 }, (_, i) =>
            anEvent({ ts: monday + i, path: `/page/${i}/${(i * 7919) % 1000}` }),
          ),
        ),
      );
    await on.settle();
    const path = await fileOf('shop');
    const bytes = await readFile(path);
    await writeFile(path, bytes.fill(0x55, 10, bytes.length - 6_000 > 20 ? bytes.length - 6_000 : 400));
    const answer = await ask(
      sql`select count(distinct path) as n, max(anonymous_id) as a, max(event_name) as e, max(request_id) as r from ${relation('events')}`,
    );
    expect(answer.rows[0]?.n).toBe(0);
    expect(answer.notes).toHaveLength(1);
  });

  test('is mentioned until a person has removed it from the folder of such files', async () => {
    const path = await twoFiles();
    await truncate(path, 100);
    expect((await ask()).notes).toHaveLength(1);
    await on.reopen();
    expect((await ask()).notes).toHaveLength(1);
    for (const file of await readdir(join(on.dir, 'set-aside'))) await rm(join(on.dir, 'set-aside', file));
    await on.reopen();
    const answer = await ask();
    expect([answer.rows, answer.notes]).toEqual([[{ n: 2 }], []]);
  });

  test('but a file that was only touched is as good as before', async () => {
    const path = await twoFiles();
    await utimes(path, 1, 1);
    const answer = await ask();
    expect([answer.rows, answer.notes]).toEqual([[{ n: 3 }], []]);
  });
});

describe('where nothing can be copied out of the journal', () => {
  const place = () => join(on.dir, 'temp', 'tail');
  const block = () => {
    rmSync(place(), { recursive: true, force: true });
    writeFileSync(place(), '');
  };
  const free = () => {
    rmSync(place(), { recursive: true, force: true });
    mkdirSync(place());
  };

  test('an event is still in the very next answer, once, and afterwards too', async () => {
    let n = 0;
    const keep = async () => {
      await on.sink().keep(sent(anEvent({ ts: monday + ++n })));
      expect((await ask()).rows).toEqual([{ n }]);
    };
    await keep();
    await keep();
    block();
    expect((await ask()).rows).toEqual([{ n }]);
    await keep();
    await keep();
    expect(on.lines.filter((line) => line.includes('could not be copied'))).toHaveLength(2);
    free();
    await keep();
    await on.now().flush();
    await keep();
    await on.settle();
    await keep();
  });

  test('no question sees fewer events than were acknowledged, or one twice, while they come and are flushed', async () => {
    let acknowledged = 0;
    let coming = true;
    const send = async (worker: number) => {
      for (let request = 0; request < 40; request++) {
        await on
          .sink()
          .keep(
            sent(
              ...Array.from({ length: 20 }, (_, i) =>
                anEvent({ ts: monday + i, event_id: `${worker}-${request}-${i}` }),
              ),
            ),
          );
        acknowledged += 20;
      }
    };
    const look = async () => {
      while (coming) {
        const atLeast = acknowledged;
        const { rows } = await ask(
          sql`select count(*) as n, count(distinct event_id) as ids from ${relation('events')}`,
        );
        expect(rows[0]?.n).toBe(rows[0]?.ids);
        expect(Number(rows[0]?.n)).toBeGreaterThanOrEqual(atLeast);
      }
    };
    const others = [
      look(),
      look(),
      (async () => {
        while (coming) {
          block();
          await on.now().flush();
          free();
          await on.now().flush();
        }
      })(),
    ];
    await Promise.all([send(0), send(1), send(2)]).finally(() => {
      coming = false;
    });
    await Promise.all(others);
    expect((await ask()).rows).toEqual([{ n: 2_400 }]);
  });
});

test('what waits in the journal is counted once, whether it is read as text, from memory or from files', async () => {
  let n = 0;
  for (const flushes of [false, true, false]) {
    for (let round = 0; round < 30; round++) {
      await on
        .sink()
        .keep(
          sent(
            ...Array.from({ length: 50 }, (_, i) =>
              anEvent({ ts: monday + i, properties: JSON.stringify({ text: 'x'.repeat(900) }) }),
            ),
          ),
        );
      n += 50;
      const counts = await Promise.all([
        ask(),
        ask(),
        ask(
          sql`select count(*) as n from ${relation('events')} as a where exists (select 1 from ${relation('events')} as b where a.ts = b.ts)`,
        ),
      ]);
      expect(counts.map(({ rows }) => rows[0]?.n)).toEqual([n, n, n]);
    }
    if (flushes) await on.now().flush();
    else await on.reopen();
  }
  expect(await readdir(join(on.dir, 'temp', 'tail'))).toEqual([]);
}, 60_000);

test('a question reads the files of its projects and days only', async () => {
  const events = ['shop', 'other'].flatMap((project_id) =>
    [0, 1, 2, 3].map((n) => anEvent({ project_id, ts: monday + n * day })),
  );
  await on.sink().keep(sent(...events));
  await on.settle();
  const bytes = async (projects: readonly string[], days: number) =>
    (await ask(undefined, projects, { from: monday, to: monday + days * day })).cost.bytes;
  const one = await bytes(['shop'], 1);
  expect(one).toBeGreaterThan(0);
  const share = async (projects: readonly string[], days: number) =>
    Math.round(((await bytes(projects, days)) / one) * 10) / 10;
  expect([
    await share(['shop'], 2),
    await share(['shop', 'other'], 1),
    await share(['shop', 'other'], 4),
    await share(['nobody'], 4),
  ]).toEqual([2, 2, 8, 0]);
});
