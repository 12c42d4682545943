import type { Event } from '../../src/events/columns.ts';
import { byArrival, byTime } from './order.ts';

const halfHour = 1_800_000;

/** Whose doings are followed. */
export type Per = 'person' | 'visitor' | 'session';

/** Events of one visitor that belong together, in the order of time. */
export interface Session {
  readonly key: string;
  readonly events: readonly Event[];
  readonly seconds: number;
}

/** Ids that are none, as they are commonly spelled; the product’s list is longer. */
const nobodys = ['undefined', 'null', 'NULL', 'NaN', 'none', 'None', '0', 'anonymous', '[object Object]'];
/** Is it an id that stands for nobody? */
export const isNobodys = (id: string): boolean => nobodys.includes(id) || /^[0-]+$/.test(id);

/** When an identification was said: a secret key is believed, a browser could say anything. */
const saidAt = ({ key_kind, ts, received_at }: Event): number => (key_kind === 'sk' ? ts : received_at);

/** Who did it: `user_id`, else whom the visitor was first identified as among all of `seen`, else the visitor; a placeholder is no user and identifies nobody. Never one across two projects. */
export const personsOf = (seen: readonly Event[]): ((event: Event) => string) => {
  const first = new Map<string, string>();
  for (const { event_name, project_id, anonymous_id, user_id } of seen.toSorted(
    (a, b) => saidAt(a) - saidAt(b) || byArrival(a, b),
  )) {
    const visitor = JSON.stringify([project_id, anonymous_id]);
    if (event_name !== '$identify' || user_id === null || isNobodys(user_id) || isNobodys(anonymous_id))
      continue;
    if (!first.has(visitor)) first.set(visitor, user_id);
  }
  return ({ project_id, anonymous_id, user_id }) =>
    JSON.stringify([
      project_id,
      (user_id === null || isNobodys(user_id) ? undefined : user_id) ??
        first.get(JSON.stringify([project_id, anonymous_id])) ??
        anonymous_id,
    ]);
};

/** Each visitor’s sessions: the ones that callers named, and of the rest the events with no gap over 30 minutes. */
export const sessionsOf = (events: readonly Event[]): readonly Session[] => {
  const sessions = new Map<string, Event[]>();
  const open = new Map<string, { readonly key: string; last: number }>();
  for (const event of events.toSorted(byTime)) {
    const key = event.session_sent
      ? JSON.stringify([event.project_id, event.anonymous_id, 'sent', event.session_id])
      : continued(open, event);
    const session = sessions.get(key);
    if (session === undefined) sessions.set(key, [event]);
    else session.push(event);
  }
  return [...sessions].map(([key, own]) => ({
    key,
    events: own,
    seconds: ((own.at(-1)?.ts ?? 0) - (own[0]?.ts ?? 0)) / 1000,
  }));
};

function continued(
  open: Map<string, { readonly key: string; last: number }>,
  { project_id, anonymous_id, ts }: Event,
): string {
  const visitor = JSON.stringify([project_id, anonymous_id]);
  const current = open.get(visitor);
  if (current !== undefined && ts - current.last <= halfHour) {
    current.last = ts;
    return current.key;
  }
  const key = JSON.stringify([project_id, anonymous_id, ts]);
  open.set(visitor, { key, last: ts });
  return key;
}

/** These events by the one who did them, each in the order of time. `seen`: everything that may hold an `$identify`. */
export const followed = (
  events: readonly Event[],
  per: Per,
  seen: readonly Event[],
): readonly (readonly Event[])[] => {
  if (per === 'session') return sessionsOf(events).map((session) => session.events);
  const person = personsOf(seen);
  const who =
    per === 'person'
      ? person
      : ({ project_id, anonymous_id }: Event) => JSON.stringify([project_id, anonymous_id]);
  return [...Map.groupBy(events.toSorted(byTime), who).values()];
};
