import fc from 'fast-check';
import type { Row } from '../../src/ports.ts';
import { bucketOf, bucketStart } from '../../src/sql/bucket.ts';
import { join, name, type Sql, sql } from '../../src/sql/sql.ts';
import type { Interval } from '../../src/sql/zone.ts';

/** Some instants in a zone, all within [from, to). */
export interface ZoneWorld {
  readonly tz: string;
  readonly instants: readonly number[];
  readonly from: number;
  readonly to: number;
}

export const intervals = ['hour', 'day', 'week', 'month'] as const satisfies readonly Interval[];

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Zones and the days on which their clocks did something unusual. */
export const oddDays: readonly (readonly [tz: string, ...days: string[]])[] = [
  ['America/New_York', '2026-03-08', '2026-11-01'],
  ['Asia/Kolkata', '2026-03-08', '2026-12-31'],
  ['Pacific/Apia', '2011-12-30', '2011-09-24', '2012-04-01'],
  ['Australia/Lord_Howe', '2026-04-04', '2026-10-03'],
  ['America/Sao_Paulo', '2018-02-18', '2018-11-04'],
  ['Africa/Casablanca', '2026-02-15', '2026-03-22'],
  ['America/St_Johns', '2011-03-13'],
  ['UTC', '2026-03-08', '2025-12-31'],
];

/** Worlds around those days: a few instants each, some on the very minute of a change, to the millisecond. */
export const zoneWorld: fc.Arbitrary<ZoneWorld> = fc.constantFrom(...oddDays).chain(([tz, ...days]) =>
  fc.constantFrom(...days).chain((day) => {
    const near = fc
      .record({
        quarters: fc.integer({ min: -2 * 96, max: 3 * 96 }),
        ms: fc.oneof(fc.constantFrom(-1, 0, 1), fc.integer({ min: 0, max: 899_999 })),
      })
      .map(({ quarters, ms }) => Date.parse(day) + quarters * 15 * minuteMs + ms);
    const far = fc.integer({ min: Date.parse(day) - 40 * dayMs, max: Date.parse(day) + 40 * dayMs });
    return fc
      .record({
        instants: fc.array(fc.oneof({ weight: 3, arbitrary: near }, far), { minLength: 1, maxLength: 12 }),
        before: fc.nat(3 * dayMs),
        after: fc.integer({ min: 1, max: 3 * dayMs }),
      })
      .map(({ instants, before, after }) => ({
        tz,
        instants,
        from: Math.min(...instants) - before,
        to: Math.max(...instants) + after,
      }));
  }),
);

/** A query for rows {k, hour, day, week, month}: the bucket of each instant. */
export const bucketsQuery = ({ tz, instants, from, to }: ZoneWorld): Sql =>
  sql`select k, ${join(intervals.map((interval) => sql`${bucketOf(name('ts'), tz, interval, { from, to })} as ${name(interval)}`))}
    from (values ${join(instants.map((at, k) => sql`(${k}, ${new Date(at)})`))}) as t(k, ts) order by k`;

/** What an engine answered, as instants. */
export const startsFrom = (rows: readonly Row[], tz: string): readonly Record<Interval, string>[] =>
  rows.map((row) => ({
    hour: bucketStart(row.hour ?? null, tz, 'hour'),
    day: bucketStart(row.day ?? null, tz, 'day'),
    week: bucketStart(row.week ?? null, tz, 'week'),
    month: bucketStart(row.month ?? null, tz, 'month'),
  }));

/** The same found slowly: each instant by itself, by looking back at a wall clock, a minute or a quarter of an hour at a time. */
export const slowStarts = ({ tz, instants }: ZoneWorld): readonly Record<Interval, string>[] =>
  instants.map((at) => {
    const now = clock(tz, at);
    const back = (step: number, stretch: number, same: (then: Clock) => boolean): string => {
      const newest = Math.floor(at / step) * step;
      let first = newest;
      for (let then = newest; then >= at - stretch; then -= step) if (same(clock(tz, then))) first = then;
      return new Date(first).toISOString();
    };
    const once = (unit: Interval, days: number, label: (then: Clock) => string): string => {
      const key = `${tz} ${unit} ${label(now)}`;
      const start = found.get(key) ?? back(15 * minuteMs, days * dayMs, (then) => label(then) === label(now));
      found.set(key, start);
      return start;
    };
    return {
      hour: back(
        minuteMs,
        60 * minuteMs,
        (then) => then.date === now.date && then.hour === now.hour && then.offset === now.offset,
      ),
      day: once('day', 2, ({ date }) => date),
      week: once('week', 8, ({ date }) => mondayOf(date)),
      month: once('month', 33, ({ date }) => date.slice(0, 7)),
    };
  });

const found = new Map<string, string>();

interface Clock {
  readonly date: string;
  readonly hour: string;
  readonly offset: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const read = new Map<string, Clock>();

function clock(tz: string, at: number): Clock {
  const key = `${tz} ${at}`;
  const known = read.get(key);
  if (known !== undefined) return known;
  const format =
    formats.get(tz) ??
    new Intl.DateTimeFormat('sv-SE', { timeZone: tz, dateStyle: 'short', timeStyle: 'medium' });
  formats.set(tz, format);
  const [date = '', time = ''] = format.format(at).split(' ');
  const shown: Clock = {
    date,
    hour: time.slice(0, 2),
    offset: Date.parse(`${date}T${time}Z`) - Math.floor(at / 1000) * 1000,
  };
  read.set(key, shown);
  return shown;
}

const mondayOf = (date: string): string => String(Math.floor((Date.parse(date) / dayMs + 3) / 7));
