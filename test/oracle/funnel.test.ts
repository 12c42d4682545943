import { describe, expect, test } from 'vitest';
import { anEvent } from '../worlds/event.ts';
import { story, worked } from '../worlds/worked.ts';
import { median } from './funnel.ts';
import { truth } from './truth.ts';

const asking = { now: Date.parse('2026-03-10T00:00:00Z'), timezone: 'UTC' };
const context = { projects: ['shop'], env: 'live' } as const;
const week = { from: '2026-03-02T00:00:00Z', to: '2026-03-09T00:00:00Z' };

const ask = (events: ReturnType<typeof story>, steps: string, more: object = {}) =>
  truth('funnel', events, { ...week, steps: steps.split(''), window: '1h', ...more }, context, asking);
const people = (...args: Parameters<typeof ask>) => ask(...args).map((row) => row.people);

describe('the worked cases of the specification', () => {
  test.each(worked)('$does: $text', ({ text, steps, more, reaches }) => {
    expect(people(story(text), steps, more)).toEqual(reaches);
  });

  test('views of a1 on Monday, $identify(a1→u1) on Tuesday, u1 buys elsewhere on Wednesday: one person who converts', () => {
    const said = [
      { event_name: 'V', at: '2026-03-02T09:00:00Z' },
      { event_name: '$identify', user_id: 'u1', at: '2026-03-03T09:00:00Z' },
      { event_name: 'P', anonymous_id: 'a2', user_id: 'u1', at: '2026-03-04T09:00:00Z' },
    ].map(anEvent);
    expect(people(said, 'VP', { window: '7d' })).toEqual([1, 1]);
    expect(people(said, 'VP', { window: '7d', per: 'visitor' })).toEqual([1, 0]);
  });
});

describe('order', () => {
  test.each([
    { order: 'strict', text: 'A B C', reaches: [1, 1, 1] },
    { order: 'strict', text: 'A F B C', reaches: [1, 0, 0] },
    { order: 'strict', text: 'A F A B C', reaches: [1, 1, 1] },
    { order: 'any', text: 'C B A', reaches: [1, 1, 1] },
    { order: 'any', text: 'C A', reaches: [1, 0, 0] },
    { order: 'any', text: 'B@08:00 A@09:00 C@10:00', reaches: [1, 1, 1] },
    { order: 'any', text: 'B@07:59 A@09:00 C@10:00', reaches: [1, 0, 0] },
  ])('$order: $text', ({ order, text, reaches }) => {
    expect(people(story(text), 'ABC', { order })).toEqual(reaches);
  });

  test('in any order no event is two steps: the first needs another one', () => {
    const steps = ['A', { event: 'A', where: [{ field: 'path', op: 'not_exists' }] }];
    expect(people(story('A'), 'AB', { steps, order: 'any' })).toEqual([1, 0]);
    expect(people(story('A A'), 'AB', { steps, order: 'any' })).toEqual([1, 1]);
  });
});

describe('time', () => {
  test.each([
    { does: 'the window’s last instant counts', text: 'A@10:00 B@11:00', reaches: [1, 1] },
    {
      does: 'the window is measured from the first step',
      text: 'A@10:00 B@10:40 C@11:01',
      steps: 'ABC',
      reaches: [1, 1, 0],
    },
    {
      does: 'the first match decides, even of a step that comes twice',
      text: 'A@10:00 B@10:10 B@10:20',
      steps: 'ABB',
      reaches: [1, 1, 1],
    },
    {
      does: 'a start before `from` is none',
      text: 'A@10:00 B@11:00',
      more: { from: '2026-03-02T10:01:00Z' },
      reaches: [0, 0],
    },
    {
      does: 'a start at `to` is none',
      text: 'A@10:00 B@11:00',
      more: { to: '2026-03-02T10:00:00Z' },
      reaches: [0, 0],
    },
    {
      does: 'later steps need not be in the period',
      text: 'A@10:00 B@11:00',
      more: { to: '2026-03-02T10:01:00Z' },
      reaches: [1, 1],
    },
  ])('$does', ({ text, steps = 'AB', more, reaches }) => {
    expect(people(story(text), steps, more)).toEqual(reaches);
  });

  test('of equally deep attempts the one that started last gives the seconds and the group', () => {
    const rows = ask(story('A(x)@10:00 A(y)@10:10 B(x)@10:15'), 'AB', { group_by: ['properties.item'] });
    expect(rows).toEqual([
      {
        'properties.item': 'y',
        step: 1,
        event: 'A',
        people: 1,
        conversion: 1,
        step_conversion: 1,
        median_seconds: null,
      },
      {
        'properties.item': 'y',
        step: 2,
        event: 'B',
        people: 1,
        conversion: 1,
        step_conversion: 1,
        median_seconds: 300,
      },
    ]);
  });

  test('a deeper attempt wins over a later one', () => {
    expect(
      ask(story('A(x)@10:00 B(x)@10:05 A(y)@10:10'), 'AB', { group_by: ['properties.item'] }).map(
        (row) => row['properties.item'],
      ),
    ).toEqual(['x', 'x']);
  });

  test.each([
    { of: [], is: null },
    { of: [3], is: 3 },
    { of: [4, 1, 3], is: 3 },
    { of: [10, 9, 1, 2], is: 5.5 },
  ])('the median of $of is $is', ({ of, is }) => {
    expect(median(of)).toBe(is);
  });
});

describe('rows', () => {
  test('nobody at all: every step with 0 and no shares', () => {
    expect(ask([], 'AB')).toEqual([
      { step: 1, event: 'A', people: 0, conversion: null, step_conversion: null, median_seconds: null },
      { step: 2, event: 'B', people: 0, conversion: null, step_conversion: null, median_seconds: null },
    ]);
    expect(ask([], 'AB', { group_by: ['country'] })).toEqual([]);
  });

  test('groups by people at the first step, then by value, null last, as many as asked for', () => {
    const visits = ['FR', null, 'DE', 'US', 'US'].flatMap((country, n) =>
      story('A').map((event) => ({ ...event, country, anonymous_id: `a${n}`, seq: n })),
    );
    const groups = (limit: number) =>
      ask(visits, 'AB', { group_by: ['country'], limit })
        .filter((row) => row.step === 1)
        .map((row) => row.country);
    expect(groups(10)).toEqual(['US', 'DE', 'FR', null]);
    expect(groups(2)).toEqual(['US', 'DE']);
  });

  test('nobody is one person across two projects', () => {
    const two = [...story('A@09:00'), ...story('B@09:10', { project_id: 'other' })];
    const asked = { ...week, steps: ['A', 'B'] };
    expect(
      truth('funnel', two, asked, { ...context, projects: ['shop', 'other'] }, asking).map(
        (row) => row.people,
      ),
    ).toEqual([1, 0]);
  });
});

test('sessions: a step after a break of more than 30 minutes is in another session', () => {
  expect(people(story('A@10:00 B@10:30'), 'AB', { per: 'session' })).toEqual([1, 1]);
  expect(people(story('A@10:00 B@10:31'), 'AB', { per: 'session' })).toEqual([1, 0]);
  expect(
    people(story('A@10:00 B@10:31', { session_id: 's1', session_sent: true }), 'AB', { per: 'session' }),
  ).toEqual([1, 1]);
});
