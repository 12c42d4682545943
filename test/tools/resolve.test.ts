import { describe, expect, test } from 'vitest';
import { Problem } from '../../src/problems.ts';
import { cursorText } from '../../src/tools/cursor.ts';
import { questionNamed } from '../../src/tools/index.ts';
import { type Asker, resolve } from '../../src/tools/resolve.ts';

const now = Date.parse('2026-03-10T12:00:00.000Z');
const asker: Asker = {
  projects: ['p'],
  byProject: false,
  env: 'live',
  lake: 'clean',
  timezone: 'America/New_York',
  now,
};
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
  [
    'get_stats',
    { from: 'last:2w', to: '2026-03-01' },
    '2026-02-15T00:00:00.000Z',
    '2026-03-01T00:00:00.000Z',
  ],
  [
    'get_stats',
    { from: 'last:99999w', to: '1000-01-01' },
    '0001-01-01T00:00:00.000Z',
    '1000-01-01T00:00:00.000Z',
  ],
  [
    'funnel',
    { steps: 'a,b', from: '0001-01-01', to: '9999-12-31', tz: 'UTC' },
    '0001-01-01T00:00:00.000Z',
    '9999-12-31T23:59:59.999Z',
  ],
  [
    'get_stats',
    { from: '2026-03-01', to: '2026-03-01T24:00' },
    '2026-03-01T00:00:00.000Z',
    '2026-03-02T00:00:00.000Z',
  ],
  [
    'get_stats',
    { from: '2026-03-01', to: '2026-03-09' },
    '2026-03-01T00:00:00.000Z',
    '2026-03-09T00:00:00.000Z',
  ],
  [
    'get_stats',
    { from: '2026-03-08', to: '2026-03-09', tz: 'America/New_York' },
    '2026-03-08T05:00:00.000Z',
    '2026-03-09T04:00:00.000Z',
  ],
  [
    'get_stats',
    { from: '2026-03-01T10:00:00+05:30', to: '2026-03-01T10:00:00Z' },
    '2026-03-01T04:30:00.000Z',
    '2026-03-01T10:00:00.000Z',
  ],
  [
    'funnel',
    { steps: 'a,b', from: '2026-03-07', to: '2026-03-08' },
    '2026-03-07T05:00:00.000Z',
    '2026-03-09T04:00:00.000Z',
  ],
  [
    'funnel',
    { steps: 'a,b', from: '2011-12-29', to: '2011-12-29', tz: 'Pacific/Apia' },
    '2011-12-29T10:00:00.000Z',
    '2011-12-30T10:00:00.000Z',
  ],
  [
    'funnel',
    { steps: 'a,b', from: '2011-12-29', to: '2011-12-30', tz: 'Pacific/Apia' },
    '2011-12-29T10:00:00.000Z',
    '2011-12-30T10:00:00.000Z',
  ],
] as const)('%s %j reads as %s to %s', (tool, args, from, to) => {
  expect(period(tool, args)).toEqual([from, to]);
});

