import * as fc from 'fast-check';
import * as z from 'zod';
import type { Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import { oneOf } from '../worlds/arguments.ts';
import { names, users, visitors } from '../worlds/words.ts';
import { limit, oracleOf, shared, text, timed } from './oracle.ts';
import { byTime } from './order.ts';
import { personsOf } from './people.ts';
import { sessionValue } from './session-rows.ts';
import { sessionsIn } from './sessions.ts';
import { type Context, eventsFor, type Shared } from './stored.ts';

/** The arguments of query_sessions, resolved. */
export interface QuerySessions extends Shared {
  readonly person?: string;
  readonly event?: string;
}

const fields = ['entry_path', 'exit_path', 'source', 'medium', 'campaign', 'country', 'device_type'];

/** What query_sessions must answer. */
export const querySessions = (
  stored: readonly Event[],
  args: QuerySessions,
  context: Context,
): readonly Row[] => {
  const seen = eventsFor(stored, context);
  const persons = personsOf(seen);
  return sessionsIn(seen, args)
    .map((session) => ({ session, person: nameOf(persons(session.opening)) }))
    .filter(
      ({ session, person }) =>
        (args.event === undefined || session.events.some((e) => e.event_name === args.event)) &&
        (args.person === undefined || person === args.person || session.opening.anonymous_id === args.person),
    )
    .toSorted((a, b) => byTime(b.session.opening, a.session.opening))
    .slice(0, args.limit)
    .map(({ session, person }) => ({
      ...(context.byProject ? { project_id: session.project } : {}),
      start: new Date(session.begins).toISOString(),
      seconds: session.seconds,
      events: session.events.length,
      pageviews: session.views.length,
      bounce: session.bounce,
      ...Object.fromEntries(fields.map((field) => [field, sessionValue(session, field)])),
      person,
      anonymous_id: session.opening.anonymous_id,
    }));
};

/** A person’s own id, without the project. */
export const nameOf = (person: string): string =>
  z.tuple([z.string(), z.string()]).parse(JSON.parse(person))[1];

const schema = z.strictObject({ ...shared, limit: limit(50), person: text, event: text });

/** query_sessions, for its tests. */
export const querySessionsOracle = oracleOf<QuerySessions>({
  draws: fc.record({
    person: fc.oneof(fc.constant(undefined), oneOf(...users), fc.constantFrom(...users, ...visitors)),
    event: fc.oneof(fc.constant(undefined), fc.constantFrom(...names)),
  }),
  measures: [],
  read: (raw, asking) => timed(schema.parse(raw), 'analysis', asking),
  answer: querySessions,
});
