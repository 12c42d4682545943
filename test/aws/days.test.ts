import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventsOf, identifiesOf } from '../../src/lake/events-of.ts';
import { sql } from '../../src/sql/sql.ts';
import { anEvent } from '../worlds/event.ts';
import { openCloudLake } from './lake.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
/** Twenty minutes and seven days before this a day ends. */
const from = Date.parse('2026-03-09T00:19:59.999Z');
const period = { from, to: from + day };
const earliest = from - 5 * minute;

let lake: Awaited<ReturnType<typeof openCloudLake>>;
beforeAll(async () => {
  lake = await openCloudLake();
});
afterAll(() => lake.close());

const ask = async (project: string, relation: typeof eventsOf | typeof identifiesOf) => {
  const reading = { projects: [project], env: 'live', bots: true, lake: 'raw' } as const;
  const { rows } = await lake
    .engine()
    .ask(
      sql`select path from (${relation(reading, period)}) as e order by path`,
      { reading, period },
      { timeMs: 20_000 },
    );
  return rows.map(({ path }) => path);
};

describe('a question about a period reads the raw lake’s days from 5 minutes, 7 days and the time of one file before it, each file under the earliest day possible', () => {
  test.each([
    ['an event that came five minutes before its own time is seen', [[earliest, from, '/early']], ['/early']],
    ['an event that came years later is seen', [[from + 900 * day, from, '/late']], ['/late']],
    [
      'the first copy decides when its repeat comes seven days after it',
      [
        [earliest - 7 * day, earliest - 7 * day, '/first'],
        [earliest, from, '/repeat'],
      ],
      [],
    ],
    [
      'a repeat within the period is not counted beside its first copy',
      [
        [from, from, '/first'],
        [from + minute, from + minute, '/repeat'],
      ],
      ['/first'],
    ],
    [
      'a repeat that comes a day later than the contract’s seven counts by itself, since older days are not read',
      [
        [earliest - 8 * day, earliest - 8 * day, '/first'],
        [earliest, from, '/repeat'],
      ],
      ['/repeat'],
    ],
  ] as const)('%s', async (project, copies, paths) => {
    for (const [received_at, ts, path] of copies)
      await lake
        .sink()
        .keep([
          anEvent({ project_id: project, received_at, ts, path, event_id: 'e1', request_id: `r-${path}` }),
        ]);
    expect(await ask(project, eventsOf)).toEqual(paths);
  });

  test('but identifications of all time', async () => {
    const years = from - 3_000 * day;
    await lake.sink().keep([
      anEvent({
        project_id: 'who',
        received_at: years,
        ts: years,
        path: '/said',
        event_name: '$identify',
        user_id: 'u1',
      }),
    ]);
    expect(await ask('who', identifiesOf)).toEqual(['/said']);
  });
});
