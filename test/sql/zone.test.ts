import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bucketOf, bucketStart } from '../../src/sql/bucket.ts';
import { name } from '../../src/sql/sql.ts';
import {
  firstInstantOf,
  followingStarts,
  isTimeZone,
  nextStart,
  offsetsOf,
  startOf,
} from '../../src/sql/zone.ts';
import { openDuck } from './duck.ts';
import { parsesAsTrino } from './grammar.ts';
import { unknownWords } from './phrasebook.ts';
import { bucketsQuery, intervals, oddDays, slowStarts, startsFrom, zoneWorld } from './zone-worlds.ts';

const duck = await openDuck();
const at = (text: string): number => Date.parse(text);
const iso = (instant: number): string => new Date(instant).toISOString();
const runs = Number(process.env.MILLIMETRIC_WORLDS ?? 200);

test.each([
  ['UTC', true],
  ['utc', true],
  ['America/Argentina/Buenos_Aires', true],
  ['+05:30', true],
  ['Mars/Phobos', false],
  ['', false],
  ["UTC'; drop table events", false],
])('%s is a time zone: %s', (text, is) => {
  expect(isTimeZone(text)).toBe(is);
});

test.each([
  ['UTC', ['2011-01-01T00:00:00.000Z 0']],
  ['Asia/Kolkata', ['2011-01-01T00:00:00.000Z 330']],
  [
    'America/New_York',
    ['2011-01-01T00:00:00.000Z -300', '2011-03-13T07:00:00.000Z -240', '2011-11-06T06:00:00.000Z -300'],
  ],
  [
    'Pacific/Apia',
    [
      '2011-01-01T00:00:00.000Z -600',
      '2011-04-02T14:00:00.000Z -660',
      '2011-09-24T14:00:00.000Z -600',
      '2011-12-30T10:00:00.000Z 840',
    ],
  ],
  [
    'Australia/Lord_Howe',
    ['2011-01-01T00:00:00.000Z 660', '2011-04-02T15:00:00.000Z 630', '2011-10-01T15:30:00.000Z 660'],
  ],
])('the offsets of %s in 2011, in minutes', (tz, spans) => {
  expect(
    offsetsOf(tz, at('2011-01-01'), at('2012-01-01')).map(
      ({ from, offsetMs }) => `${iso(from)} ${offsetMs / 60_000}`,
    ),
  ).toEqual(spans);
});

test('a period of ten thousand years is answered at once, with the offsets of two centuries', () => {
  expect(offsetsOf('America/New_York', at('0001-01-01'), at('9999-01-01')).length).toBeLessThan(500);
});

describe('buckets start', () => {
  test.each([
    [
      'America/New_York',
      'hour',
      '2026-11-01T05:30:00Z',
      '2026-11-01T05:00:00.000Z',
      '2026-11-01T06:00:00.000Z',
    ],
    [
      'America/New_York',
      'hour',
      '2026-11-01T06:30:00Z',
      '2026-11-01T06:00:00.000Z',
      '2026-11-01T07:00:00.000Z',
    ],
    [
      'America/New_York',
      'day',
      '2026-03-08T12:00:00Z',
      '2026-03-08T05:00:00.000Z',
      '2026-03-09T04:00:00.000Z',
    ],
    [
      'America/New_York',
      'week',
      '2026-03-08T12:00:00Z',
      '2026-03-02T05:00:00.000Z',
      '2026-03-09T04:00:00.000Z',
    ],
    [
      'America/New_York',
      'month',
      '2026-11-30T12:00:00Z',
      '2026-11-01T04:00:00.000Z',
      '2026-12-01T05:00:00.000Z',
    ],
    [
      'Asia/Kolkata',
      'hour',
      '2026-01-01T00:29:59.999Z',
      '2025-12-31T23:30:00.000Z',
      '2026-01-01T00:30:00.000Z',
    ],
    [
      'Pacific/Apia',
      'day',
      '2011-12-30T09:59:59.999Z',
      '2011-12-29T10:00:00.000Z',
      '2011-12-30T10:00:00.000Z',
    ],
    ['Pacific/Apia', 'week', '2011-12-30T10:00:00Z', '2011-12-26T10:00:00.000Z', '2012-01-01T10:00:00.000Z'],
    [
      'Australia/Lord_Howe',
      'hour',
      '2026-04-04T14:59:59Z',
      '2026-04-04T14:00:00.000Z',
      '2026-04-04T15:00:00.000Z',
    ],
    [
      'Australia/Lord_Howe',
      'hour',
      '2026-04-04T15:10:00Z',
      '2026-04-04T15:00:00.000Z',
      '2026-04-04T15:30:00.000Z',
    ],
    [
      'Australia/Lord_Howe',
      'hour',
      '2026-10-03T15:40:00Z',
      '2026-10-03T15:30:00.000Z',
      '2026-10-03T16:00:00.000Z',
    ],
    [
      'America/Sao_Paulo',
      'day',
      '2018-11-04T12:00:00Z',
      '2018-11-04T03:00:00.000Z',
      '2018-11-05T02:00:00.000Z',
    ],
    [
      'America/Sao_Paulo',
      'day',
      '2018-02-18T02:30:00Z',
      '2018-02-17T02:00:00.000Z',
      '2018-02-18T03:00:00.000Z',
    ],
    ['UTC', 'month', '2026-02-28T23:59:59.999Z', '2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'],
  ] as const)('%s, %s of %s: from %s to %s', (tz, unit, instant, start, next) => {
    expect([startOf(tz, unit, at(instant)), nextStart(tz, unit, at(instant))].map(iso)).toEqual([
      start,
      next,
    ]);
  });
});

