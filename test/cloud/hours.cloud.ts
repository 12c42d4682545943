import { expect, test } from 'vitest';
import { eventsOf } from '../../src/lake/events-of.ts';
import { sql } from '../../src/sql/sql.ts';
import { anEvent } from '../worlds/event.ts';
import { openRoomLake } from './room.ts';

const day = 86_400_000;

test('a question about a week finds what came in this hour among the hours that the table projects, few of which have a folder', async () => {
  const lake = await openRoomLake('hours');
  try {
    const now = Date.now();
    const period = { from: now - 7 * day, to: now };
    const reading = { projects: ['shop'], env: 'live', bots: true, lake: 'raw' } as const;
    await lake
      .sink()
      .keep([anEvent({ received_at: now, ts: now - 3 * day, path: '/seen' }), anEvent({ received_at: now, ts: now - 8 * day, path: '/before', seq: 1 })]);
    const { rows, cost } = await lake.engine().ask(sql`select path from (${eventsOf(reading, period)}) as e`, { reading, period }, { timeMs: 50_000 });
    expect(rows).toEqual([{ path: '/seen' }]);
    expect(cost.bytes).toBeGreaterThan(0);
  } finally {
    await lake.close();
  }
});
