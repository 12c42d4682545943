import { describe, expect, test } from 'vitest';
import { anEvent, type Said } from '../worlds/event.ts';
import { truth } from './truth.ts';

const asking = { now: Date.parse('2026-03-10T00:00:00Z'), timezone: 'UTC' };
const context = { projects: ['shop'], env: 'live' } as const;
const week = { from: '2026-03-02T00:00:00Z', to: '2026-03-09T00:00:00Z' };
const count = (said: readonly Said[], more: object = {}) =>
  truth('get_stats', said.map(anEvent), { ...week, metric: 'count', ...more }, context, asking);

describe('repeats', () => {
  const again = { event_id: 'e1', received_at: 2, request_id: 'r2' };

  test('of copies the first to arrive counts, whatever it and the others say', () => {
    const said = [
      { ...again, event_name: 'B' },
      { event_id: 'e1', received_at: 1, event_name: 'A' },
    ];
    expect(count(said, { group_by: ['event_name'] })).toEqual([{ event_name: 'A', value: 1 }]);
    expect(count(said, { event: 'B' })).toEqual([{ value: 0 }]);
  });

  test('a first copy outside the period, or by a bot, still hides the others', () => {
    expect(count([again, { event_id: 'e1', received_at: 1, at: '2026-01-01T00:00:00Z' }])).toEqual([
      { value: 0 },
    ]);
    expect(count([again, { event_id: 'e1', received_at: 1, device_type: 'bot' }])).toEqual([{ value: 0 }]);
  });

  test('neither another project’s nor a test key’s event hides a live one', () => {
    expect(
      count([
        again,
        { event_id: 'e1', received_at: 1, project_id: 'other' },
        { event_id: 'e1', received_at: 1, env: 'test' },
      ]),
    ).toEqual([{ value: 1 }]);
  });

  test('events without an id are repeats only in the same place of the same request', () => {
    expect(count([{ seq: 0 }, { seq: 1 }, { seq: 1 }])).toEqual([{ value: 2 }]);
  });
});

describe('get_stats', () => {
  const views = [
    { country: 'DE', at: '2026-03-02T09:00:00Z', anonymous_id: 'a1' },
    { country: 'DE', at: '2026-03-03T09:00:00Z', anonymous_id: 'a1' },
    { country: 'US', at: '2026-03-02T10:00:00Z', anonymous_id: 'a2' },
    { country: null, at: '2026-03-02T11:00:00Z', anonymous_id: 'a1' },
    { country: 'at', at: '2026-03-02T12:00:00Z', anonymous_id: 'a1' },
  ];

  test('by value, then by the code points of the group, null last', () => {
    expect(count(views, { group_by: ['country'] }).map((row) => [row.country, row.value])).toEqual([
      ['DE', 2],
      ['US', 1],
      ['at', 1],
      [null, 1],
    ]);
  });

  test('`limit` keeps groups, each with all its buckets', () => {
    expect(count(views, { group_by: ['country'], interval: 'day', limit: 2 })).toEqual([
      { country: 'DE', bucket: '2026-03-02T00:00:00.000Z', value: 1 },
      { country: 'US', bucket: '2026-03-02T00:00:00.000Z', value: 1 },
      { country: 'DE', bucket: '2026-03-03T00:00:00.000Z', value: 1 },
    ]);
  });

  test('without a group it keeps the first buckets', () => {
    expect(count(views, { interval: 'day', limit: 1 })).toEqual([
      { bucket: '2026-03-02T00:00:00.000Z', value: 4 },
    ]);
  });

  test('uniques of a whole period are not the sum of its buckets', () => {
    expect(count(views, { metric: 'uniques', group_by: ['country'], limit: 2 })).toEqual([
      { country: 'DE', value: 1 },
      { country: 'US', value: 1 },
    ]);
    expect(count(views, { metric: 'uniques' })).toEqual([{ value: 2 }]);
  });

  test('`from` is inclusive, `to` exclusive', () => {
    expect(count(views, { from: '2026-03-02T10:00:00Z', to: '2026-03-02T12:00:00Z' })).toEqual([
      { value: 2 },
    ]);
  });
});

test('query_events shows the newest first and, of one instant, the last sent', () => {
  const said = [
    { seq: 0, event_name: 'A' },
    { seq: 1, event_name: 'B' },
    { at: '2026-03-02T08:00:00Z', event_name: 'C' },
  ].map((e) => anEvent({ ...e, received_at: 0, request_id: 'r' }));
  const rows = truth('query_events', said, { ...week, limit: 2 }, context, asking);
  expect(rows.map((row) => row.event_name)).toEqual(['B', 'A']);
  expect(Object.keys(rows[0] ?? {}).join()).toBe(
    'timestamp,event_name,anonymous_id,user_id,source,medium,campaign,source_confidence,referrer,url,path,country,device_type,properties,event_id,session_id,browser,os',
  );
});