describe('arguments that cannot be honoured are refused by name', () => {
  test.each([
    ['get_stats', { from: '2026-03-02', to: '2026-03-01' }, 'invalid_params', /from must lie before to/],
    ['get_stats', { from: '2026-03-02', to: '2026-03-02' }, 'invalid_params', /from must lie before to/],
    ['get_stats', { from: '2026-02-30' }, 'invalid_params', /from: cannot read "2026-02-30"/],
    ['get_stats', { from: '2026-02-30T24:00' }, 'invalid_params', /from: cannot read "2026-02-30T24:00"/],
    ['get_stats', { to: '2026-03-09T12:60' }, 'invalid_params', /to: cannot read "2026-03-09T12:60"/],
    ['get_stats', { from: 'last:7y' }, 'invalid_params', /takes h, d or w/],
    ['get_stats', { tz: 'Mars/Olympus' }, 'invalid_params', /no time zone "Mars\/Olympus"/],
    ['get_stats', { group_by: 'country,city' }, 'invalid_group_by', /unknown column "city"/],
    ['get_stats', { group_by: 'country,country' }, 'invalid_params', /the same column twice/],
    ['get_stats', { group_by: [{ toString: null }] }, 'invalid_params', /group_by/],
    ['get_stats', { event: { toString: null } }, 'invalid_params', /event: must be text/],
    ['get_stats', { limit: 0 }, 'invalid_params', /limit: must be at least 1; got 0/],
    ['get_stats', { limit: '10' }, 'invalid_params', /limit: must be a number; got "10"$/],
    [
      'get_stats',
      { include_bots: 'yes' },
      'invalid_params',
      /include_bots: must be true or false; got "yes"$/,
    ],
    [
      'get_stats',
      { event: null },
      'invalid_params',
      /event: must be text; got null \(leave it out instead\)$/,
    ],
    ['get_stats', { event: '' }, 'invalid_params', /event: must be at least 1 character; got ""$/],
    [
      'get_stats',
      { where: 'country:DE' },
      'invalid_params',
      /where: must be a list such as \[\{"field":"country","op":"eq","value":"DE"\}\]; got "country:DE"$/,
    ],
    ['get_stats', { where: 'country:DE,device_type:mobile' }, 'invalid_params', /^(?!.*characters)/],
    [
      'get_stats',
      { where: [{ field: 'event', op: 'eq', value: 'a' }] },
      'invalid_params',
      /unknown column "event"; .*; nearest: event_name$/,
    ],
    ['get_stats', { group_by: 'sorce' }, 'invalid_group_by', /unknown column "sorce"; .*; nearest: source$/],
    [
      'get_stats',
      { group_by: 'plan' },
      'invalid_group_by',
      /or properties.<key>; a property is written properties.plan$/,
    ],
    [
      'get_stats',
      { group_by: 'user_id' },
      'invalid_group_by',
      /; user_id is no column to group or filter by$/,
    ],
    [
      'get_stats',
      { group_by: ','.repeat(9_000) },
      'invalid_params',
      /group_by: must be at most 8192 characters/,
    ],
    ['get_stats', { tz: 'Berlin' }, 'invalid_params', /; nearest: Europe\/Berlin$/],
    ['get_stats', { tz: 'new york' }, 'invalid_params', /; nearest: America\/New_York$/],
    ['get_stats', { tz: 'CEST' }, 'invalid_params', /; nearest: Europe\/Berlin$/],
    ['get_stats', { tz: 'X' }, 'invalid_params', /or an offset such as \+02:00$/],
    ['get_stats', { tz: 'UTC+25' }, 'invalid_params', /no time zone "UTC\+25"/],
    [
      'get_stats',
      { tz: 'Europe/Berlin', from: '2026-03-29T02:00', to: '2026-03-29T03:00' },
      'invalid_params',
      /; the clock of Europe\/Berlin skips 2026-03-29T02:00 and goes on at 2026-03-29T03:00$/,
    ],
    [
      'get_stats',
      { from: '2026-03-01T10:00:00 05:30' },
      'invalid_params',
      /in a URL the \+ of a zone is written %2B$/,
    ],
    ['get_stats', { evnet: 'a' }, 'invalid_params', /no argument "evnet", did you mean event\?/],
    ['get_stats', { foo: 'a' }, 'invalid_params', /no argument "foo"; it takes/],
    [
      'top_sources',
      { event: 'sign_up' },
      'invalid_params',
      /To filter by event use where=\[\{"field":"event_name","op":"eq","value":…\}\]$/,
    ],
    ['get_stats', { steps: ['a'] }, 'invalid_params', /no argument "steps"/],
    ['query_events', { group_by: 'country' }, 'invalid_params', /cannot honour group_by.*get_stats groups/],
    ['top_sources', { per: 'person' }, 'invalid_params', /cannot honour per/],
    ['get_stats', { country: 'DE' }, 'invalid_params', /use where=/],
    ['get_stats', { where: [{ field: 'country', op: 'eq' }] }, 'invalid_params', /eq needs a value/],
    [
      'get_stats',
      { where: [{ field: 'country', op: 'exists', value: 'x' }] },
      'invalid_params',
      /exists takes no value/,
    ],
    [
      'get_stats',
      { where: [{ field: 'country', op: 'in', value: 'DE' }] },
      'invalid_params',
      /in takes a list/,
    ],
    ['get_stats', { where: [{ field: 'properties.a"b', op: 'exists' }] }, 'invalid_params', /unknown column/],
    [
      'get_stats',
      { where: [{ field: 'country', op: 'in', value: Array(201).fill('DE') }] },
      'invalid_params',
      /at most 200 entries/,
    ],
    [
      'get_stats',
      { where: [{ field: 'country', op: 'in', value: ['DE', 1] }] },
      'invalid_params',
      /list of one kind/,
    ],
    [
      'get_stats',
      { where: [{ field: 'country', op: 'eq', value: true }] },
      'invalid_params',
      /country is text; compare it with text/,
    ],
    [
      'get_stats',
      { where: [{ field: 'properties.x', op: 'gt', value: true }] },
      'invalid_params',
      /gt does not compare booleans/,
    ],
    [
      'get_stats',
      { where: [{ field: 'country', op: 'contains', value: '' }] },
      'invalid_params',
      /contains takes a text that is not empty/,
    ],
    [
      'get_stats',
      { where: [{ field: 'country', op: 'starts_with', value: 1 }] },
      'invalid_params',
      /starts_with takes a text that is not empty/,
    ],
    [
      'get_stats',
      { where: [{ field: 'country', op: 'eq', value: ['DE'] }] },
      'invalid_params',
      /for a list use in or not_in/,
    ],
    ['get_stats', { where: [{ any: [] }] }, 'invalid_params', /where: 0\.any/],
    [
      'get_stats',
      { where: Array(6).fill({ any: [{ field: 'path', op: 'in', value: Array(200).fill('/a') }] }) },
      'invalid_params',
      /where: compares with at most 1000 values in all; more came/,
    ],
    [
      'get_stats',
      { where: [{ field: 'session.path', op: 'exists' }] },
      'invalid_params',
      /where: 0: unknown "session.path"; of a session there are session.entry_path, /,
    ],
    [
      'get_stats',
      { where: [{ field: 'session', op: 'exists' }] },
      'invalid_params',
      /of a session there are session.entry_path/,
    ],
    [
      'get_stats',
      { where: [{ field: 'session.bounce', op: 'eq', value: 'true' }] },
      'invalid_params',
      /session.bounce is true or false; compare it with one of these/,
    ],
    [
      'get_stats',
      { where: [{ field: 'session.duration_seconds', op: 'gt', value: '30' }] },
      'invalid_params',
      /is a number of seconds; compare it with a number, e.g. 30/,
    ],
    [
      'get_stats',
      { where: [{ field: 'person', op: 'exists' }] },
      'invalid_params',
      /a trait that \$identify sent is written person.<trait>, e.g. person.plan/,
    ],
    [
      'funnel',
      { steps: ['a', { event: 'b', where: [{ field: 'person.plan', op: 'eq', value: 'pro' }] }] },
      'invalid_params',
      /person.plan is no part of an event; compare it in the where of the question itself/,
    ],
    [
      'get_stats',
      { where: [{ did: { event: 'a', within: '7' } }] },
      'invalid_params',
      /a window is a number and s, m, h, d or w/,
    ],
    ['get_stats', { where: [{ did: 'a', at_least: 2 }] }, 'invalid_params', /unknown "at_least"/],
    ['get_stats', { where: [{ did: { event: 'a', times: 2 } }] }, 'invalid_params', /unknown "times"/],
    ['funnel', { steps: ['a'] }, 'invalid_params', /takes 2 to 20 steps, .*; got 1$/],
    ['funnel', { steps: ['a', 'b'], window: 7 }, 'invalid_params', /window: must be text; got 7/],
    ['funnel', { steps: `a,${'b'.repeat(129)}` }, 'invalid_params', /128 characters/],
    ['funnel', { steps: 'a,'.repeat(5000) }, 'invalid_params', /8192 characters/],
    [
      'funnel',
      {
        steps: Array(6).fill({
          event: 'a',
          where: [{ field: 'path', op: 'in', value: Array(200).fill('/a') }],
        }),
      },
      'invalid_params',
      /at most 1000 values in all/,
    ],
    ['funnel', { steps: ['a', 'b'], window: '1y' }, 'invalid_params', /30m, 24h, 7d; got "1y"$/],
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
  ] as const)('funnel %j', (args, sentence) => {
    expect(() => questionNamed('funnel')?.ask(asked('funnel', args).asking)).toThrow(sentence);
  });
});

