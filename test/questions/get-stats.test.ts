import { expect, test } from 'vitest';
import { shopWeek } from '../shop.ts';
import { anEvent } from '../worlds/event.ts';
import { cases } from '../worlds/worlds.ts';
import { askers, inWorlds, patience, worlds } from './agreement.ts';
import { agrees } from './properties.ts';

agrees('get_stats');

const { clean, raw } = askers();
const asking = { now: Date.parse(shopWeek.to), timezone: 'UTC' };

test.each([
  ['four', [1, 2, 3, 4], { median: 2.5, p75: 3.25, p90: 3.7, sum: 10, average: 2.5, min: 1, max: 4 }],
  ['one', [7], { median: 7, p75: 7, p90: 7, p99: 7 }],
  ['none', [], { median: null, p90: null, min: null, average: null, sum: 0, distinct: 0 }],
  ['numbers with text among them', [1, 'two', '3', { four: 4 }], { sum: 4, max: 3, distinct: 3 }],
] as const)('percentiles and sums of %s', async (name, values, wanted) => {
  const project = `values of ${name}`;
  await clean().keep([
    values.map((x, seq) => anEvent({ project_id: project, seq, properties: JSON.stringify({ x }) })),
  ]);
  for (const [metric, value] of Object.entries(wanted)) {
    const args = { ...shopWeek, metric, property: 'x' };
    const { rows } = await clean().ask('get_stats', args, { projects: [project], env: 'live' }, asking);
    expect(rows, metric).toEqual([{ value }]);
  }
});

const strange = 'values of numbers with text among them';

test('a value that is no number is left out, and said', async () => {
  const args = { ...shopWeek, metric: 'sum', property: 'x' };
  const { notes } = await clean().ask('get_stats', args, { projects: [strange], env: 'live' }, asking);
  expect(notes).toContain('2 events with properties.x are left out: the value is no number.');
});

test.each([
  [{ metric: 'sum' }, /property: metric sum is of a property; send property/],
  [{ metric: 'people', property: 'price' }, /property: metric people reads no property; remove property/],
  [{ metric: 'sum', property: 'a"b' }, /property: cannot read "a\\"b"; name one property/],
  [{ metric: 'mean' }, /metric: must be one of count, uniques, people/],
])('%j is refused with what is allowed', async (args, says) => {
  const context = { projects: [strange], env: 'live' } as const;
  await expect(clean().ask('get_stats', { ...shopWeek, ...args }, context, asking)).rejects.toThrow(says);
});

test('people of an event are those who reach a funnel’s first step', { timeout: patience }, async () => {
  await inWorlds(cases('funnel'), Math.ceil(worlds / 4), raw(), async ({ args, ...world }) => {
    await raw().keep(world.requests);
    const { from, to, tz, where, include_bots } = args;
    const common = Object.fromEntries(
      Object.entries({ from, to, tz, where, include_bots }).filter(([, value]) => value !== undefined),
    );
    const ask = (tool: string, more: Readonly<Record<string, unknown>>) =>
      raw().ask(tool, { ...common, ...more }, world.context, world.asking);
    const funnel = await ask('funnel', { steps: ['A', 'B'], window: '1h' });
    const stats = await ask('get_stats', {
      ...{ metric: 'people', event: 'A', from: funnel.period.from, to: funnel.period.to },
    });
    expect(stats.rows[0]?.value).toBe(funnel.rows[0]?.people);
  });
});

test('sessions are those of the overview, in every bucket', { timeout: patience }, async () => {
  await inWorlds(cases('overview'), Math.ceil(worlds / 4), raw(), async ({ args, ...world }) => {
    await raw().keep(world.requests);
    const { group_by: _, limit: _limit, ...common } = args;
    const wanted = await raw().ask('overview', common, world.context, world.asking);
    const found = await raw().ask(
      'get_stats',
      { ...common, metric: 'sessions', from: wanted.period.from, to: wanted.period.to, limit: 1000 },
      world.context,
      world.asking,
    );
    const some = (rows: typeof found.rows, column: string) =>
      rows.flatMap((row) => (Number(row[column]) > 0 ? [[row.bucket, row[column]]] : [])).slice(0, 1000);
    expect(some(found.rows, 'value')).toEqual(some(wanted.rows, 'sessions'));
  });
});
