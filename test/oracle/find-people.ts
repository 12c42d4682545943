import * as fc from 'fast-check';
import * as z from 'zod';
import type { Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import { oneOf } from '../worlds/arguments.ts';
import { textOf } from './field.ts';
import { type Asking, limit, oracleOf, shared, text, timed } from './oracle.ts';
import { byTime, compareText } from './order.ts';
import { isNobodys, personsOf } from './people.ts';
import { nameOf } from './query-sessions.ts';
import { sessionsIn } from './sessions.ts';
import { type Context, during, eventsFor, narrowed, type Shared } from './stored.ts';

const day = 86_400_000;

/** The arguments of find_people, resolved. */
export interface FindPeople extends Shared {
  readonly search?: string;
  readonly inactive_days?: number;
  readonly min_sessions?: number;
  readonly sort: 'last_seen' | 'first_seen' | 'events' | 'sessions';
}

/** What find_people must answer. */
export const findPeople = (
  stored: readonly Event[],
  args: FindPeople,
  context: Context,
  { now }: Asking,
): readonly Row[] => {
  const seen = eventsFor(stored, context);
  const person = personsOf(seen);
  const sessions = sessionsIn(seen, args);
  const end = Math.min(args.to, now + 1);
  return [...Map.groupBy(during(narrowed(seen, args), args), person)]
    .map(([who, events]) => {
      const own = events.toSorted(byTime);
      const visits = sessions.filter(({ opening }) => person(opening) === who).length;
      return { who, own, visits, row: rowOf(who, own, visits, traitsOf(who, seen, args.to)) };
    })
    .filter(
      ({ own, visits, row }) =>
        (args.search === undefined || found(args.search, own, row)) &&
        (args.inactive_days === undefined || (own.at(-1)?.ts ?? 0) < end - args.inactive_days * day) &&
        (args.min_sessions === undefined || visits >= args.min_sessions),
    )
    .toSorted(
      (a, b) =>
        greater(a.row[args.sort], b.row[args.sort]) ||
        compareText(String(a.row.person), String(b.row.person)) ||
        compareText(a.own[0]?.project_id ?? '', b.own[0]?.project_id ?? ''),
    )
    .slice(0, args.limit)
    .map(({ own, row }) => ({
      ...(context.byProject ? { project_id: own[0]?.project_id ?? null } : {}),
      ...row,
    }));
};

const rowOf = (who: string, own: readonly Event[], sessions: number, traits: string | null): Row => {
  const [first] = own;
  const last = own.at(-1);
  const ids = [...new Set(own.toReversed().map(({ anonymous_id }) => anonymous_id))];
  return {
    person: nameOf(who),
    ids: JSON.stringify(ids.slice(0, 5)),
    visitors: ids.length,
    first_seen: new Date(first?.ts ?? 0).toISOString(),
    last_seen: new Date(last?.ts ?? 0).toISOString(),
    events: own.length,
    sessions,
    country: own.findLast(({ country }) => country !== null)?.country ?? null,
    device_type: last?.device_type ?? null,
    first_source: first?.source === 'internal' ? 'direct' : (first?.source ?? null),
    traits,
  };
};

/** What the last `$identify` before `end` said of a person; bots’ too. */
export const traitsOf = (who: string, seen: readonly Event[], end: number): string | null =>
  seen.findLast(
    (e) =>
      e.event_name === '$identify' &&
      e.user_id !== null &&
      !isNobodys(e.user_id) &&
      e.ts < end &&
      JSON.stringify([e.project_id, e.user_id]) === who,
  )?.properties ?? null;

const found = (search: string, own: readonly Event[], { person, traits }: Row): boolean => {
  const sought = search.toLowerCase();
  const values: readonly unknown[] =
    typeof traits === 'string'
      ? Object.entries(JSON.parse(traits)).flatMap(([key, value]) => (/["\\]/.test(key) ? [] : [value]))
      : [];
  const texts = [person, ...own.map(({ anonymous_id }) => anonymous_id), ...values.map(textOf)];
  return texts.some((text) => typeof text === 'string' && text.toLowerCase().includes(sought));
};

const greater = (a: unknown, b: unknown): number =>
  typeof a === 'number' && typeof b === 'number' ? b - a : compareText(String(b), String(a));

const schema = z.strictObject({
  ...shared,
  from: z.string().default('last:90d'),
  limit: limit(20),
  search: text,
  inactive_days: z.int().exactOptional(),
  min_sessions: z.int().exactOptional(),
  sort: z.enum(['last_seen', 'first_seen', 'events', 'sessions']).default('last_seen'),
});

/** find_people, for its tests. */
export const findPeopleOracle = oracleOf<FindPeople>({
  draws: fc.record({
    search: fc.oneof(fc.constant(undefined), fc.constantFrom('u', 'U1', 'a1', 'gold', 'Ü', '5', '"')),
    inactive_days: oneOf(1, 2, 30),
    min_sessions: oneOf(1, 2),
    sort: fc.constantFrom(undefined, 'last_seen', 'first_seen', 'events', 'sessions'),
  }),
  measures: [
    'ids',
    'visitors',
    'first_seen',
    'last_seen',
    'events',
    'sessions',
    'country',
    'device_type',
    'first_source',
    'traits',
  ],
  read: (raw, asking) => timed(schema.parse(raw), 'analysis', asking),
  answer: findPeople,
});
