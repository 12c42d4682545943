import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/columns.ts';
import { anEvent } from '../worlds/event.ts';
import { cases } from '../worlds/worlds.ts';
import { askers, inWorlds, patience, worlds } from './agreement.ts';
import { agrees } from './properties.ts';

agrees('retention');

const { clean } = askers();
const later = { now: Date.parse('2026-06-01T00:00:00Z'), timezone: 'UTC' };
const march = { from: '2026-03-01', to: '2026-03-31' };

const ask = async (project: string, args: Readonly<Record<string, unknown>>, asking = later) =>
  (await clean().ask('retention', args, { projects: [project], env: 'live' }, asking)).rows;

describe('the worked cases', () => {
  const born = { event_name: 'sign_up', at: '2026-03-02T20:00:00Z' };
  const nextMorning = { event_name: 'open', at: '2026-03-03T06:00:00Z' };

  test.each([
    ['rolling', 0],
    ['calendar', 1],
  ])('born Monday 20:00, back Tuesday 06:00 is, %s, day %i', async (align, period) => {
    const project_id = `worked-${align}`;
    await clean().keep([[born, nextMorning].map((one) => anEvent({ project_id, ...one }))]);
    const rows = await ask(project_id, { ...march, birth: 'sign_up', unit: 'day', periods: 3, align });
    expect(rows.filter(({ people }) => people === 1).map((row) => row.period)).toEqual([period, period]);
  });

  test.each([
    ['on', [0, 2, 3, 7]],
    ['on_or_after', [0, 1, 2, 3, 4, 5, 6, 7]],
    ['on_or_before', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ] as const)('active on days 0, 2, 3 and 7 is back %s %j', async (criteria, periods) => {
    const project_id = `worked-${criteria.replaceAll('_', '-')}`;
    const days = [2, 2, 4, 5, 9].map((day, n) =>
      anEvent({ project_id, event_name: n === 0 ? 'sign_up' : 'open', at: `2026-03-0${day}T1${n}:00:00Z` }),
    );
    await clean().keep([days]);
    const rows = await ask(project_id, { ...march, birth: 'sign_up', unit: 'day', periods: 10, criteria });
    expect(
      rows.filter(({ cohort, people }) => cohort !== null && people === 1).map((row) => row.period),
    ).toEqual(periods);
  });

  test('1000 and 500 of whom 500 and 400 came back, and a third cohort that is not over: 0.6', async () => {
    const project_id = 'worked-average';
    const cohort = (day: number, size: number, back: number): readonly Event[] =>
      Array.from({ length: size }, (_, n) => {
        const who = { project_id, anonymous_id: `d${day}-${n}` };
        const at = (on: number) => `2026-03-0${on}T12:00:00Z`;
        const all = [anEvent({ ...who, event_name: 'sign_up', at: at(day), request_id: `b${day}-${n}` })];
        if (n < back)
          all.push(anEvent({ ...who, event_name: 'open', at: at(day + 1), request_id: `o${day}-${n}` }));
        return all;
      }).flat();
    await clean().keep([cohort(2, 1000, 500), cohort(3, 500, 400), cohort(4, 100, 10)]);
    const args = { ...march, birth: 'sign_up', unit: 'day', periods: 2, align: 'calendar' };
    const rows = await ask(project_id, args, { ...later, now: Date.parse('2026-03-05T13:00:00Z') });
    expect(
      rows.filter(({ period }) => period === 1).map(({ size, people, share }) => [size, people, share]),
    ).toEqual([
      [1000, 500, 0.5],
      [500, 400, 0.8],
      [100, null, null],
      [1500, 900, 0.6],
    ]);
  });

  test('the birth is no return of its own, a second one at the same instant is', async () => {
    for (const [project_id, many] of [
      ['worked-once', 1],
      ['worked-twice', 2],
    ] as const)
      await clean().keep([
        Array.from({ length: many }, (_, seq) => anEvent({ project_id, event_name: 'sign_up', seq })),
      ]);
    const args = { ...march, birth: 'sign_up', unit: 'day', periods: 1 };
    expect((await ask('worked-once', args)).map(({ people }) => people)).toEqual([0, 0]);
    expect((await ask('worked-twice', args)).map(({ people }) => people)).toEqual([1, 1]);
  });

  test.each([
    ['twice at one instant', ['02:31:00', '02:31:00'], '2010-11-06T02:30:00.000Z'],
    [
      'before and after the clock went back over midnight',
      ['02:30:30', '02:40:00'],
      '2010-11-07T02:30:00.000Z',
    ],
  ])('born %s: that is period 0', async (_, times, cohort) => {
    const project_id = `worked-back-${times[0]?.replaceAll(':', '')}`;
    const said = times.map((time, seq) =>
      anEvent({ project_id, event_name: 'open', at: `2010-11-07T${time}Z`, request_id: 'r', seq }),
    );
    await clean().keep([said]);
    const args = { from: '2010-11-01', to: '2010-11-20', tz: 'America/St_Johns', birth: 'open', unit: 'day' };
    for (const criteria of ['on', 'on_or_after', 'on_or_before']) {
      const rows = await ask(project_id, { ...args, periods: 1, align: 'calendar', criteria });
      expect(rows).toEqual([
        { cohort, size: 1, period: 0, people: 1, share: 1 },
        { cohort: null, size: 1, period: 0, people: 1, share: 1 },
      ]);
    }
  });

  test('a day of 23 hours is a day of the calendar, and 24 hours are none of it', async () => {
    const project_id = 'worked-dst';
    const at = ['2026-03-08T05:30:00Z', '2026-03-09T04:30:00Z'];
    await clean().keep([at.map((one) => anEvent({ project_id, event_name: 'open', at: one }))]);
    const args = { from: '2026-03-01', to: '2026-03-20', tz: 'America/New_York', birth: 'open', unit: 'day' };
    for (const [align, period] of [
      ['rolling', 0],
      ['calendar', 1],
    ] as const) {
      const rows = await ask(project_id, { ...args, periods: 2, align });
      expect(rows.filter(({ people }) => people === 1).map((row) => row.period)).toEqual([period, period]);
    }
  });
});

test('on, by days of the calendar: those born and those who came back are the day’s active people', {
  timeout: patience,
}, async () => {
  await inWorlds(
    cases('get_stats'),
    Math.ceil(worlds / 4),
    clean(),
    async ({ requests, project, context, asking }) => {
      await clean().keep(requests);
      const period = { from: 'last:8d' };
      const args = { ...period, birth: 'A', return: 'A', unit: 'day', periods: 20, align: 'calendar' };
      // Asked later, so that every cell is over.
      const { rows } = await clean().ask('retention', args, context, asking);
      const active = await clean().ask('active_people', { ...period, event: 'A' }, context, asking);
      const days = active.rows.map(({ bucket }) => bucket);
      const cohorts = rows.filter(({ cohort }) => cohort !== null);
      for (const [at, { bucket, dau }] of active.rows.entries()) {
        // The first day is counted whole there, from its hour here; the last is not over.
        if (at === 0 || at === days.length - 1) continue;
        const told = cohorts.flatMap(({ cohort, period: n, size, people }) => {
          if (cohort === bucket && n === 0) return [Number(size)];
          return days.indexOf(cohort ?? '') + Number(n) === at && n !== 0 ? [Number(people)] : [];
        });
        expect(
          told.reduce((sum, n) => sum + n, 0),
          `${project} ${bucket}`,
        ).toBe(dau);
      }
      for (const { size, people, period: n } of cohorts)
        if (n === 0 && people !== null) expect(Number(people)).toBeLessThanOrEqual(Number(size));
    },
  );
});
