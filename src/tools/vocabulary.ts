import { eventsOf, type Period, type Reading } from '../lake/events-of.ts';
import type { Row } from '../ports.ts';
import { fieldFrom } from '../sql/field.ts';
import { type Sql, sql } from '../sql/sql.ts';
import { limits } from './inputs.ts';
import { nearest } from './nearest.ts';
import { quoted } from './visible.ts';

/** How far back names are looked for: 30 days, ms. */
export const vocabularyMs = 30 * 86_400_000;

/** The distinct event names of these projects in the 30 days before `now`: (event_name, events, properties) with the newest few property texts, one row each. */
export const vocabulary = (reading: Reading, period: Period): Sql => sql`
  select event_name, events, properties
  from (
    select event_name, properties, count(*) over (partition by event_name) as events, row_number() over (partition by event_name order by ts desc, received_at desc, request_id desc, seq desc) as newest
    from (${eventsOf(reading, period)}) as e
  ) as ranked
  where newest <= 20
  order by events desc, event_name`;

/** When the newest event of a period happened: (last), null without any. */
export const lastMoment = (reading: Reading, period: Period): Sql =>
  sql`select max(ts) as last from (${eventsOf(reading, period)}) as e`;

/** A name in use. */
export interface KnownEvent {
  readonly event: string;
  readonly events: number;
  /** Keys seen in the newest 20 events of the name, sorted; without those no question can ask for. */
  readonly property_keys: readonly string[];
}

/** The rows of `vocabulary` as names with their property keys, most frequent first. */
export function knownEvents(rows: readonly Row[]): readonly KnownEvent[] {
  const found = new Map<string, { events: number; keys: Set<string> }>();
  for (const row of rows) {
    const name = String(row.event_name);
    const known = found.get(name) ?? { events: Number(row.events), keys: new Set<string>() };
    for (const key of keysOf(String(row.properties))) known.keys.add(key);
    found.set(name, known);
  }
  return [...found].map(([event, { events, keys }]) => ({
    event,
    events,
    property_keys: [...keys].toSorted().slice(0, 100),
  }));
}

/** Not too long, and without what a path inside `properties` cannot carry. */
const canBeAsked = (key: string): boolean => {
  const spelled = `properties["${key}"]`;
  return spelled.length <= limits.field && fieldFrom(spelled) !== undefined;
};

function keysOf(json: string): readonly string[] {
  const read: unknown = JSON.parse(json);
  return typeof read === 'object' && read !== null ? Object.keys(read).filter(canBeAsked) : [];
}

/** What is said of a name that nobody sent: the nearest that somebody did, else the most frequent. */
export const unheard = (name: string, known: readonly string[]): string => {
  const close = nearest(name, known);
  return `no event ${quoted(name)} in this project; ${close.length > 0 ? `nearest: ${listed(close)}` : `there are: ${listed(known)}`}`;
};

/** The first ten names, quoted. */
export const listed = (names: readonly string[]): string => names.slice(0, 10).map(quoted).join(', ');
