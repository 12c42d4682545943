import { type Sql, sql } from './sql.ts';
import { firstInstantOf, type Interval, offsetsOf } from './zone.ts';

interface Piece {
  readonly from: number;
  readonly value: Sql;
}

const hourMs = 3_600_000;

/**
 * The bucket an event belongs to, to group and order by: for hours the UTC start itself, for weeks (Monday) and months the start on the zone’s clock, for days that clock’s date;
 * `bucketStart` makes either an instant. `ts` is a UTC timestamp within [from, to). Only arithmetic with the zone’s few offsets: no engine’s own knowledge of zones is asked.
 */
export const bucketOf = (
  ts: Sql,
  tz: string,
  interval: Interval,
  period: { readonly from: number; readonly to: number },
): Sql => {
  // An hour earlier, since the bucket of `from` may begin where an offset changed just before.
  const spans = offsetsOf(tz, period.from - hourMs, period.to);
  if (interval !== 'hour') {
    const offset = choose(
      ts,
      spans.map(({ from, offsetMs }) => ({ from, value: sql`${offsetMs}` })),
    );
    // In DuckDB a date takes an eighth off a count by day.
    return interval === 'day'
      ? sql`cast(${later(ts, offset)} as date)`
      : sql`date_trunc(${interval}, ${later(ts, offset)})`;
  }
  const pieces = spans.map(({ from, offsetMs }, i): Piece => {
    const past = mod(offsetMs, hourMs);
    const hour = later(sql`date_trunc('hour', ${later(ts, sql`${past}`)})`, sql`${-past}`);
    return {
      from,
      value: i === 0 || mod(from + offsetMs, hourMs) === 0 ? hour : sql`greatest(${hour}, ${new Date(from)})`,
    };
  });
  return choose(ts, pieces);
};

/** The UTC instant (ISO 8601) at which a bucket starts: the first that has its date on the zone’s clock. `cell`: what an engine answered for `bucketOf`. */
export const bucketStart = (
  cell: string | number | boolean | null,
  tz: string,
  interval: Interval,
): string => {
  const start = typeof cell === 'string' ? Date.parse(cell) : Number.NaN;
  if (Number.isNaN(start)) throw new Error(`not a bucket: ${String(cell)}`);
  return new Date(interval === 'hour' ? start : firstInstantOf(tz, start)).toISOString();
};

const mod = (n: number, by: number): number => ((n % by) + by) % by;

const later = (ts: Sql, ms: Sql): Sql =>
  ms.text === '0' || ms.text === '-0' ? ts : sql`date_add('millisecond', ${ms}, ${ts})`;

/** The value of the piece `ts` lies in, found by halving: eight comparisons for a century of changes. */
function choose(ts: Sql, pieces: readonly Piece[]): Sql {
  const changes = pieces.filter(({ value }, i) => value.text !== pieces[i - 1]?.value.text);
  const middle = changes[changes.length >> 1];
  if (middle === undefined) throw new Error('no spans to choose from');
  if (changes.length === 1) return middle.value;
  const half = changes.length >> 1;
  return sql`case when ${ts} < ${new Date(middle.from)} then ${choose(ts, changes.slice(0, half))} else ${choose(ts, changes.slice(half))} end`;
}
