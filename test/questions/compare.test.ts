import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Event } from '../../src/events/columns.ts';
import { questionNamed, questions } from '../../src/tools/index.ts';
import { comparedTruth } from '../oracle/compare.ts';
import { text } from '../oracle/oracle.ts';
import { periodOf } from '../oracle/period.ts';
import { questions as checked, oracles } from '../oracle/truth.ts';
import { periodsOf } from '../oracle/two-periods.ts';
import { present } from '../worlds/arguments.ts';
import { anEvent } from '../worlds/event.ts';
import { type Case, cases } from '../worlds/worlds.ts';
import { askers, expectSame, inWorlds, patience, worlds } from './agreement.ts';

const comparable = checked.filter((name) => questionNamed(name)?.shared.includes('compare'));
const some = Math.ceil(worlds / 5);
const day = 86_400_000;
/** What of the arguments says the period. */
const asked = z.object({ from: text, to: text, tz: text });
const counted = ['events', 'people', 'visitors', 'sessions'];

/** Columns that an oracle lists beside measures and that name a row all the same. */
const naming = ['bucket', 'cohort', 'step', 'event', 'period', 'active_days', 'times', 'days_since_seen'];

/** Every spelling of a period and of another one to compare it with. */
const comparisons = fc.record({
  compare: fc.oneof(
    { weight: 3, arbitrary: fc.constant('previous') },
    { weight: 2, arbitrary: fc.constant('year') },
    { weight: 2, arbitrary: fc.constantFrom([-40, -2], [-4, 1], [-3, 0]) },
  ),
  period: fc.constantFrom<readonly [from: string | number, to?: number] | null>(
    null,
    null,
    ['last:1d'],
    ['last:3d'],
    ['last:1w'],
    ['last:36h'],
    ['last:2d', 1],
    [-3],
    [-3, 5],
    [-1, 0],
  ),
});

/** The world once more a year earlier, so that there is something to find, and asked for two periods. */
const compared = (question: (typeof comparable)[number]): fc.Arbitrary<Case> =>
  fc.record({ world: cases(question), comparisons }).map(({ world, comparisons: { compare, period } }) => {
    const at = Date.parse(new Date(world.asking.now).toISOString().slice(0, 10));
    const date = (days: number): string => new Date(at + days * day).toISOString().slice(0, 10);
    const earlier = world.requests.map((request) => request.filter((_, n) => n % 2 === 0).map(aYearEarlier));
    const [from, to] = period ?? [];
    const args = present({
      ...world.args,
      ...(period === null ? {} : { from: typeof from === 'number' ? date(from) : from, to: undefined }),
      ...(to === undefined ? {} : { to: date(to) }),
      compare:
        typeof compare === 'string' ? compare : { from: date(compare[0] ?? 0), to: date(compare[1] ?? 0) },
    });
    const requests = [...earlier, ...world.requests];
    return { ...world, requests, events: requests.flat(), args };
  });

const aYearEarlier = (event: Event): Event => ({
  ...event,
  ts: event.ts - 365 * day,
  event_id: event.event_id === null ? null : `${event.event_id}-earlier`,
  request_id: `${event.request_id}-earlier`,
});

test('what is compared says how its rows are ordered', () => {
  for (const question of questions)
    expect(question.order !== undefined, question.name).toBe(question.shared.includes('compare'));
});

