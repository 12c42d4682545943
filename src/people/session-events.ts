import type { Reading } from '../lake/events-of.ts';
import { hashed } from '../sql/hash.ts';
import { join, name, type Sql, sql } from '../sql/sql.ts';
import { sessionGapMs } from './session.ts';
import { millis, opensSession, visitorOf } from './sessions.ts';

/** The full order of a visitor’s events, first to last (decision 2, Order). */
export const inTime = sql`ts, received_at, request_id, seq`;

/** Something to know of each event: its name, and an expression over the stored event. */
export type Noted = readonly [as: string, value: Sql];

/** An odd number, so that the runs of one visitor are told apart; small, so that no product overflows. */
const apart = 1_000_003;

/**
 * These events (columns as stored, read as far as `sessionReach`), each with the session it lies in: `project_id`,
 * `v` (the visitor) and `session` (both hashed), `r` (its place in the order of time, which
 * settles ties once), `ms` and `next_ms` (when it and the visitor’s next event happened, ms since 1970), `begins`
 * (when its session began; null where nothing opened one), and what is noted. `only`: sessions of visitors without
 * such an event are left out before anything is sorted twice.
 * Source: analytics.md, Session; questions.md, 1.
 */
export const sessionEvents = (
  events: Sql,
  reading: Pick<Reading, 'projects'>,
  notes: readonly Noted[],
  only?: Sql,
): Sql => {
  const many = reading.projects.length > 1;
  const sent = sql`cast(length(anonymous_id) as varchar), ':', anonymous_id, session_id`;
  const noted = join(
    notes.map(([as, value]) => sql`, ${value} as ${name(as)}`),
    '',
  );
  const narrow = sql`
    select ${many ? sql`project_id, ` : sql``}${visitorOf(reading)} as v, ts, received_at, request_id, seq,
      case when session_sent then ${hashed(many ? sql`concat(project_id, ${sent})` : sql`concat(${sent})`)} end as sent,
      ${millis(sql`ts`)} as ms, ${opensSession} as opens${noted}${only === undefined ? sql`` : sql`, ${only} as wanted`}
    from (${events}) as e`;
  const lane = sql`partition by v, sent order by ${inTime}`;
  const paused = sql`
    select *, row_number() over (${lane}) as r, ms - lag(ms) over (${lane}) as pause, lead(ms) over (${lane}) as next_ms
    from (${
      only === undefined
        ? narrow
        : sql`select * from (
            select *, max(case when wanted then 1 end) over (partition by v, sent) as any_wanted from (${narrow}) as narrow
          ) as sought where any_wanted = 1`
    }) as laned`;
  const cuts = sql`count(case when pause is null or (pause > ${sessionGapMs} and sent is null) then 1 end) over (
    partition by v, sent order by r rows between unbounded preceding and current row)`;
  return sql`
    select *, min(case when opens then ms end) over (partition by session) as begins${many ? sql`` : sql`, ${reading.projects[0] ?? ''} as project_id`}
    from (
      select *, case when sent is null then bitwise_xor(v, ${cuts} * ${apart}) else sent end as session
      from (${paused}) as paused
    ) as cut`;
};
