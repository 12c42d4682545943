import type { Period, Reading } from '../lake/events-of.ts';
import { hashed } from '../sql/hash.ts';
import { join, name, type Sql, sql } from '../sql/sql.ts';
import { sessionGapMs } from './session.ts';
import type { Doers } from './who.ts';

const minute = 60_000;
const dayMs = 24 * 60 * minute;
/** From the year 1 to 1970 in ms: added, every time is positive, and a division cuts all of them downwards. */
export const sinceYearOneMs = 62_135_596_800_000;

/** An event’s time in ms since 1970. */
export const millis = (ts: Sql): Sql =>
  sql`date_diff('millisecond', timestamp '1970-01-01 00:00:00.000', ${ts})`;

/** That number as a timestamp again. */
export const instantOf = (ms: Sql): Sql =>
  // Trino takes no more than 2^31 of a unit at once.
  sql`date_add('millisecond', cast(${ms} % 86400000 as integer), date_add('day', cast(${ms} / 86400000 as integer), timestamp '1970-01-01 00:00:00.000'))`;

/** The order of a visitor’s events, as one value (decision 2, Order). */
export const moment = sql`row(ts, received_at, request_id, seq)`;

/** May this event open a session? Never null. Not `$identify`, nor what a server sends without a page or a device. */
export const opensSession = sql`(event_name <> '$identify' and not (path is null and browser is null and os is null and device_type = 'desktop'))`;

/** Is it a view of a page? */
export const isView = sql`(event_name = '$pageview')`;

/** Is it an event of the site’s own, which makes a visit more than a bounce? */
export const isCustom = sql`(strpos(event_name, '$') <> 1)`;

/** The visitor, hashed; over several projects nobody is the same in two. `events`: `e.` where something is joined. */
export const visitorOf = ({ projects }: Pick<Reading, 'projects'>, events = sql``): Sql =>
  hashed(
    projects.length > 1
      ? sql`concat(${events}project_id, '/', ${events}anonymous_id)`
      : sql`${events}anonymous_id`,
  );

/** These events, each with `who` did it, hashed; over several projects nobody is the same in two. */
const eachWith = ({ from, who }: Doers, { projects }: Pick<Reading, 'projects'>): Sql =>
  sql`select e.*, ${whoHashed(who, projects)} as who from ${from}`;

/** Who did an event, hashed; over several projects nobody is the same in two. */
export const whoHashed = (who: Sql, projects: Reading['projects']): Sql =>
  hashed(projects.length > 1 ? sql`concat(e.project_id, '/', ${who})` : who);

/** What a session keeps of one of its events: of the one that opened it, of its first or of its last page view; or of how many of them (`matches`) the value holds. */
export interface SessionValue {
  readonly as: string;
  readonly value: Sql;
  readonly of: 'opening' | 'first_view' | 'last_view' | 'matches';
}

/** Which events must be read to know the sessions that start in a period: a day before and after it. */
export const sessionReach = ({ from, to }: Period): Period => ({ from: from - dayMs, to: to + dayMs });

/**
 * The sessions of these events (columns as stored, read as far as `sessionReach`) that start in the period, one row
 * each: `project_id`, `v` (the visitor, hashed), `begins` and `ends` (ms since 1970),
 * `seconds`, `events`, `views`, `others` (events of the site’s own), and what is kept under its name.
 *
 * Events are first grouped by visitor and half hour: within one no pause is over 30 minutes, so a session is a run
 * of half hours, and only those are sorted. A session that the caller named is one group of its own.
 *
 * With `doers` (the same events with who did them) each row also has `who` (hashed), one row for everybody who did
 * something in that session, `sent` (the caller’s name of it, hashed) and `opening`, its opening event’s place in
 * time.
 * Source: analytics.md, Session; questions.md, 1.
 */
export const sessionRows = (
  events: Sql,
  reading: Pick<Reading, 'projects'>,
  period: Period,
  keeps: readonly SessionValue[] = [],
  doers?: Doers,
): Sql => {
  const { projects } = reading;
  const many = projects.length > 1;
  const project = many ? sql`min(project_id) as project_id, ` : sql``;
  const byWho = doers !== undefined;
  const inSessions = keptOf(keeps, byWho ? sql`opening` : sql`opened`);
  const numbered = runsOf(events, reading, keeps, doers);
  return sql`
    select *, cast(ends - begins as double) / 1000 as seconds${many ? sql`` : sql`, ${projects[0] ?? ''} as project_id`}
    from (
      select ${project}v, min(opened) as begins, max(last_ms) as ends, cast(sum(n) as bigint) as events,
        cast(sum(views) as bigint) as views, cast(sum(others) as bigint) as others${join(inSessions, '')}${
          byWho ? sql`, sent, min(opening) as opening, array_agg(distinct who) as all_who` : sql``
        }
      from (${numbered}) as numbered
      group by v, sent, run
    ) as sessions${byWho ? sql` cross join unnest(all_who) as t (who)` : sql``}
    where begins >= ${period.from} and begins < ${period.to}`;
};

