import { name, type Sql, sql } from '../sql/sql.ts';
import { pageOf } from './page.ts';
import type { SessionValue } from './sessions.ts';

/** Who stands in a URL as its host, in lower case; null where there is none. */
export const hostOf = (url: Sql): Sql =>
  sql`lower(regexp_extract(${url}, ${'^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:]+)'}, 1))`;

const opening = (value: Sql): Omit<SessionValue, 'as'> => ({ value, of: 'opening' });

/**
 * What a session is told apart by: of the event that opened it, or the first and last page it saw. Where the
 * opening event is a click within the site, where the visit came from is not known: `direct`.
 */
export const sessionFields = {
  source: opening(sql`case when source = 'internal' then 'direct' else source end`),
  medium: opening(name('medium')),
  campaign: opening(name('campaign')),
  country: opening(name('country')),
  device_type: opening(name('device_type')),
  browser: opening(name('browser')),
  os: opening(name('os')),
  entry_path: { value: pageOf(name('path')), of: 'first_view' },
  exit_path: { value: pageOf(name('path')), of: 'last_view' },
  host: opening(hostOf(name('url'))),
} as const satisfies Record<string, Omit<SessionValue, 'as'>>;

/** The name of one of them. */
export type SessionField = keyof typeof sessionFields;
const isSessionField = (word: string): word is SessionField => Object.hasOwn(sessionFields, word);
export const sessionFieldNames: readonly SessionField[] = Object.keys(sessionFields).filter(isSessionField);
