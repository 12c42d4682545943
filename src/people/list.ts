import type { Reading } from '../lake/events-of.ts';
import { hashed } from '../sql/hash.ts';
import { join, name, type Sql, sql } from '../sql/sql.ts';
import { moment } from './sessions.ts';
import { doersOf } from './who.ts';

/** How many ids of one person are told, those used last. */
export const idsTold = [1, 2, 3, 4, 5] as const;

/**
 * The people who did these events, one row each: `project_id`, `w` (the person, hashed), `person`, `first_seen`,
 * `last_seen`, `events`, `visitors` (different anonymous ids), `id_${n}` from 1 (those used last), `first_source` (where
 * a click within the site has no known origin: `direct`), `country` (the last known) and `device_type` (the last).
 * `found`: 1 where `seeks` holds of one of the ids.
 */
export const peopleOf = (events: Sql, reading: Reading, seeks: (id: Sql) => Sql): Sql => {
  const { from, who } = doersOf(events, 'person', reading);
  const known = sql`case when country is not null then ${moment} end`;
  const visitors = sql`
    select project_id, w, v, min(person) as person, min(anonymous_id) as anonymous_id, min(ts) as first_seen, max(ts) as last_seen, count(*) as events,
      min(${moment}) as first_at, max(${moment}) as last_at, max(${known}) as known_at,
      min_by(case when source = 'internal' then 'direct' else source end, ${moment}) as first_source,
      max_by(country, ${known}) as country, max_by(device_type, ${moment}) as device_type
    from (
      select e.project_id as project_id, e.anonymous_id as anonymous_id, ${hashed(sql`e.anonymous_id`)} as v, ${who} as person,
        ${hashed(who)} as w, ts, received_at, request_id, seq, source, country, device_type
      from ${from}
    ) as done
    group by project_id, w, v`;
  const ids = idsTold.map(
    (n) => sql`max(case when place = ${n} then anonymous_id end) as ${name(`id_${n}`)}`,
  );
  return sql`
    select project_id, w, min(person) as person, min(first_seen) as first_seen, max(last_seen) as last_seen,
      cast(sum(events) as bigint) as events, count(*) as visitors, ${join(ids)}, min_by(first_source, first_at) as first_source,
      max_by(country, known_at) as country, max_by(device_type, last_at) as device_type,
      max(case when ${seeks(name('person'))} or ${seeks(name('anonymous_id'))} then 1 else 0 end) as found
    from (
      select *, row_number() over (partition by project_id, w order by last_at desc) as place from (${visitors}) as visitors
    ) as placed
    group by project_id, w`;
};