/** What is kept of the half hours of a session, as the session’s; `opening`: which of them holds its opening event. */
const keptOf = (keeps: readonly SessionValue[], opening: Sql): readonly Sql[] =>
  keeps.map(({ as, of }) => {
    if (of === 'matches') return sql`, cast(sum(${name(as)}) as bigint) as ${name(as)}`;
    const pick = { opening: sql`min_by`, first_view: sql`min_by`, last_view: sql`max_by` }[of];
    const at = { opening, first_view: sql`first_view`, last_view: sql`last_view` }[of];
    return sql`, ${pick}(${name(as)}, ${at}) as ${name(as)}`;
  });

/** The half hours of visitors with the `run` each lies in: a visitor’s (`v`), or a named session’s (`sent`), first, second … session. */
function runsOf(
  events: Sql,
  reading: Pick<Reading, 'projects'>,
  keeps: readonly SessionValue[],
  doers?: Doers,
): Sql {
  const { projects } = reading;
  const many = projects.length > 1;
  const project = many ? sql`min(project_id) as project_id, ` : sql``;
  const byWho = doers !== undefined;
  const inHalves = keeps.map(({ as, value, of }) => {
    if (of === 'matches') return sql`, count(case when ${value} then 1 end) as ${name(as)}`;
    const only = of === 'opening' ? opensSession : isView;
    return sql`, ${of === 'last_view' ? sql`max_by` : sql`min_by`}(${value}, case when ${only} then ${moment} end) as ${name(as)}`;
  });
  const views = keeps.some(({ of }) => of === 'first_view' || of === 'last_view')
    ? sql`, min(case when ${isView} then ${millis(sql`ts`)} end) as first_view, max(case when ${isView} then ${millis(sql`ts`)} end) as last_view`
    : sql``;
  const halves = sql`
    select ${project}${byWho ? sql`who, ` : sql``}v, sent, slot, min(ms) as first_ms, max(ms) as last_ms,
      min(case when ${opensSession} then ms end) as opened, count(*) as n,
      count(case when ${isView} then 1 end) as views, count(case when ${isCustom} then 1 end) as others${views}${join(inHalves, '')}${
        byWho ? sql`, min(case when ${opensSession} then ${moment} end) as opening` : sql``
      }
    from (
      select *, ${visitorOf(reading)} as v, case when session_sent then ${hashed(sql`session_id`)} end as sent,
        case when session_sent then 0 else (${millis(sql`ts`)} + ${sinceYearOneMs}) / ${sessionGapMs} end as slot,
        ${millis(sql`ts`)} as ms
      from (${doers === undefined ? events : eachWith(doers, reading)}) as e
    ) as timed
    group by v, sent, slot${byWho ? sql`, who` : sql``}`;
  // Of several who share a half hour each has a row: what is before one is then all that began before it.
  const lane = sql`partition by v, sent order by slot${byWho ? sql`, first_ms, who` : sql``}`;
  const before = byWho
    ? sql`max(last_ms) over (${lane} rows between unbounded preceding and 1 preceding)`
    : sql`lag(last_ms) over (${lane})`;
  return sql`
    select *, count(case when pause is null or (pause > ${sessionGapMs} and sent is null) then 1 end) over (
      ${lane} rows between unbounded preceding and current row) as run
    from (
      select *, first_ms - ${before} as pause from (${halves}) as halves
    ) as paused`;
}

/**
 * The half hours of every session of these events, as `k` (`sessionKeyOf` of the events in them), each with what
 * `sessionRows` says of its session: `begins`, `ends`, `events`, `views`, `others` and what is kept.
 */
export const sessionKeys = (
  events: Sql,
  reading: Pick<Reading, 'projects'>,
  keeps: readonly SessionValue[],
): Sql => sql`
  select *, ${keyOf(name('v'), name('sent'), name('slot'))} as k
  from (
    select v, sent, array_agg(slot) as slots, min(opened) as begins, max(last_ms) as ends, cast(sum(n) as bigint) as events,
      cast(sum(views) as bigint) as views, cast(sum(others) as bigint) as others${join(keptOf(keeps, sql`opened`), '')}
    from (${runsOf(events, reading, keeps)}) as numbered
    group by v, sent, run
  ) as sessions cross join unnest(slots) as t (slot)
  where begins is not null`;

/** Of an event `e`: the half hour of a visitor, or the session that was named, as one number; each lies in one session. */
export const sessionKeyOf = (reading: Pick<Reading, 'projects'>): Sql =>
  keyOf(
    visitorOf(reading, sql`e.`),
    sql`case when e.session_sent then ${hashed(sql`e.session_id`)} end`,
    sql`((${millis(sql`e.ts`)} + ${sinceYearOneMs}) / ${sessionGapMs})`,
  );

/** An odd number, so that the half hours of one visitor are told apart; small, so that no product overflows. */
const apart = 1_000_003;
const keyOf = (v: Sql, sent: Sql, slot: Sql): Sql =>
  sql`case when ${sent} is null then bitwise_xor(${v}, ${slot} * ${apart}) else ${hashed(sql`concat(cast(${v} as varchar), ':', cast(${sent} as varchar))`)} end`;
