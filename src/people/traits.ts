import { identifiesOf, type Reading } from '../lake/events-of.ts';
import { hashed } from '../sql/hash.ts';
import { type Sql, sql } from '../sql/sql.ts';
import { real } from './person.ts';
import { moment } from './sessions.ts';

/** What was said last of each person before an instant (ms since 1970): (project_id, w, traits), w the person hashed, traits as JSON text. */
export const traitsBefore = (reading: Reading, end: number): Sql => sql`
  select project_id, ${hashed(sql`user_id`)} as w, max_by(properties, ${moment}) as traits
  from (${identifiesOf(reading)}) as said where ts < ${new Date(end)} and ${real(sql`user_id`)} is not null
  group by project_id, user_id`;
