import { describe, expect, test } from 'vitest';
import { Problem } from '../../src/problems.ts';
import { questionNamed } from '../../src/tools/index.ts';
import { type Asker, resolve } from '../../src/tools/resolve.ts';

const now = Date.parse('2026-03-10T12:00:00.000Z');
const asker: Asker = { projects: ['p'], byProject: false, env: 'live', lake: 'clean', timezone: 'America/New_York', now };
const asked = (tool: string, args: Readonly<Record<string, unknown>>) => {
  const question = questionNamed(tool);
  if (question === undefined) throw new Error(tool);
  return resolve(question, args, asker);
};
const period = (tool: string, args: Readonly<Record<string, unknown>>) => {
  const { from, to } = asked(tool, args).asking.period;
  return [new Date(from).toISOString(), new Date(to).toISOString()];
};

test.each([
  ['get_stats', {}, '2026-03-03T12:00:00.001Z', '2026-03-10T12:00:00.001Z'],
  ['get_stats', { from: 'last:24h' }, '2026-03-09T12:00:00.001Z', '2026-03-10T12:00:00.001Z'],
  ['get_stats', { from: 'last:2w', to: '2026-03-01' }, '2026-02-15T00:00:00.000Z', '2026-03-01T00:00:00.000Z'],
  ['get_stats', { from: '2026-03-01', to: '2026-03-09' }, '2026-03-01T00:00:00.000Z', '2026-03-09T00:00:00.000Z'],
  ['get_stats', { from: '2026-03-08', to: '2026-03-09', tz: 'America/New_York' }, '2026-03-08T05:00:00.000Z', '2026-03-09T04:00:00.000Z'],
  ['get_stats', { from: '2026-03-01T10:00:00+05:30', to: '2026-03-01T10:00:00Z' }, '2026-03-01T04:30:00.000Z', '2026-03-01T10:00:00.000Z'],
  ['funnel', { steps: 'a,b', from: '2026-03-07', to: '2026-03-08' }, '2026-03-07T05:00:00.000Z', '2026-03-09T04:00:00.000Z'],
  ['funnel', { steps: 'a,b', from: '2011-12-29', to: '2011-12-29', tz: 'Pacific/Apia' }, '2011-12-29T10:00:00.000Z', '2011-12-30T10:00:00.000Z'],
  ['funnel', { steps: 'a,b', from: '2011-12-29', to: '2011-12-30', tz: 'Pacific/Apia' }, '2011-12-29T10:00:00.000Z', '2011-12-30T10:00:00.000Z'],
] as const)('%s %j reads as %s to %s', (tool, args, from, to) => {
  expect(period(tool, args)).toEqual([from, to]);
});

describe('arguments that cannot be honoured are refused by name', () => {
  test.each([
    ['get_stats', { from: '2026-03-02', to: '2026-03-01' }, 'invalid_params', /from must lie before to/],
    ['get_stats', { from: '2026-02-30' }, 'invalid_params', /from: cannot read "2026-02-30"/],
    ['get_stats', { from: 'last:7y' }, 'invalid_params', /takes h, d or w/],
    ['get_stats', { tz: 'Mars/Olympus' }, 'invalid_params', /no time zone "Mars\/Olympus"/],
    ['get_stats', { group_by: 'country,city' }, 'invalid_group_by', /unknown column "city"/],
    ['get_stats', { group_by: 'country,country' }, 'invalid_params', /the same column twice/],
    ['get_stats', { group_by: [{ toString: null }] }, 'invalid_params', /group_by/],
    ['get_stats', { event: { toString: null } }, 'invalid_params', /event: must be string/],
    ['get_stats', { limit: 0 }, 'invalid_params', /limit: must be at least 1; got 0/],
    ['get_stats', { steps: ['a'] }, 'invalid_params', /no argument "steps"/],
    ['query_events', { group_by: 'country' }, 'invalid_params', /cannot honour group_by.*get_stats groups/],
    ['top_sources', { per: 'person' }, 'invalid_params', /cannot honour per/],
    ['get_stats', { country: 'DE' }, 'invalid_params', /use where=/],
    ['get_stats', { where: [{ field: 'country', op: 'eq' }] }, 'invalid_params', /eq needs a value/],
    ['get_stats', { where: [{ field: 'country', op: 'exists', value: 'x' }] }, 'invalid_params', /exists takes no value/],
    ['get_stats', { where: [{ field: 'country', op: 'in', value: 'DE' }] }, 'invalid_params', /in takes a list/],
    ['get_stats', { where: [{ field: 'properties.a"b', op: 'exists' }] }, 'invalid_params', /unknown column/],
    ['get_stats', { where: [{ any: [] }] }, 'invalid_params', /where: 0\.any/],
    ['funnel', { steps: ['a'] }, 'invalid_params', /takes 2 to 20 steps/],
    ['funnel', { steps: ['a', 'b'], window: '1y' }, 'invalid_params', /30m, 24h, 7d/],
    ['get_stats', { cursor: 'xyz' }, 'invalid_params', /not one of ours/],
  ] as const)('%s %j', (tool, args, code, sentence) => {
    let thrown: unknown;
    try {
      asked(tool, args);
    } catch (error) {
      thrown = error;
    }
    if (!(thrown instanceof Problem)) throw new Error('nothing was refused');
    expect(thrown.code).toBe(code);
    expect(thrown.message).toMatch(sentence);
  });

  test.each([
    [{ steps: ['a', 'b'], order: 'any', exclude: 'c' }, /exclude needs an order/],
    [{ steps: ['a', 'b', 'b'], order: 'any' }, /steps that differ/],
    [{ steps: ['a', 'b'], from: '1900-01-01', to: '2026-01-01' }, /at most 60 years/],
  ] as const)('funnel %j', (args, sentence) => {
    expect(() => questionNamed('funnel')?.ask(asked('funnel', args).asking)).toThrow(sentence);
  });
});

test('resolved holds every default, and understood again it is the same question', () => {
  const first = asked('get_stats', { group_by: 'country', interval: 'day' });
  expect(first.resolved).toEqual({
    ...{ metric: 'count', group_by: 'country', limit: 100, from: '2026-03-03T12:00:00.001Z', to: '2026-03-10T12:00:00.001Z' },
    ...{ tz: 'America/New_York', interval: 'day', where: [], include_bots: false },
  });
  const again = asked('get_stats', first.resolved);
  expect(again.asking).toEqual({ ...first.asking, own: { ...again.asking.own } });
});
