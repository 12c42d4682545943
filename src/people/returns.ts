import type { Period } from '../lake/events-of.ts';
import { bucketOf } from '../sql/bucket.ts';
import { join, name, type Sql, sql } from '../sql/sql.ts';
import { bucketRows, type Calendar, type Doing, doings, stretchRows, whoColumns } from './days.ts';
import { instantOf, millis, moment } from './sessions.ts';

/** Whose first birth it was, and who came back when. */
export interface Returning extends Doing {
  /** Is this event a birth, a return? Over the columns of an event, never null. */
  readonly birth: Sql;
  readonly back: Sql;
  /** Is a birth a return as well: every one, none, or some of them? */
  readonly both: 'always' | 'never' | 'sometimes';
  /** What of the birth event its people are split by. */
  readonly groups: readonly Sql[];
  /** Births lie in it. */
  readonly period: Period;
  /** Only the first birth there ever was, not the first in the period. */
  readonly newOnly: boolean;
  /** Periods of so many ms after each birth, or the next units of the calendar. */
  readonly align: { readonly everyMs: number } | 'calendar';
  readonly calendar: Calendar;
  /** Periods are numbered from 0 to below this. */
  readonly periods: number;
  readonly criteria: 'on' | 'on_or_after' | 'on_or_before';
}

/** An aggregate that counts those of `returnRows` who count as returned in period n. */
export const returnedIn = ({ criteria }: Pick<Returning, 'criteria'>, n: number): Sql => {
  switch (criteria) {
    case 'on':
      return sql`count(${name(`p_${n}`)})`;
    case 'on_or_after':
      return sql`count(case when last_back >= ${n} then 1 end)`;
    case 'on_or_before':
      return sql`count(case when first_back <= ${n} then 1 end)`;
  }
};

/**
 * One row for each one born in the period: `project_id` where rows say it, g_1 …, `bucket` (of the birth), and what
 * `returnedIn` counts. The birth event is no return of its own; every other one from its instant on is.
 *
 * Events are first grouped by person and a stretch of one period’s length. Such a stretch reaches into two of a
 * person’s periods at most, in which its first and its last return lie; in the stretch of the birth itself all that
 * follows is period 0. So the first and the last are enough, and exact.
 */
export const returnRows = (events: Sql, returning: Returning): Sql => {
  const { calendar, criteria, periods, period, groups } = returning;
  const who = whoColumns(returning);
  const split = groups.map((_, i) => name(`g_${i + 1}`));
  const kept = split.map((g) => sql`, max(case when b = born then ${g} end) as ${g}`);
  const found = {
    on: Array.from(
      { length: periods },
      (_, n) => sql`, max(case when k_1 = ${n} or k_2 = ${n} then 1 end) as ${name(`p_${n}`)}`,
    ),
    on_or_after: [
      sql`, max(case when k_2 < ${periods} then k_2 when k_1 < ${periods} then k_1 end) as last_back`,
    ],
    on_or_before: [sql`, min(coalesce(k_1, k_2)) as first_back`],
  }[criteria];
  return sql`
    select *, ${bucketOf(instantOf(name('born')), calendar.tz, calendar.interval, calendar.within)} as bucket
    from (
      select ${who}, born${join([...kept, ...found], '')}
      from (${placed(events, returning)}) as placed
      where born >= ${period.from}
      group by ${who}, born
    ) as born`;
};

/** Each one’s stretches with `born`, and the periods of their first and last return: k_1, k_2. */
function placed(events: Sql, returning: Returning): Sql {
  const { align } = returning;
  const own = sql`over (partition by ${whoColumns(returning)})`;
  const home = align === 'calendar' ? sql`, min_by(place, b) ${own} as home` : sql``;
  const at = (r: Sql): Sql =>
    align === 'calendar' ? sql`place - home` : sql`(${r} - born) / ${align.everyMs}`;
  // Where the birth itself is a return, one more is needed: a later one, one that is no birth, or a second one.
  const another = {
    never: sql`r_2 >= born`,
    always: sql`r_2 > born or other = born or twins > 1`,
    sometimes: sql`r_2 > born or other = born or twins > itself`,
  }[returning.both];
  // Where a clock is put back over midnight a later event has an earlier date: no period is before the birth’s.
  const k = (r: Sql): Sql =>
    sql`case when b = born then case when ${another} then 0 end when ${r} > born then greatest(${at(r)}, 0) end`;
  return sql`
    select *, ${k(name('r_1'))} as k_1, ${k(name('r_2'))} as k_2
    from (select *, min(b) ${own} as born${home} from (${stretches(events, returning)}) as stretches) as bearing`;
}

/** A person’s stretches: the first birth `b`, the first and last return `r_1`, `r_2` (ms), and what tells a birth from a return. */
function stretches(events: Sql, returning: Returning): Sql {
  const { align, both, birth, back, calendar, groups, newOnly, period } = returning;
  const [from, to] = [new Date(period.from), new Date(period.to)];
  const inPeriod = newOnly ? sql`ts < ${to}` : sql`ts >= ${from} and ts < ${to}`;
  const rows = doings(events, returning, [
    ['ms', millis(name('ts'))],
    ['m_b', sql`(${birth} and ${inPeriod})`],
    ['m_r', newOnly ? sql`(${back} and ts >= ${from})` : back],
    ...groups.map((g, i) => [`g_${i + 1}`, g] as const),
    ...(groups.length > 0 || both === 'sometimes'
      ? (['received_at', 'request_id', 'seq'] as const).map((column) => [column, name(column)] as const)
      : []),
  ]);
  const ofBirth = (value: Sql): Sql => sql`min_by(${value}, case when m_b then ${moment} end)`;
  const aggregates = [
    ['b', sql`min(case when m_b then ms end)`],
    ['r_1', sql`min(case when m_r then ms end)`],
    ['r_2', sql`max(case when m_r then ms end)`],
    ...(both === 'never'
      ? []
      : ([
          ['other', sql`max(case when m_r and not m_b then ms end)`],
          ['twins', sql`count(case when m_r and m_b then 1 end)`],
        ] as const)),
    ...(both === 'sometimes' ? [['itself', ofBirth(sql`case when m_r then 1 else 0 end`)] as const] : []),
    ...groups.map((_, i) => [`g_${i + 1}`, ofBirth(name(`g_${i + 1}`))] as const),
  ] as const;
  const known = sql`select * from (${rows}) as seen where m_b or m_r`;
  return align === 'calendar'
    ? bucketRows(known, returning, calendar, aggregates)
    : stretchRows(known, returning, align.everyMs, aggregates);
}
