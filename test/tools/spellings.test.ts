import { describe, expect, test } from 'vitest';
import { cursorText } from '../../src/tools/cursor.ts';
import { questionNamed } from '../../src/tools/index.ts';
import { type Asker, inputOf, resolve } from '../../src/tools/resolve.ts';
import { understood } from '../../src/tools/spellings.ts';

const asker: Asker = {
  projects: ['p'],
  byProject: false,
  env: 'live',
  lake: 'clean',
  timezone: 'UTC',
  now: Date.parse('2026-03-09T00:00:00Z'),
};

const named = (tool: string) => {
  const question = questionNamed(tool);
  if (question === undefined) throw new Error(tool);
  return question;
};
const read = (tool: string, args: Readonly<Record<string, unknown>>) =>
  understood(inputOf(named(tool)).shape, args);
const refusal = (tool: string, args: Readonly<Record<string, unknown>>): string => {
  try {
    resolve(named(tool), read(tool, args), asker);
    return '';
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
};

const germans = { field: 'country', op: 'eq', value: 'DE' };

describe('a client’s spelling is read as what it means', () => {
  const table: readonly (readonly [
    string,
    Readonly<Record<string, unknown>>,
    Readonly<Record<string, unknown>>,
  ])[] = [
    ['get_stats', { limit: '10', include_bots: 'true' }, { limit: 10, include_bots: true }],
    ['get_stats', { include_bots: 'False', limit: ' 7 ' }, { include_bots: false, limit: 7 }],
    ['get_stats', { include_bots: 1 }, { include_bots: true }],
    ['get_stats', { cursor: null, tz: '', event: null, where: null }, {}],
    ['get_stats', { event: 404 }, { event: '404' }],
    ['get_stats', { where: germans }, { where: [germans] }],
    ['get_stats', { where: JSON.stringify([germans]) }, { where: [germans] }],
    ['get_stats', { where: JSON.stringify(germans) }, { where: [germans] }],
    ['get_stats', { where: [JSON.stringify(germans)] }, { where: [germans] }],
    ['get_stats', { where: { any: germans } }, { where: [{ any: [germans] }] }],
    ['get_stats', { where: { any: JSON.stringify([germans]) } }, { where: [{ any: [germans] }] }],
    [
      'get_stats',
      { where: [{ field: 'country', op: 'exists', value: null }] },
      { where: [{ field: 'country', op: 'exists' }] },
    ],
    [
      'get_stats',
      { where: [{ ...germans, value: '[draft]' }] },
      { where: [{ ...germans, value: '[draft]' }] },
    ],
    ['get_stats', { group_by: '["country","path"]' }, { group_by: ['country', 'path'] }],
    ['get_stats', { group_by: 'country,path' }, { group_by: 'country,path' }],
    ['funnel', { exclude: '["A_refund"]' }, { exclude: ['A_refund'] }],
    ['funnel', { exclude: { event: 'A_refund' } }, { exclude: [{ event: 'A_refund' }] }],
    ['funnel', { exclude: [] }, { exclude: [] }],
    [
      'funnel',
      { steps: ['a', { event: 'b', where: germans }] },
      { steps: ['a', { event: 'b', where: [germans] }] },
    ],
    ['funnel', { steps: ['a', { event: 'b', where: null }] }, { steps: ['a', { event: 'b' }] }],
    ['funnel', { hold: '["country"]' }, { hold: ['country'] }],
  ];
  test.each(table)('%s %j', (tool, came, meant) => {
    expect(read(tool, came)).toEqual(meant);
    expect(read(tool, meant)).toEqual(meant);
  });

  test('a list of values as JSON text, where only a list can be meant', () => {
    const args = { where: [{ field: 'country', op: 'in', value: '["DE","FR"]' }] };
    expect(resolve(named('get_stats'), read('get_stats', args), asker).asking.where).toMatchObject([
      { op: 'in', value: ['DE', 'FR'] },
    ]);
  });
});

test.each([
  [
    'get_stats',
    { where: [{ field: 'country', op: 'eq', value: null }] },
    /^where: value: null is no value; .*not_exists/,
  ],
  ['get_stats', { where: '[{' }, /^where: not JSON/],
  ['get_stats', { limit: 'ten' }, /limit: must be a (whole )?number; got "ten"/],
  ['get_stats', { include_bots: 'maybe' }, /include_bots: must be true or false; got "maybe"/],
  ['funnel', { steps: ['a', ''] }, /steps: 1: /],
  ['funnel', { steps: ['a', 'x'.repeat(129)] }, /steps: 1: /],
  ['funnel', { steps: ['a', 'b'], exclude: [''] }, /exclude: 0: /],
  [
    'funnel',
    { steps: ['a', { event: 'b', where: [{ field: 'nope', op: 'eq', value: 1 }] }] },
    /steps: 1.*nope/,
  ],
  ['funnel', { steps: '' }, /steps: is required/],
] as const)('%s %j is refused by the argument’s name', (tool, args, sentence) => {
  expect(refusal(tool, args)).toMatch(sentence);
});

test.each([50, 1000, 6000, 20_000])('a cursor of %i levels is refused, not crashed on', (levels) => {
  const whole = cursorText({ tool: 'get_stats', given: {}, resolved: {}, skip: 0, after: null });
  const json = atob(whole.replaceAll('-', '+').replaceAll('_', '/'));
  const deep = `{"where":${'['.repeat(levels)}${']'.repeat(levels)}}`;
  const cursor = btoa(json.replaceAll('{}', deep));
  expect(refusal('get_stats', { cursor })).toMatch(/cursor|where/);
});