test.each([
  ['America/New_York', '2026-03-08T02:30', '2026-03-08T07:00:00.000Z'],
  ['America/New_York', '2026-11-01T01:30', '2026-11-01T05:30:00.000Z'],
  ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00.000Z'],
  ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00.000Z'],
])('the clock of %s first shows %s, or skips it, at %s', (tz, wall, instant) => {
  expect(iso(firstInstantOf(tz, at(`${wall.padEnd(16, wall.includes('T') ? '' : 'T00:00')}Z`)))).toBe(
    instant,
  );
});

test('buckets from SQL are those a wall clock shows, event by event', async () => {
  await fc.assert(
    fc.asyncProperty(zoneWorld, async (world) => {
      const starts = startsFrom(await duck.rows(bucketsQuery(world).text), world.tz);
      expect(starts).toEqual(slowStarts(world));
      expect(
        world.instants.map((instant) =>
          Object.fromEntries(intervals.map((unit) => [unit, iso(startOf(world.tz, unit, instant))])),
        ),
      ).toEqual(starts);
    }),
    { numRuns: runs },
  );
});

test('an instant lies in its bucket, and the next bucket begins where this one is over', () => {
  fc.assert(
    fc.property(zoneWorld, fc.constantFrom(...intervals), ({ tz, instants }, unit) => {
      for (const instant of instants) {
        const [start, next] = [startOf(tz, unit, instant), nextStart(tz, unit, instant)];
        expect(start).toBeLessThanOrEqual(instant);
        expect(next).toBeGreaterThan(start);
        expect(startOf(tz, unit, start)).toBe(start);
        expect(startOf(tz, unit, next)).toBe(next);
      }
    }),
    { numRuns: runs },
  );
});

test.each(intervals)('a decade of %s buckets is Trino’s SQL, of words from the phrasebook', (interval) => {
  const text = `select ${bucketOf(name('ts'), 'Australia/Lord_Howe', interval, { from: at('2020-01-01'), to: at('2030-01-01') }).text} as bucket from events`;
  expect([...parsesAsTrino(text), ...unknownWords(text)]).toEqual([]);
});

test('UTC costs nothing', () => {
  expect(bucketOf(name('ts'), 'UTC', 'day', { from: at('2026-01-01'), to: at('2027-01-01') }).text).toBe(
    'cast(ts as date)',
  );
});

test('what is no bucket is refused', () => {
  expect(() => bucketStart(null, 'UTC', 'day')).toThrow('not a bucket');
});

test.each(
  [...oddDays.map(([tz]) => tz), 'America/St_Johns', 'Asia/Riyadh87', 'Africa/Monrovia', '+05:31'].filter(
    isTimeZone,
  ),
)('in %s starts that are counted on are those that are looked up', (tz) => {
  const edges = ['1899-11-20', '1969-12-01', '2010-10-01', '2011-11-20', '2026-02-20', '2099-12-20'].map(at);
  for (const from of edges)
    for (const unit of intervals) {
      const follow = followingStarts(tz, unit);
      let slow = startOf(tz, unit, from);
      for (let n = 0; n < 1000; n++) {
        const next = nextStart(tz, unit, slow);
        expect([iso(slow), iso(follow(slow))]).toEqual([iso(slow), iso(next)]);
        slow = next;
      }
    }
});
