import { identifiesOf, type Reading } from '../lake/events-of.ts';
import { type Sql, sql } from '../sql/sql.ts';

/** Each anonymous id with the person it was first identified as: (project_id, anonymous_id, person_id). Source: analytics.md, Person. */
export const identities = (reading: Reading): Sql => sql`
  select project_id, anonymous_id, min_by(user_id, place) as person_id
  from (
    select project_id, anonymous_id, user_id, row_number() over (partition by project_id, anonymous_id order by ts, received_at, request_id, seq) as place
    from (${identifiesOf(reading)}) as said
  ) as placed
  group by project_id, anonymous_id`;

/** Events `e` joined with identities `i`: who did it. */
export const person = sql`coalesce(e.user_id, i.person_id, e.anonymous_id)`;
