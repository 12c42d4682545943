import { describe, expect, test } from 'vitest';
import { anEvent } from '../worlds/event.ts';
import { cases } from '../worlds/worlds.ts';
import { askers, inWorlds, patience, worlds } from './agreement.ts';
import { agrees } from './properties.ts';

agrees('active_people');

const { clean } = askers();
const asking = { now: Date.parse('2026-06-01T00:00:00Z'), timezone: 'UTC' };
const ask = async (project: string, args: Readonly<Record<string, unknown>>, at = asking) =>
  (await clean().ask('active_people', args, { projects: [project], env: 'live' }, at)).rows;

describe('the worked cases', () => {
  test('who was active only on day d is in the month to d + 29, in the week to d + 6, and then gone', async () => {
    const project_id = 'worked-month';
    await clean().keep([[anEvent({ project_id, at: '2026-03-02T10:00:00Z' })]]);
    const rows = await ask(project_id, { from: '2026-03-01', to: '2026-04-02' });
    const days = (of: 'dau' | 'wau' | 'mau') => rows.flatMap((row, day) => (row[of] === 1 ? [day + 1] : []));
    expect(rows).toHaveLength(33);
    expect(days('dau')).toEqual([2]);
    expect(days('wau')).toEqual([2, 3, 4, 5, 6, 7, 8]);
    expect(days('mau')).toEqual(Array.from({ length: 30 }, (_, n) => n + 2));
  });

  test('what was done before the period is in its first day’s month', async () => {
    const project_id = 'worked-before';
    await clean().keep([[anEvent({ project_id, at: '2026-03-02T10:00:00Z' })]]);
    const rows = await ask(project_id, { from: '2026-03-31', to: '2026-04-01' });
    expect(rows.map(({ dau, wau, mau }) => [dau, wau, mau])).toEqual([
      [0, 0, 1],
      [0, 0, 0],
    ]);
  });

  test('the series ends today, and $identify alone is no activity', async () => {
    const project_id = 'worked-today';
    const said = [
      { at: '2026-03-02T10:00:00Z' },
      { at: '2026-03-03T10:00:00Z', event_name: '$identify', user_id: 'u' },
    ];
    await clean().keep([said.map((one) => anEvent({ project_id, ...one }))]);
    const rows = await ask(
      project_id,
      { from: '2026-03-02', to: '2026-03-31' },
      { ...asking, now: Date.parse('2026-03-03T12:00:00Z') },
    );
    expect(rows.map(({ bucket, dau }) => [bucket, dau])).toEqual([
      ['2026-03-02T00:00:00.000Z', 1],
      ['2026-03-03T00:00:00.000Z', 0],
    ]);
  });
});

test('its dau is what get_stats counts of the day', { timeout: patience }, async () => {
  await inWorlds(
    cases('get_stats'),
    Math.ceil(worlds / 4),
    clean(),
    async ({ requests, context, asking }) => {
      await clean().keep(requests);
      const args = { event: 'A', from: '1969-12-01', to: '1970-02-01', tz: 'Asia/Kolkata' };
      const span = new Date(asking.now - 20 * 86_400_000).toISOString().slice(0, 10);
      const asked = { ...args, from: span, to: new Date(asking.now).toISOString().slice(0, 10) };
      const active = await clean().ask('active_people', { ...asked, per: 'visitor' }, context, asking);
      const stats = await clean().ask(
        'get_stats',
        { ...asked, to: new Date(asking.now).toISOString(), metric: 'uniques', interval: 'day' },
        context,
        asking,
      );
      const counted = new Map(stats.rows.map(({ bucket, value }) => [bucket, value]));
      // The last day is not cut alike where the two read `to` in their own way.
      for (const { bucket, dau } of active.rows.slice(0, -2))
        expect(dau).toBe(counted.get(bucket ?? null) ?? 0);
    },
  );
});
