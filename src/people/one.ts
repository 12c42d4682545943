import type { Period, Reading } from '../lake/events-of.ts';
import { bucketOf } from '../sql/bucket.ts';
import { hashed } from '../sql/hash.ts';
import { join, name, type Sql, sql } from '../sql/sql.ts';
import { idsTold } from './list.ts';
import { type Noted, sessionEvents } from './session-events.ts';
import { isView, moment } from './sessions.ts';
import { traitsBefore } from './traits.ts';
import { doersOf } from './who.ts';

/** Whose history is told: the person an id stands for, in which period, by the days of which zone. */
export interface PersonSought {
  readonly id: string;
  readonly period: Period;
  readonly tz: string;
}

/** What a row of `historyOf` says of its event. */
export const told = [
  ...(['event_name', 'path', 'source', 'medium', 'country', 'device_type'] as const),
  ...(['anonymous_id', 'properties'] as const),
] as const;

const whole = (aggregate: Sql): Sql => sql`${aggregate} over ()`;
/** What is known of the person: over all of their events in the period. */
const about: readonly (readonly [as: string, of: Sql])[] = [
  ['first_seen', whole(sql`min(ts)`)],
  ['last_seen', whole(sql`max(ts)`)],
  ['events', whole(sql`count(*)`)],
  ['visitors', whole(sql`max(place)`)],
  ...idsTold.map((n) => [`id_${n}`, whole(sql`max(case when place = ${n} then anonymous_id end)`)] as const),
  [
    'first_source',
    whole(sql`min_by(case when source = 'internal' then 'direct' else source end, ${moment})`),
  ],
  ['last_country', whole(sql`max_by(country, case when country is not null then ${moment} end)`)],
  ['last_device', whole(sql`max_by(device_type, ${moment})`)],
  ['sessions', whole(sql`count(case when opening = 1 then 1 end)`)],
  [
    'average_session_seconds',
    whole(sql`avg(case when opening = 1 then cast(ends - begins as double) / 1000 end)`),
  ],
  ['pageviews', whole(sql`count(case when ${isView} then 1 end)`)],
  ['active_days', whole(sql`max(day)`)],
];

const shown = [
  ...told,
  ...(['ts', 'received_at', 'request_id', 'seq', 'project_id', 'begins', 'person', 'others'] as const),
  ...about.map(([as]) => as),
];

/**
 * Every event of one person in the period, each beside all that is known of them. `within` are the events (columns as
 * stored) of the period, `around` those as far as `sessionReach`. The person is who is called so, else who used that
 * device last. Columns: those of `told`, `ts`, `received_at`, `request_id`, `seq`, `project_id`, `begins` (when
 * its session began, ms; null where nothing opened one), and of the
 * person what `peopleOf` says, `sessions`, `average_session_seconds`, `pageviews`, `active_days`, `traits`, `others`
 * (how many more used that device).
 */
export const historyOf = (
  within: Sql,
  around: Sql,
  reading: Reading,
  { id, period, tz }: PersonSought,
): Sql => {
  const { from, who } = doersOf(within, 'person', reading);
  const found = sql`
    select project_id, w, count(*) over () - 1 as others
    from (
      select e.project_id as project_id, ${hashed(who)} as w, max(case when ${who} = ${id} then 1 else 0 end) as called, max(${moment}) as last_at
      from ${from} where ${who} = ${id} or e.anonymous_id = ${id} group by e.project_id, ${hashed(who)}
    ) as candidates
    order by called desc, last_at desc, project_id limit 1`;
  const devices = sql`
    select e.project_id as project_id, e.anonymous_id as anonymous_id, max(found.w) as found_w, max(found.others) as others
    from ${from} inner join (${found}) as found on found.project_id = e.project_id and found.w = ${hashed(who)}
    group by e.project_id, e.anonymous_id`;
  const theirs = sql`
    select e.*, d.found_w, d.others from (${around}) as e
    inner join (${devices}) as d on d.project_id = e.project_id and d.anonymous_id = e.anonymous_id`;
  const noted = [...told, 'user_id', 'found_w', 'others'].map((column): Noted => [column, name(column)]);
  const inSessions = sql`
    select *, case when opens and r = min(case when opens then r end) over (partition by session) then 1 else 0 end as opening,
      max(ms) over (partition by session) as ends
    from (${sessionEvents(theirs, reading, noted)}) as cut`;
  const doers = doersOf(inSessions, 'person', reading);
  const own = sql`
    select e.*, ${doers.who} as person, max(${moment}) over (partition by e.anonymous_id) as used_last
    from ${doers.from}
    where ${hashed(doers.who)} = e.found_w and ts >= ${new Date(period.from)} and ts < ${new Date(period.to)}`;
  return sql`
    select ${join(shown.map((column) => sql`h.${name(column)} as ${name(column)}`))}, t.traits as traits
    from (
      select *, ${join(about.map(([as, of]) => sql`${of} as ${name(as)}`))}
      from (
        select *, dense_rank() over (order by used_last desc) as place,
          dense_rank() over (order by ${bucketOf(name('ts'), tz, 'day', period)}) as day
        from (${own}) as own
      ) as placed
    ) as h
    left join (${traitsBefore(reading, period.to)}) as t on t.project_id = h.project_id and t.w = h.found_w`;
};
