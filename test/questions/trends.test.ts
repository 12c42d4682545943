import { expect, test } from 'vitest';
import { formulaFrom } from '../../src/tools/counting/formula.ts';
import { shop, shopProject, shopWeek } from '../shop.ts';
import { cases } from '../worlds/worlds.ts';
import { askers, inWorlds, patience, worlds } from './agreement.ts';
import { agrees } from './properties.ts';

agrees('trends');

const { clean, raw } = askers();
const context = { projects: [shopProject], env: 'live' } as const;
const asking = { now: Date.parse(shopWeek.to), timezone: 'UTC' };

test('one series is get_stats, with its zeros', { timeout: patience }, async () => {
  await inWorlds(cases('get_stats'), Math.ceil(worlds / 4), raw(), async ({ args, ...world }) => {
    await raw().keep(world.requests);
    const { group_by: _, limit: _limit, fill: _fill, event, metric, property, ...common } = args;
    const stats = await raw().ask(
      'get_stats',
      { ...args, group_by: [], limit: 1000 },
      world.context,
      world.asking,
    );
    const { from, to } = stats.period;
    const [one] = [
      Object.fromEntries(Object.entries({ event, metric, property }).filter(([, v]) => v !== undefined)),
    ];
    const chart = await raw().ask(
      'trends',
      { ...common, from, to, series: [one] },
      world.context,
      world.asking,
    );
    const at = new Map(chart.rows.map((row) => [row.bucket, row.A]));
    for (const row of stats.rows) expect(at.get(row.bucket)).toBe(row.value);
  });
});

test.each([
  ['A + B * C', 14],
  ['(A + B) × C', 20],
  ['A − B − C', -5],
  ['C ÷ B / A', 4 / 3 / 2],
  ['-A * -2.5', 5],
  ['A / (B - 3)', null],
  ['A / (B - 3) * 0', null],
])('%s of A 2, B 3 and C 4 is %s', (text, value) => {
  const formula = formulaFrom(text);
  if ('problem' in formula) throw new Error(formula.problem);
  expect(formula.value((label) => ({ A: 2, B: 3, C: 4 })[label] ?? null)).toBe(value);
});

test.each([
  [{ formula: 'A +' }, /formula: it ends where a number, a label or \( is expected; write it of A, B/],
  [{ formula: '(A' }, /formula: a \( is not closed/],
  [{ formula: 'A)' }, /formula: a \) closes nothing/],
  [{ formula: 'A B' }, /formula: an operator is expected before B/],
  [{ formula: 'A % B' }, /formula: "% B" is no number, label or operator/],
  [{ formula: 'A / Z' }, /formula: no series has the label Z; there are A, B/],
  [{ formula: `${'('.repeat(120)}A${')'.repeat(120)}` }, /nested too deep/],
  [{ rolling: 7 }, /interval: rolling goes from bucket to bucket; send interval too/],
  [{ rolling: 7, cumulative: true, interval: 'day' }, /rolling: does not go with cumulative/],
  [{ series: [{ metric: 'sum' }] }, /series.0: metric sum is of a property/],
  [{ series: [{ label: 'B' }, {}] }, /series: label B stands for another column/],
  [{ series: [{ metric: 'people' }], per_person: true }, /per_person: divides counts and sums/],
])('%j is refused with what to do', async (more, says) => {
  const args = { ...shopWeek, series: [{ event: 'purchase' }, { event: '$pageview' }], ...more };
  await expect(clean().ask('trends', args, context, asking)).rejects.toThrow(says);
});

test('rolling reads before the period, running totals meet nobody twice', async () => {
  await clean().keep([shop]);
  const of = async (args: Readonly<Record<string, unknown>>) =>
    (await clean().ask('trends', { interval: 'day', ...args }, context, asking)).rows.map((row) => row.A);
  const days = { from: '2026-03-06', to: '2026-03-08' };
  expect(await of({ ...days, series: [{ event: '$pageview' }], rolling: 2 })).toEqual([1, 1, 1]);
  const week = { from: '2026-03-02', to: '2026-03-08' };
  expect(await of({ ...week, series: [{ metric: 'people' }], cumulative: true })).toEqual([
    1, 2, 3, 3, 4, 4, 5,
  ]);
  expect(await of({ ...week, series: [{}], per_person: true })).toEqual([4, 2, 1, 2, 1.5, 1, 3]);
});
