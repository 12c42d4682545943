import type { Reading } from '../lake/events-of.ts';
import { type Sql, sql } from '../sql/sql.ts';
import { identities, person } from './person.ts';
import { inSessions } from './session.ts';

/** Whom a question counts. */
export type Per = 'person' | 'visitor' | 'session';

/** Events with the one who did them: what to select `from` (the events are called `e`), and `who` that is. */
export interface Doers {
  readonly from: Sql;
  readonly who: Sql;
}

/** Who did these events (columns as stored): the person, the visitor (anonymous_id) or the session of 30 minutes. */
export const doersOf = (events: Sql, per: Per, reading: Reading): Doers => {
  switch (per) {
    case 'person':
      return {
        from: sql`(${events}) as e left join (${identities(reading)}) as i
          on i.project_id = e.project_id and i.anonymous_id = e.anonymous_id`,
        who: person,
      };
    case 'visitor':
      return { from: sql`(${events}) as e`, who: sql`e.anonymous_id` };
    case 'session':
      return { from: sql`(${inSessions(events, reading)}) as e`, who: sql`e.session` };
  }
};
