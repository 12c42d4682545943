import * as z from 'zod';
import type { Event } from '../../src/events/columns.ts';
import { byTime } from './order.ts';
import { isNobodys, personsOf } from './people.ts';
import { type SessionRow, sessionsAmong, sessionValue } from './session-rows.ts';
import { type Condition, type Entry, holds, valueHolds } from './where.ts';

const day = 86_400_000;
type Period = { readonly from: number; readonly to: number };

/** What `where` judges sessions, traits and deeds by: ms since 1970; `reach` is what the question looks at. */
export interface Judged {
  readonly period: Period;
  readonly reach: Period;
  readonly now: number;
}

/** Who did, or did not do, something. */
export interface Done {
  readonly event: string;
  readonly where?: readonly Condition[];
  readonly at_least?: number;
  readonly within?: string;
}
type WideEntry = Entry | { readonly did: Done | string } | { readonly did_not: Done | string };
/** An entry of a question’s own `where`. */
export type Narrowing = WideEntry | { readonly any: readonly WideEntry[] };

/** May an entry speak of more than the event itself? */
export const isWide = (one: Narrowing): boolean =>
  'any' in one
    ? one.any.some(isWide)
    : !('field' in one) || one.field.startsWith('session.') || /^person[.[]/.test(one.field);

/** Does all of it hold of an event? `seen`: each event once; bots count where `bots` says so. */
export const judge = (
  seen: readonly Event[],
  where: readonly Narrowing[],
  bots: boolean,
  { period, reach, now }: Judged,
): ((event: Event) => boolean) => {
  const person = personsOf(seen);
  const counted = seen.filter(({ device_type }) => bots || device_type !== 'bot');
  const first = Math.min(period.from - day, reach.from) - day;
  const last = Math.max(period.to + day, reach.to) + day;
  const around = counted.filter(({ ts }) => ts >= first && ts < last);
  const sessions = new Map(
    sessionsAmong(around).flatMap((session) => session.events.map((event) => [event, session] as const)),
  );
  const traits = new Map<string, string>();
  for (const e of seen.toSorted(byTime))
    if (e.event_name === '$identify' && e.user_id !== null && !isNobodys(e.user_id) && e.ts < period.to)
      traits.set(JSON.stringify([e.project_id, e.user_id]), e.properties);
  const did = (who: string, done: Done | string): boolean => {
    const {
      event,
      where: only = [],
      at_least = 1,
      within,
    }: Done = typeof done === 'string' ? { event: done } : done;
    const from = within === undefined ? period.from : Math.min(period.to, now + 1) - lengthOf(within);
    const matching = counted.filter(
      (e) =>
        e.event_name === event &&
        e.ts >= from &&
        e.ts < period.to &&
        person(e) === who &&
        only.every((condition) => holds(e, condition)),
    );
    return matching.length >= at_least;
  };
  const one = (event: Event, entry: WideEntry): boolean => {
    if ('did' in entry) return did(person(event), entry.did);
    if ('did_not' in entry) return !did(person(event), entry.did_not);
    if (entry.field.startsWith('session.')) {
      const session = sessions.get(event);
      return valueHolds(session === undefined ? null : sessionHas(session, entry.field.slice(8)), entry);
    }
    if (!/^person[.[]/.test(entry.field)) return holds(event, entry);
    const properties = traits.get(person(event)) ?? '{}';
    return holds({ ...event, properties }, { ...entry, field: entry.field.replace('person', 'properties') });
  };
  return (event) =>
    where.every((entry) => ('any' in entry ? entry.any.some((each) => one(event, each)) : one(event, entry)));
};

const sessionHas = (session: SessionRow, word: string): unknown => {
  if (word === 'bounce') return session.bounce;
  return word === 'duration_seconds' ? session.seconds : sessionValue(session, word);
};

const units = new Map([
  ['h', 3_600_000],
  ['d', day],
  ['w', 7 * day],
]);
const lengthOf = (within: string): number =>
  Number(within.slice(0, -1)) * (units.get(within.slice(-1)) ?? Number.NaN);

/** Something that may stand in a question’s `where`. */
export const narrowing = z.custom<Narrowing>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    ['field', 'any', 'did', 'did_not'].some((word) => word in value),
);
