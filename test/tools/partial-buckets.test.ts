import fc from 'fast-check';
import { expect, test } from 'vitest';
import { partialBuckets } from '../../src/tools/period.ts';
import { cutBuckets } from '../oracle/zone.ts';
import { intervals, zoneWorld } from '../sql/zone-worlds.ts';

const runs = Number(process.env.MILLIMETRIC_WORLDS ?? 200);
/** All of it happened long ago and is known. */
const past = { now: Number.MAX_SAFE_INTEGER, known: Number.MAX_SAFE_INTEGER } as const;
const iso = (instant: number): string => new Date(instant).toISOString();

test.each([
  {
    does: 'whole days',
    tz: 'UTC',
    interval: 'day',
    from: '2026-03-02T00:00',
    to: '2026-03-04T00:00',
    cut: [],
  },
  {
    does: 'half of the first day',
    tz: 'UTC',
    interval: 'day',
    from: '2026-03-02T12:00',
    to: '2026-03-04T00:00',
    cut: ['2026-03-02T00:00'],
  },
  {
    does: 'half of the last day',
    tz: 'UTC',
    interval: 'day',
    from: '2026-03-02T00:00',
    to: '2026-03-04T12:00',
    cut: ['2026-03-04T00:00'],
  },
  {
    does: 'some hours of one day',
    tz: 'UTC',
    interval: 'day',
    from: '2026-03-02T10:00',
    to: '2026-03-02T12:00',
    cut: ['2026-03-02T00:00'],
  },
  {
    does: 'UTC days in New York',
    tz: 'America/New_York',
    interval: 'day',
    from: '2026-03-08T00:00',
    to: '2026-03-09T00:00',
    cut: ['2026-03-07T05:00', '2026-03-08T05:00'],
  },
  {
    does: 'New York’s day of 23 hours',
    tz: 'America/New_York',
    interval: 'day',
    from: '2026-03-08T05:00',
    to: '2026-03-09T04:00',
    cut: [],
  },
  {
    does: 'Lord Howe’s half hour',
    tz: 'Australia/Lord_Howe',
    interval: 'hour',
    from: '2026-04-04T15:00',
    to: '2026-04-04T15:30',
    cut: [],
  },
] as const)('$does: buckets by $interval in $tz that the period cuts', ({ tz, interval, from, to, cut }) => {
  const starts = cut.map((start) => `${start}:00.000Z`);
  const period = { from: Date.parse(`${from}Z`), to: Date.parse(`${to}Z`) };
  expect(partialBuckets(period, tz, interval, past)).toEqual(starts);
  expect(cutBuckets(period.from, period.to, tz, interval).map(iso)).toEqual(starts);
});

test('partial_buckets are those that a wall clock shows on both sides of the period’s ends', () => {
  fc.assert(
    fc.property(zoneWorld, fc.constantFrom(...intervals), ({ tz, instants, from, to }, interval) => {
      const ends = [from, ...instants, to].toSorted((a, b) => a - b);
      for (const [i, end] of ends.slice(1).entries()) {
        const begin = ends[i] ?? from;
        if (begin < end)
          expect(partialBuckets({ from: begin, to: end }, tz, interval, past)).toEqual(
            cutBuckets(begin, end, tz, interval).map(iso),
          );
      }
    }),
    { numRuns: runs },
  );
});

test.each([
  [
    'the running one, though the period ends with it',
    '2026-03-04T00:00',
    '2026-03-03T15:00',
    undefined,
    ['2026-03-03'],
  ],
  [
    'the running one, of a period that ends in days',
    '2026-03-09T00:00',
    '2026-03-03T15:00',
    undefined,
    ['2026-03-03'],
  ],
  ['none where it began at this moment', '2026-03-09T00:00', '2026-03-01T15:00', undefined, []],
  [
    'those that are not delivered yet',
    '2026-03-04T00:00',
    '2026-03-04T00:30',
    '2026-03-03T23:50',
    ['2026-03-03'],
  ],
  [
    'all since then',
    '2026-03-05T00:00',
    '2026-03-04T00:30',
    '2026-03-03T23:50',
    ['2026-03-03', '2026-03-04'],
  ],
] as const)('what is known decides: %s', (_, to, now, known, partial) => {
  const period = { from: Date.parse('2026-03-02T00:00Z'), to: Date.parse(`${to}Z`) };
  const clock = { now: Date.parse(`${now}Z`), known: Date.parse(`${known ?? now}Z`) };
  expect(partialBuckets(period, 'UTC', 'day', clock)).toEqual(partial.map((day) => `${day}T00:00:00.000Z`));
});
