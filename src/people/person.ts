import { placeholderIds } from '../events/placeholder.ts';
import { bySecretKey, identifiesOf, type Reading } from '../lake/events-of.ts';
import { join, type Sql, sql } from '../sql/sql.ts';

/** An id, or null where it is none or stands for none. */
export const real = (id: Sql): Sql => sql`case when ${id} not in (${join(placeholderIds)}) then ${id} end`;

/**
 * Each anonymous id with the person it was first identified as: (project_id, anonymous_id, person_id). Which came first is judged by its own time where a secret key said it, by its arrival
 * where a browser’s did, which could date itself back. Placeholders are nobody. Source: analytics.md, Person.
 */
export const identities = (reading: Reading): Sql => sql`
  select project_id, anonymous_id, min_by(user_id, place) as person_id
  from (
    select project_id, anonymous_id, user_id, row_number() over (partition by project_id, anonymous_id
      order by case when ${bySecretKey} then ts else received_at end, received_at, request_id, seq) as place
    from (${identifiesOf(reading)}) as said
    where ${real(sql`user_id`)} is not null and ${real(sql`anonymous_id`)} is not null
  ) as placed
  group by project_id, anonymous_id`;

/** Events `e` joined with identities `i`: who did it. */
export const person = sql`coalesce(${real(sql`e.user_id`)}, i.person_id, e.anonymous_id)`;
