import { describe, expect, test } from 'vitest';
import type { Row } from '../../src/ports.ts';
import { anEvent, type Said } from '../worlds/event.ts';
import { cases } from '../worlds/worlds.ts';
import { askers, inWorlds, patience, worlds } from './agreement.ts';
import { agrees } from './properties.ts';

agrees('explain_change');

describe('explain_change by hand', () => {
  const { clean } = askers();
  let projects = 0;
  const week = { from: '2026-03-09', to: '2026-03-15' } as const;
  const ask = async (said: readonly Said[], args: Readonly<Record<string, unknown>>) => {
    const project = `explained-${++projects}`;
    await clean().keep([
      said.map((one, seq) => anEvent({ ...one, project_id: project, request_id: project, seq })),
    ]);
    const asking = { now: Date.parse('2026-03-20T00:00:00Z'), timezone: 'UTC' };
    return clean().ask('explain_change', { ...week, ...args }, { projects: [project], env: 'live' }, asking);
  };
  const many = (n: number, said: Said): readonly Said[] =>
    Array.from({ length: n }, (_, i) => ({ ...said, anonymous_id: `${said.device_type}-${said.at}-${i}` }));
  const fallen = [
    ...many(100, { device_type: 'mobile', at: '2026-03-04T10:00:00Z' }),
    ...many(100, { device_type: 'desktop', at: '2026-03-04T10:00:00Z' }),
    ...many(40, { device_type: 'mobile', at: '2026-03-11T10:00:00Z' }),
    ...many(110, { device_type: 'desktop', at: '2026-03-11T10:00:00Z' }),
  ];

  test.each(['count', 'uniques', 'people'])('mobile fell, desktop did not: %s', async (metric) => {
    const { rows, notes } = await ask(fallen, { metric, dimensions: 'device_type' });
    expect(rows).toEqual([
      row(null, null, [200, 150, -50, 150, 0, 1]),
      row('device_type', 'desktop', [100, 110, 10, 75, 35, -0.2]),
      row('device_type', 'mobile', [100, 40, -60, 75, -35, 1.2]),
    ]);
    expect(notes.join('\n')).toContain('The whole fell from 200 to 150 (-25 %)');
    expect(notes.join('\n')).toContain(
      '120 % of that is device_type = "mobile"; without it the change is 10 %',
    );
  });

  test('looks into every column and the properties most events carry, and what lacks one is null', async () => {
    const said = [
      ...many(3, { at: '2026-03-04T10:00:00Z', properties: '{"plan":"gold","n":1}' }),
      ...many(3, { at: '2026-03-11T10:00:00Z', properties: '{"plan":"free"}' }),
    ];
    const { rows } = await ask(said, { event: '$pageview', limit: 100 });
    const of = (dimension: string): readonly unknown[] =>
      rows
        .filter((one) => one.dimension === dimension)
        .map(({ value, before, after }) => [value, before, after]);
    expect(of('properties.plan')).toEqual([
      ['free', 0, 3],
      ['gold', 3, 0],
    ]);
    expect(of('properties.n')).toEqual([
      ['1', 3, 0],
      [null, 0, 3],
    ]);
    expect(of('country')).toEqual([[null, 3, 3]]);
  });

  test('values under one per cent of both periods are one row', async () => {
    const said = [
      ...many(300, { at: '2026-03-04T10:00:00Z', country: 'DE' }),
      ...many(2, { at: '2026-03-04T10:00:01Z', country: 'FR' }),
      ...many(2, { at: '2026-03-11T10:00:00Z', country: 'IT' }),
      ...many(300, { at: '2026-03-11T10:00:01Z', country: 'DE' }),
    ];
    const { rows } = await ask(said, { dimensions: 'country' });
    expect(rows.map(({ value, before, after }) => [value, before, after])).toEqual([
      [null, 302, 302],
      ['DE', 300, 300],
      ['(other)', 2, 2],
    ]);
  });

  test('a conversion falls where fewer go on: rates per value, shares that add up', async () => {
    const pair = (n: number, bought: number, device_type: string, at: string): readonly Said[] =>
      Array.from({ length: n }, (_, i) => i).flatMap((i) => [
        { event_name: 'cart', device_type, anonymous_id: `${device_type}${at}${i}`, at: `${at}T10:00:00Z` },
        ...(i < bought
          ? [
              {
                event_name: 'buy',
                device_type,
                anonymous_id: `${device_type}${at}${i}`,
                at: `${at}T11:00:00Z`,
              },
            ]
          : []),
      ]);
    const { rows, columns } = await ask(
      [
        ...pair(10, 5, 'mobile', '2026-03-04'),
        ...pair(10, 5, 'desktop', '2026-03-04'),
        ...pair(10, 1, 'mobile', '2026-03-11'),
        ...pair(10, 5, 'desktop', '2026-03-11'),
      ],
      { metric: 'conversion', steps: 'cart,buy', dimensions: 'device_type' },
    );
    expect(columns.map((column) => column.name)).toEqual(Object.keys(rows[0] ?? {}));
    expect(
      rows.map(({ value, before, after, share_of_change: share }) => [value, before, after, share]),
    ).toEqual([
      [null, 0.5, 0.3, 1],
      ['desktop', 0.5, 0.5, 0],
      ['mobile', 0.5, 0.1, expect.closeTo(1, 9)],
    ]);
  });

  test.each([
    [{ metric: 'total' }, /metric.*count, uniques, people, conversion or sum:<property>/],
    [{ metric: 'sum:' }, /sum:<property>/],
    [{ metric: 'conversion' }, /steps: metric conversion needs two events/],
    [{ steps: 'a,b' }, /only metric conversion has steps/],
    [{ metric: 'conversion', steps: 'a,b', event: 'a' }, /leave event out/],
    [{ dimensions: 'contry' }, /nearest: country/],
    [{ compare: 'last week' }, /compare/],
    [{ interval: 'day' }, /explain_change cannot honour interval/],
  ])('refuses %j by name', async (args, says) => {
    await expect(ask([], args)).rejects.toThrow(says);
  });
});

describe('in every world', () => {
  const { raw } = askers();

  test('the values of each dimension add up to the whole', { timeout: patience }, async () => {
    await inWorlds(cases('explain_change'), Math.ceil(worlds / 4), raw(), async (world) => {
      await raw().keep(world.requests);
      const args = { ...world.args, limit: 200 };
      const { rows } = await raw().ask('explain_change', args, world.context, world.asking);
      const [whole, ...parts] = rows;
      const sides =
        world.args.metric === 'conversion' ? ['people_before', 'people_after'] : ['before', 'after'];
      for (const own of Map.groupBy(parts, ({ dimension }) => dimension).values())
        for (const side of sides)
          expect(own.reduce((sum, one) => sum + Number(one[side]), 0)).toBe(Number(whole?.[side]));
    });
  });
});

const row = (dimension: string | null, value: string | null, numbers: readonly number[]): Row => {
  const [before, after, difference, expected, excess, share_of_change] = numbers.map((n) =>
    expect.closeTo(n, 9),
  );
  return { dimension, value, before, after, difference, expected, excess, share_of_change };
};
