import * as fc from 'fast-check';
import * as z from 'zod';
import type { Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import { users, visitors } from '../worlds/words.ts';
import { traitsOf } from './find-people.ts';
import { type Asking, limit, oracleOf, shared, timed } from './oracle.ts';
import { byTime } from './order.ts';
import { personsOf } from './people.ts';
import { nameOf } from './query-sessions.ts';
import { sessionsAmong } from './session-rows.ts';
import { sessionsIn } from './sessions.ts';
import { type Context, during, eventsFor, narrowed, type Shared } from './stored.ts';
import { bucketOf } from './zone.ts';

const day = 86_400_000;

/** The arguments of person, resolved. */
export interface Person extends Shared {
  readonly person: string;
}

/** The one an id stands for: who is called so, else who used that device last; and all they did in the period. */
function found(seen: readonly Event[], args: Person) {
  const person = personsOf(seen);
  const all = during(narrowed(seen, args), args).toSorted(byTime);
  const last = (fits: (event: Event) => boolean): Event | undefined => all.findLast(fits);
  const chosen =
    last((event) => nameOf(person(event)) === args.person) ??
    last(({ anonymous_id }) => anonymous_id === args.person);
  const who = chosen === undefined ? undefined : person(chosen);
  return { who, person, own: all.filter((event) => person(event) === who) };
}

const told = ['event_name', 'path', 'source', 'medium', 'country', 'device_type'] as const;

/** What person must answer: nothing where there is nobody. */
export const personRows = (stored: readonly Event[], args: Person, context: Context): readonly Row[] => {
  const seen = eventsFor(stored, context);
  const { who, own } = found(seen, args);
  if (who === undefined) return [];
  // Sessions of all the events that are read, wherever they begin.
  const sessions = sessionsAmong(during(narrowed(seen, args), { from: args.from - day, to: args.to + day }));
  const startOf = new Map(sessions.flatMap(({ begins, events }) => events.map((event) => [event, begins])));
  return own
    .toReversed()
    .slice(0, args.limit)
    .map((event) => {
      const begins = startOf.get(event);
      return {
        timestamp: new Date(event.ts).toISOString(),
        ...(context.byProject ? { project_id: event.project_id } : {}),
        session_start: begins === undefined ? null : new Date(begins).toISOString(),
        ...Object.fromEntries(told.map((column) => [column, event[column]])),
        anonymous_id: event.anonymous_id,
        properties: event.properties,
      };
    });
};

/** What it must say of the person; undefined where there is nobody. */
export const personProfile = (
  stored: readonly Event[],
  raw: unknown,
  context: Context,
  asking: Asking,
): Row | undefined => {
  const plain = read(raw, asking);
  const period = { from: plain.from, to: plain.to };
  const reach = { from: plain.from - day, to: plain.to + day };
  const args = { ...plain, judged: { period, reach, now: asking.now } };
  const seen = eventsFor(stored, context);
  const { who, person, own } = found(seen, args);
  const [first] = own;
  const last = own.at(-1);
  if (who === undefined || first === undefined || last === undefined) return undefined;
  const ids = [...new Set(own.toReversed().map(({ anonymous_id }) => anonymous_id))];
  const visits = sessionsIn(seen, args).filter(({ opening }) => person(opening) === who);
  const days = new Set(own.map(({ ts }) => bucketOf(ts, args.tz, 'day')));
  return {
    ...(context.byProject ? { project_id: first.project_id } : {}),
    person: nameOf(who),
    ids: JSON.stringify(ids.slice(0, 5)),
    visitors: ids.length,
    first_seen: new Date(first.ts).toISOString(),
    last_seen: new Date(last.ts).toISOString(),
    days_since_last_seen: Math.floor((Math.min(args.to, asking.now + 1) - last.ts) / day),
    events: own.length,
    pageviews: own.filter(({ event_name }) => event_name === '$pageview').length,
    active_days: days.size,
    sessions: visits.length,
    average_session_seconds:
      visits.length === 0 ? null : visits.reduce((sum, { seconds }) => sum + seconds, 0) / visits.length,
    country: own.findLast(({ country }) => country !== null)?.country ?? null,
    device_type: last.device_type,
    first_source: first.source === 'internal' ? 'direct' : first.source,
    traits: traitsOf(who, seen, args.to),
  };
};

const schema = z.strictObject({
  ...shared,
  from: z.string().default('last:90d'),
  limit: limit(50),
  person: z.string(),
});
const read = (raw: unknown, asking: Asking): Person => timed(schema.parse(raw), 'analysis', asking);

/** person, for its tests. */
export const personOracle = oracleOf<Person>({
  draws: fc.record({ person: fc.constantFrom(...users, ...visitors) }),
  measures: [],
  read,
  answer: personRows,
});
