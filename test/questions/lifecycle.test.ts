import { expect, test } from 'vitest';
import { anEvent } from '../worlds/event.ts';
import { cases } from '../worlds/worlds.ts';
import { askers, inWorlds, patience, worlds } from './agreement.ts';
import { agrees } from './properties.ts';

agrees('lifecycle');

const { clean } = askers();
const asking = { now: Date.parse('2026-06-01T00:00:00Z'), timezone: 'UTC' };
const weeks = ['2026-03-02', '2026-03-09', '2026-03-16', '2026-03-23'] as const;

test('the worked case: X active in weeks 1, 2 and 4, Y in week 3 only', async () => {
  const project_id = 'worked-weeks';
  const active = [...[0, 1, 3].map((week) => ['X', week] as const), ['Y', 2] as const];
  await clean().keep([
    active.map(([anonymous_id, week]) =>
      anEvent({ project_id, anonymous_id, at: `${weeks[week]}T10:00:00Z` }),
    ),
  ]);
  const context = { projects: [project_id], env: 'live' } as const;
  const args = { from: '2026-03-02', to: '2026-03-29' };
  const { rows } = await clean().ask('lifecycle', args, context, asking);
  expect(rows).toEqual(
    [
      [1, 1, 0, 0, 0],
      [1, 0, 1, 0, 0],
      [1, 1, 0, 0, -1],
      [1, 0, 0, 1, -1],
    ].map(([all, fresh, returning, resurrecting, dormant], week) => ({
      ...{ bucket: `${weeks[week]}T00:00:00.000Z`, active: all, new: fresh },
      ...{ returning, resurrecting, dormant },
    })),
  );
});

test('new is the first ever, however long before the period that was', async () => {
  const project_id = 'worked-ever';
  const at = ['1999-03-02T10:00:00Z', '2026-03-02T10:00:00Z'];
  await clean().keep([at.map((one) => anEvent({ project_id, at: one }))]);
  const context = { projects: [project_id], env: 'live' } as const;
  const args = { from: '2026-03-02', to: '2026-03-08' };
  const { rows } = await clean().ask('lifecycle', args, context, asking);
  expect(rows).toMatchObject([{ active: 1, new: 0, resurrecting: 1 }]);
});

test('its numbers reconcile, and those active are who active_people counts', {
  timeout: patience,
}, async () => {
  await inWorlds(
    cases('lifecycle'),
    Math.ceil(worlds / 4),
    clean(),
    async ({ requests, args, context, asking }) => {
      await clean().keep(requests);
      const { rows } = await clean().ask('lifecycle', { ...args, interval: 'day' }, context, asking);
      const { interval: _, ...shared } = args;
      const active = await clean().ask('active_people', shared, context, asking);
      expect(rows.map((row) => [row.bucket, row.active])).toEqual(
        active.rows.map((row) => [row.bucket, row.dau]),
      );
      for (const [day, row] of rows.entries()) {
        const { active: all, new: fresh, returning, resurrecting } = row;
        expect(all).toBe(Number(fresh) + Number(returning) + Number(resurrecting));
        // Of yesterday’s people, who did not return has stopped.
        const before = rows[day - 1];
        if (before !== undefined) expect(Number(returning) - Number(row.dormant)).toBe(before.active);
      }
    },
  );
});