describe('compare in generated worlds', () => {
  const { clean, raw } = askers();

  describe.each(comparable)('%s', (question) => {
    const dates = questionNamed(question)?.dates ?? 'contract';
    test.each([
      ['a project’s key', clean, false],
      ['an account’s key, where repeats are stored', raw, true],
    ] as const)(
      'agrees with both periods asked for by themselves: %s',
      { timeout: patience },
      async (_, asker, byProject) => {
        await inWorlds(compared(question), some, asker(), async (world) => {
          await asker().keep(world.requests);
          const context = byProject
            ? { ...world.context, projects: [world.project, `${world.project}-q`], byProject }
            : world.context;
          const answer = await asker().ask(question, world.args, context, world.asking);
          const periods = periodsOf(
            (raw) => periodOf(asked.parse(raw), dates === 'contract' ? 'read' : 'analysis', world.asking),
            world.args,
            dates,
            world.asking,
          );
          expect(answer.period.before).toEqual({
            from: new Date(periods.before.from).toISOString(),
            to: new Date(periods.before.to).toISOString(),
          });
          const counts = answer.columns.filter(
            ({ unit = '', role }) => role === 'total' || counted.includes(unit),
          );
          expectSame(
            answer.rows,
            comparedTruth(
              question,
              world.events,
              world.args,
              periods,
              {
                measures: new Set(oracles[question].measures.filter((name) => !naming.includes(name))),
                counts: new Set(counts.map(({ name }) => name)),
              },
              context,
              world.asking,
            ),
          );
          if (byProject) return;
          const again = await asker().ask(question, answer.resolved, context, world.asking);
          expectSame(again.rows, answer.rows);
        });
      },
    );
  });

  test.each([
    {
      does: 'a running day with as much of yesterday',
      args: { from: 'last:1d', compare: 'previous' },
      before: ['2026-03-01T00:00:00.000Z', '2026-03-01T12:00:00.001Z'],
      row: { value: 2, value_before: 1, value_change: 1 },
    },
    {
      does: 'a running month with as much of the days before it',
      args: { from: '2026-03-01', to: '2026-04-01', compare: 'previous' },
      before: ['2026-01-29T00:00:00.000Z', '2026-01-30T12:00:00.001Z'],
      row: { value: 4, value_before: 0, value_change: null },
    },
    {
      does: 'a whole day with the same date a year earlier, as JSON text',
      args: { from: '2026-03-01', to: '2026-03-02', compare: '{"from":"2025-03-01","to":"2025-03-02"}' },
      before: ['2025-03-01T00:00:00.000Z', '2025-03-02T00:00:00.000Z'],
      row: { value: 2, value_before: 0, value_change: null },
    },
    {
      does: 'in New York the day of 23 hours with the day before it',
      args: { from: '2026-03-08', to: '2026-03-09', tz: 'America/New_York', compare: 'previous' },
      now: '2026-03-20T00:00:00Z',
      before: ['2026-03-07T05:00:00.000Z', '2026-03-08T05:00:00.000Z'],
      row: { value: 0, value_before: 0, value_change: null },
    },
    {
      does: 'in New York, on the day whose clock goes forward, as much as the clock shows',
      args: { from: 'last:1d', tz: 'America/New_York', compare: 'previous' },
      now: '2026-03-08T16:00:00Z',
      before: ['2026-03-07T05:00:00.000Z', '2026-03-07T17:00:00.001Z'],
      row: { value: 0, value_before: 0, value_change: null },
    },
    {
      does: '29 February with the 28th',
      args: { from: '2024-02-29', to: '2024-03-01', compare: 'year' },
      before: ['2023-02-28T00:00:00.000Z', '2023-03-01T00:00:00.000Z'],
      row: { value: 0, value_before: 0, value_change: null },
    },
  ])('compares $does', async ({ does, args, before, row, now = '2026-03-02T12:00:00Z' }) => {
    const project = does.replaceAll(' ', '-');
    const times = ['2026-03-01T11:00Z', '2026-03-01T13:00Z', '2026-03-02T08:00Z', '2026-03-02T09:00Z'];
    await clean().keep([
      times.map((at, seq) => anEvent({ project_id: project, at, seq, request_id: project })),
    ]);
    const context = { projects: [project], env: 'live' } as const;
    const asked = await clean().ask('get_stats', args, context, { now: Date.parse(now), timezone: 'UTC' });
    expect(asked.period.before).toEqual({ from: before[0], to: before[1] });
    expect(asked.rows).toEqual([row]);
  });
});
