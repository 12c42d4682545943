import { eventsOf, type Period, type Reading } from '../lake/events-of.ts';
import type { Row } from '../ports.ts';
import { existsOf } from '../sql/field.ts';
import { join, name, type Sql, sql } from '../sql/sql.ts';
import type { PropertyPath } from './held.ts';
import type { Asking, Question } from './question.ts';

/** What a question’s arguments speak of: event names, and places inside `properties`. */
export interface Spoken {
  readonly events: readonly string[];
  readonly places: readonly PropertyPath[];
}

/** More of each are not looked for: a hint must not cost more than the question. */
const most = { events: 200, places: 10 } as const;

/** Every event name and every property in any argument, each once, at whatever depth: in steps, series, conditions, groups. */
export function spokenIn(question: Question, asking: Asking<unknown>, own: Own): Spoken {
  const events = new Set(question.speaksOf?.(own) ?? []);
  const places = new Map<string, PropertyPath>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const inner of value) visit(inner);
    if (!isObject(value) || Array.isArray(value)) return;
    if (isPlace(value)) {
      places.set(value.spelled, value);
      return;
    }
    if (isObject(value.field) && value.field.column === 'event_name' && whole.has(String(value.op)))
      for (const word of [value.value].flat()) if (typeof word === 'string') events.add(word);
    // Of a step that is any of several, `event` is all their names in one.
    const isSeveral = Array.isArray(value.anyOf) && value.anyOf.length > 0;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'event' && typeof inner === 'string') {
        if (inner !== '*' && !isSeveral) events.add(inner);
      } else visit(inner);
    }
  };
  for (const value of [own, asking.where, asking.groups]) visit(value);
  return { events: [...events].slice(0, most.events), places: [...places.values()].slice(0, most.places) };
}

type Own = Parameters<NonNullable<Question['speaksOf']>>[0];

/** Operators whose value is a whole name. */
const whole: ReadonlySet<string> = new Set(['eq', 'neq', 'in', 'not_in']);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const isPlace = (value: object): value is PropertyPath =>
  'spelled' in value && typeof value.spelled === 'string' && 'keys' in value && Array.isArray(value.keys);

/**
 * Which of these occur in the period: (event_name, events, first_at, last_at, has_1 …), one row for each name that does
 * and one, named null, for all events; the nth has_… counts those that hold the nth place.
 */
export const occurring = (reading: Reading, period: Period, { events, places }: Spoken): Sql => {
  const holds = places.map((place, i) => sql`${existsOf(place)} as ${name(`h_${i + 1}`)}`);
  const counts = places.map((_, i) => {
    const held = name(`h_${i + 1}`);
    return sql`, count(case when ${held} then 1 end) as ${name(`has_${i + 1}`)}`;
  });
  const named =
    events.length === 0
      ? sql`cast(null as varchar)`
      : sql`case when event_name in (${join(events)}) then event_name end`;
  return sql`
  select event_name, count(*) as events, min(ts) as first_at, max(ts) as last_at${join(counts, '')}
  from (select ${join([sql`${named} as event_name`, sql`ts`, ...holds])} from (${eventsOf(reading, period)}) as e) as named
  group by event_name
  order by event_name asc nulls last`;
};

/** When something was sent: how often, and from when to when (ISO). */
export interface Sent {
  readonly events: number;
  readonly first: string;
  readonly last: string;
}

/** The rows of `occurring`: what is there of each name, of all events, and which places are held. */
export function occurrences(
  rows: readonly Row[],
  { places }: Spoken,
): {
  readonly all: Sent | undefined;
  readonly named: ReadonlyMap<string, Sent>;
  readonly held: ReadonlySet<string>;
} {
  const sent = rows.map((row) => ({
    name: row.event_name,
    events: Number(row.events),
    first: String(row.first_at),
    last: String(row.last_at),
  }));
  const firsts = sent.map(({ first }) => first).toSorted();
  const lasts = sent.map(({ last }) => last).toSorted();
  return {
    all:
      sent.length === 0
        ? undefined
        : {
            events: sent.reduce((sum, { events }) => sum + events, 0),
            first: firsts[0] ?? '',
            last: lasts.at(-1) ?? '',
          },
    named: new Map(
      sent.flatMap(({ name, ...one }) => (typeof name === 'string' ? [[name, one] as const] : [])),
    ),
    held: new Set(
      places.flatMap(({ spelled }, i) =>
        rows.some((row) => Number(row[`has_${i + 1}`] ?? 0) > 0) ? [spelled] : [],
      ),
    ),
  };
}
