import type { Reading } from '../lake/events-of.ts';
import { type Sql, sql } from '../sql/sql.ts';

/** A session ends when nothing happened for longer than this, in ms (analytics.md, Session). */
export const sessionGapMs = 30 * 60_000;

/**
 * The rows of `events` (columns as stored) with `session`: the session_id the caller sent, else a new one of that anonymous_id after each gap.
 * Lengths stand in front of ids so that no two different pairs spell the same session. Events of one instant lie in one session, so time alone orders them.
 */
export const inSessions = (events: Sql, { projects }: Pick<Reading, 'projects'>): Sql => {
  const byTime = sql`partition by ${projects.length === 1 ? sql`` : sql`project_id, `}anonymous_id, session_sent order by ts`;
  return sql`
  select *, case when session_sent then 'sent:' || cast(length(anonymous_id) as varchar) || ':' || anonymous_id || ':' || session_id
    else 'gap:' || cast(count(case when pause is null or pause > ${sessionGapMs} then 1 end) over (${byTime} range between unbounded preceding and current row) as varchar) || ':' || anonymous_id end as session
  from (
    select *, date_diff('millisecond', lag(ts) over (${byTime}), ts) as pause
    from (${events}) as e
  ) as paused`;
};
