import type { Reading } from '../lake/events-of.ts';
import { type Sql, sql } from '../sql/sql.ts';
import type { SessionValue } from './sessions.ts';
import { doersOf } from './who.ts';

/** What must be kept of a session so that it has a person: of the event that opened it. */
export const personKept: readonly SessionValue[] = [
  { as: 'anonymous_id', value: sql`anonymous_id`, of: 'opening' },
  { as: 'user_id', value: sql`user_id`, of: 'opening' },
];

/** Sessions (with `personKept`) and the `person` of the event that opened each. */
export const withPerson = (sessions: Sql, reading: Reading): Sql => {
  const { from, who } = doersOf(sessions, 'person', reading);
  return sql`select e.*, ${who} as person from ${from}`;
};