test.each([
  [{ group_by: 'country, properties.plan' }, ['country', 'properties.plan']],
  [{ group_by: [' country ', 'properties.plan'] }, ['country', 'properties.plan']],
  [{ group_by: ',' }, []],
] as const)('%j splits by %j', (args, fields) => {
  expect(asked('get_stats', args).asking.groups.map(({ spelled }) => spelled)).toEqual(fields);
});

test('a page is of its own question and arguments', () => {
  const cursor = cursorText({
    tool: 'top_sources',
    given: { limit: 2 },
    resolved: { limit: 2, breakdown: 'source' },
    skip: 2,
    after: null,
  });
  for (const same of [{}, { limit: 2 }, { breakdown: 'source', limit: 2 }]) {
    const { skip, given, resolved } = asked('top_sources', { ...same, cursor });
    expect({ skip, given, breakdown: resolved.breakdown }).toEqual({
      skip: 2,
      given: { limit: 2 },
      breakdown: 'source',
    });
  }
  expect(() => asked('top_sources', { limit: 3, cursor })).toThrow(/belongs to other arguments/);
  expect(() => asked('get_stats', { cursor })).toThrow(/belongs to top_sources, not to get_stats/);
});

test('resolved holds every default, and understood again it is the same question', () => {
  const first = asked('get_stats', { group_by: 'country', interval: 'day' });
  expect(first.resolved).toEqual({
    ...{
      metric: 'count',
      group_by: 'country',
      fill: false,
      limit: 100,
      from: '2026-03-03T12:00:00.001Z',
      to: '2026-03-10T12:00:00.001Z',
    },
    ...{ tz: 'America/New_York', interval: 'day', where: [], include_bots: false },
  });
  const again = asked('get_stats', first.resolved);
  expect(again.asking).toEqual({ ...first.asking, own: { ...again.asking.own } });
});

test.each([
  ['Z', 'UTC'],
  ['z', 'UTC'],
  ['UTC+2', '+02:00'],
  ['GMT-5', '-05:00'],
  ['utc +05:30', '+05:30'],
  ['+2', '+02:00'],
  ['UTC-3:30', '-03:30'],
])('tz %s is the zone %s', (tz, zone) => {
  expect(asked('get_stats', { tz }).resolved).toMatchObject({ tz: zone });
});
