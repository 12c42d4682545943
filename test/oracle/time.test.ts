import { describe, expect, test } from 'vitest';
import { periodOf } from './period.ts';
import { bucketOf, type Interval } from './zone.ts';

describe('buckets', () => {
  test.each<{ does: string; tz: string; interval: Interval; at: string; starts: string }>([
    {
      does: 'an hour in UTC',
      tz: 'UTC',
      interval: 'hour',
      at: '2026-03-01T10:59:59.999Z',
      starts: '2026-03-01T10:00',
    },
    {
      does: 'an Indian hour starts at half past in UTC',
      tz: 'Asia/Kolkata',
      interval: 'hour',
      at: '2026-03-01T10:29:00Z',
      starts: '2026-03-01T09:30',
    },
    {
      does: 'an Indian day starts at 18:30 UTC',
      tz: 'Asia/Kolkata',
      interval: 'day',
      at: '2026-03-01T18:30:00Z',
      starts: '2026-03-01T18:30',
    },
    {
      does: 'and ends there',
      tz: 'Asia/Kolkata',
      interval: 'day',
      at: '2026-03-01T18:29:59Z',
      starts: '2026-02-28T18:30',
    },
    {
      does: 'the day of 23 hours',
      tz: 'America/New_York',
      interval: 'day',
      at: '2026-03-09T03:59:00Z',
      starts: '2026-03-08T05:00',
    },
    {
      does: 'the day after it',
      tz: 'America/New_York',
      interval: 'day',
      at: '2026-03-09T04:00:00Z',
      starts: '2026-03-09T04:00',
    },
    {
      does: 'the day of 25 hours',
      tz: 'America/New_York',
      interval: 'day',
      at: '2026-11-02T04:59:00Z',
      starts: '2026-11-01T04:00',
    },
    {
      does: 'the hour that happens twice, first',
      tz: 'America/New_York',
      interval: 'hour',
      at: '2026-11-01T05:30:00Z',
      starts: '2026-11-01T05:00',
    },
    {
      does: 'and again',
      tz: 'America/New_York',
      interval: 'hour',
      at: '2026-11-01T06:30:00Z',
      starts: '2026-11-01T06:00',
    },
    {
      does: 'Lord Howe’s hour before the clocks go back',
      tz: 'Australia/Lord_Howe',
      interval: 'hour',
      at: '2026-04-04T14:59:00Z',
      starts: '2026-04-04T14:00',
    },
    {
      does: 'its half hour after',
      tz: 'Australia/Lord_Howe',
      interval: 'hour',
      at: '2026-04-04T15:29:00Z',
      starts: '2026-04-04T15:00',
    },
    {
      does: 'the next full hour',
      tz: 'Australia/Lord_Howe',
      interval: 'hour',
      at: '2026-04-04T15:30:00Z',
      starts: '2026-04-04T15:30',
    },
    {
      does: 'its half hour in spring',
      tz: 'Australia/Lord_Howe',
      interval: 'hour',
      at: '2026-10-03T15:59:00Z',
      starts: '2026-10-03T15:30',
    },
    {
      does: 'Apia’s 29 December',
      tz: 'Pacific/Apia',
      interval: 'day',
      at: '2011-12-30T09:59:59Z',
      starts: '2011-12-29T10:00',
    },
    {
      does: 'the next instant is the 31st',
      tz: 'Pacific/Apia',
      interval: 'day',
      at: '2011-12-30T10:00:00Z',
      starts: '2011-12-30T10:00',
    },
    {
      does: 'a week that misses its Friday',
      tz: 'Pacific/Apia',
      interval: 'week',
      at: '2011-12-31T09:00:00Z',
      starts: '2011-12-26T10:00',
    },
    {
      does: 'a week starts on Monday',
      tz: 'UTC',
      interval: 'week',
      at: '2026-03-08T23:59:59Z',
      starts: '2026-03-02T00:00',
    },
    {
      does: 'a month starts there at midnight',
      tz: 'America/New_York',
      interval: 'month',
      at: '2026-03-31T23:00:00Z',
      starts: '2026-03-01T05:00',
    },
    {
      does: 'a day without a midnight starts at 1',
      tz: 'America/Sao_Paulo',
      interval: 'day',
      at: '2017-10-15T12:00:00Z',
      starts: '2017-10-15T03:00',
    },
    {
      does: 'clocks put back a minute after midnight',
      tz: 'America/St_Johns',
      interval: 'day',
      at: '2010-11-07T04:00:00Z',
      starts: '2010-11-07T02:30',
    },
    {
      does: 'which brings the evening back',
      tz: 'America/St_Johns',
      interval: 'day',
      at: '2010-11-07T02:31:00Z',
      starts: '2010-11-06T02:30',
    },
    {
      does: 'before 1970',
      tz: 'America/New_York',
      interval: 'day',
      at: '1969-12-31T23:59:59.999Z',
      starts: '1969-12-31T05:00',
    },
  ])('$does: $interval in $tz of $at', ({ tz, interval, at, starts }) => {
    expect(new Date(bucketOf(Date.parse(at), tz, interval)).toISOString()).toBe(`${starts}:00.000Z`);
  });
});

describe('periods', () => {
  const asking = { now: Date.parse('2026-03-10T12:00:00.000Z'), timezone: 'America/New_York' };
  const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 19);

  test.each([
    {
      manner: 'read',
      asked: { from: '2026-03-07', to: '2026-03-09' },
      is: ['2026-03-07T00:00:00', '2026-03-09T00:00:00'],
    },
    {
      manner: 'read',
      asked: { from: '2026-03-07', to: '2026-03-09', tz: 'America/New_York' },
      is: ['2026-03-07T05:00:00', '2026-03-09T04:00:00'],
    },
    {
      manner: 'analysis',
      asked: { from: '2026-03-07', to: '2026-03-08' },
      is: ['2026-03-07T05:00:00', '2026-03-09T04:00:00'],
    },
    {
      manner: 'analysis',
      asked: { from: '2026-03-07', to: '2026-03-08', tz: 'UTC' },
      is: ['2026-03-07T00:00:00', '2026-03-09T00:00:00'],
    },
    {
      manner: 'analysis',
      asked: { from: '2011-12-30', to: '2011-12-30', tz: 'Pacific/Apia' },
      is: ['2011-12-30T10:00:00', '2011-12-30T10:00:00'],
    },
    {
      manner: 'read',
      asked: { from: '2026-03-07T10:00:00+05:30', to: '2026-03-08T00:00:00Z' },
      is: ['2026-03-07T04:30:00', '2026-03-08T00:00:00'],
    },
  ] as const)('$manner $asked', ({ manner, asked, is }) => {
    const { from, to } = periodOf(asked, manner, asking);
    expect([iso(from), iso(to)]).toEqual(is);
  });

  test('`last:36h` ends now, the current millisecond included; nothing said is the last 7 days', () => {
    const now = asking.now;
    expect(periodOf({ from: 'last:36h' }, 'read', asking)).toEqual({
      from: now - 36 * 3_600_000,
      to: now + 1,
      tz: 'America/New_York',
    });
    expect(periodOf({}, 'analysis', asking).from).toBe(now - 7 * 86_400_000);
  });
});
