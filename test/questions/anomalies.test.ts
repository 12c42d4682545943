import { describe, expect, test } from 'vitest';
import { anEvent, type Said } from '../worlds/event.ts';
import { askers } from './agreement.ts';
import { agrees } from './properties.ts';

agrees('anomalies');

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** A Monday. */
const monday = Date.parse('2026-06-01T00:00:00Z');

describe('anomalies by hand', () => {
  const { clean } = askers();
  let projects = 0;
  const ask = async (
    said: readonly Said[],
    args: Readonly<Record<string, unknown>>,
    now = monday + 8 * dayMs,
  ) => {
    const project = `unusual-${++projects}`;
    await clean().keep([
      said.map((one, seq) => anEvent({ ...one, project_id: project, request_id: project, seq })),
    ]);
    const found = await clean().ask(
      'anomalies',
      args,
      { projects: [project], env: 'live' },
      { now, timezone: 'UTC' },
    );
    return { ...found, notes: found.notes.join('\n') };
  };
  const at = (n: number, ts: number): readonly Said[] =>
    Array.from({ length: n }, (_, i) => ({ ts: ts + i, anonymous_id: `v${i}` }));
  /** 8 Mondays of 100 ± 10 and whatever came on the last one. */
  const mondays = (last: number): readonly Said[] => [
    ...[100, 110, 90, 105, 95, 100, 108, 92].flatMap((n, i) =>
      at(n, monday - (i + 1) * 7 * dayMs + 9 * hourMs),
    ),
    ...at(1, monday - 70 * dayMs),
    ...at(last, monday + 9 * hourMs),
  ];
  const thatMonday = { from: '2026-06-01', to: '2026-06-01' };

  test.each([
    [20, 'drop'],
    [0, 'silence'],
    [200, 'spike'],
  ])('a Monday of %i after eight of 100 ± 10 is a %s', async (value, kind) => {
    const { rows } = await ask(mondays(value), thatMonday);
    expect(rows).toEqual([
      {
        kind,
        from: '2026-06-01T00:00:00.000Z',
        to: '2026-06-02T00:00:00.000Z',
        buckets: 1,
        value,
        expected: 100,
        score: expect.closeTo((value - 100) / 10, 9),
      },
    ]);
  });

  test('a Monday of 95 is nothing unusual, and the answer says so', async () => {
    const { rows, notes } = await ask(mondays(95), thatMonday);
    expect(rows).toEqual([]);
    expect(notes).toContain('Nothing unusual.');
  });

  test('five hours of nothing where 30 were expected are one silence', async () => {
    const hours = Array.from({ length: 9 * 7 * 24 }, (_, i) => monday - 8 * 7 * dayMs + i * hourMs);
    const out = monday + 2 * dayMs + 10 * hourMs;
    const said = hours.flatMap((hour) => (hour >= out && hour < out + 5 * hourMs ? [] : at(30, hour)));
    const week = { from: '2026-06-01', to: '2026-06-07', interval: 'hour' };
    const { rows } = await ask(said, week, monday + 7 * dayMs);
    expect(rows).toEqual([
      {
        kind: 'silence',
        from: '2026-06-03T10:00:00.000Z',
        to: '2026-06-03T15:00:00.000Z',
        buckets: 5,
        value: 0,
        expected: 30,
        score: expect.closeTo(-Math.sqrt(30), 9),
      },
    ]);
  });

  test('fewer than three weeks to compare with are too little history, and none is judged', async () => {
    const said = [
      ...at(1, monday - 20 * dayMs),
      ...at(50, monday - 14 * dayMs),
      ...at(50, monday - 7 * dayMs),
    ];
    const { rows, notes } = await ask(said, thatMonday, monday + dayMs);
    expect(rows).toEqual([]);
    expect(notes).toContain('Too little history: 1 days');
  });

  test.each([
    [{ interval: 'week' }, /interval/],
    [{ sensitivity: 0 }, /sensitivity/],
    [{ interval: 'hour', from: '2020-01-01' }, /from: too many hours.*interval=day/],
    [{ group_by: 'country' }, /anomalies cannot honour group_by/],
  ])('refuses %j by name', async (args, says) => {
    await expect(ask([], args)).rejects.toThrow(says);
  });
});
