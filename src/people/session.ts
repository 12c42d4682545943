import { type Sql, sql } from '../sql/sql.ts';

/** A session ends when nothing happened for longer than this, in ms (analytics.md, Session). */
export const sessionGapMs = 30 * 60_000;

/**
 * The rows of `events` (columns as stored) with `session`: the session_id the caller sent, else a new one of that anonymous_id after each gap.
 * Lengths stand in front of ids so that no two different pairs spell the same session.
 */
export const inSessions = (events: Sql): Sql => sql`
  select *, case when session_sent then 'sent:' || cast(length(anonymous_id) as varchar) || ':' || anonymous_id || ':' || session_id
    else 'gap:' || cast(sum(case when pause is null or pause > ${sessionGapMs} then 1 else 0 end)
      over (partition by project_id, anonymous_id, session_sent order by ts, received_at, request_id, seq rows between unbounded preceding and current row) as varchar) || ':' || anonymous_id end as session
  from (
    select *, date_diff('millisecond', lag(ts) over (partition by project_id, anonymous_id, session_sent order by ts, received_at, request_id, seq), ts) as pause
    from (${events}) as e
  ) as paused`;
