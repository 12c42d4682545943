import * as fc from 'fast-check';
import * as z from 'zod';
import { columnNames, columns, type Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import { oneOf } from '../worlds/arguments.ts';
import {
  countries,
  mediums,
  names,
  oddNames,
  often,
  rarely,
  sources,
  users,
  visitors,
} from '../worlds/words.ts';
import { limit, list, oracleOf, shared, text, timed } from './oracle.ts';
import { byTime } from './order.ts';
import { type Context, during, eventsFor, narrowed, type Shared } from './stored.ts';

/** The arguments of query_events, resolved. */
export interface QueryEvents extends Shared {
  readonly event?: string;
  readonly source?: string;
  readonly medium?: string;
  readonly user_id?: string;
  readonly country?: string;
  readonly anonymous_id?: string;
  readonly fields: readonly string[];
  readonly order: 'newest' | 'oldest';
}

/** What query_events must answer: raw events, newest first, or oldest. */
export const queryEvents = (
  stored: readonly Event[],
  args: QueryEvents,
  context: Context,
): readonly Row[] => {
  const { event, source, medium, user_id, country, anonymous_id } = args;
  const is = (wanted: string | undefined, found: string | null): boolean =>
    wanted === undefined || wanted === found;
  return during(narrowed(eventsFor(stored, context), args), args)
    .filter(
      (e) =>
        is(event, e.event_name) &&
        is(source, e.source) &&
        is(medium, e.medium) &&
        is(user_id, e.user_id) &&
        is(country, e.country) &&
        is(anonymous_id, e.anonymous_id),
    )
    .toSorted((a, b) => (args.order === 'oldest' ? byTime(a, b) : byTime(b, a)))
    .slice(0, args.limit)
    .map((e) =>
      Object.fromEntries(
        Object.entries({
          timestamp: new Date(e.ts).toISOString(),
          ...(context.byProject ? { project_id: e.project_id } : {}),
          ...shownOf(e),
        }).filter(
          ([column]) => args.fields.length === 0 || column === 'project_id' || args.fields.includes(column),
        ),
      ),
    );
};

const place = (column: (typeof columnNames)[number]): number => {
  const about = columns[column];
  return 'shown' in about ? about.shown : 0;
};
const shown = columnNames.filter((column) => place(column) > 0).toSorted((a, b) => place(a) - place(b));
const shownOf = (event: Event): Row => Object.fromEntries(shown.map((column) => [column, event[column]]));

const schema = z.strictObject({
  ...shared,
  limit: limit(100),
  event: text,
  source: text,
  medium: text,
  user_id: text,
  country: text,
  anonymous_id: text,
  fields: list,
  order: z.enum(['newest', 'oldest']).default('newest'),
});

/** query_events, for its tests. */
export const queryEventsOracle = oracleOf<QueryEvents>({
  draws: fc.record({
    event: rarely(often(names, oddNames)),
    source: oneOf(...sources),
    medium: oneOf(...mediums),
    user_id: oneOf(...users),
    country: oneOf(...countries.filter((value) => value !== null)),
    anonymous_id: oneOf(...visitors),
    order: fc.constantFrom(undefined, undefined, 'newest', 'oldest'),
    fields: fc.constantFrom(undefined, undefined, undefined, ['path'], 'timestamp,properties,user_id'),
  }),
  measures: [],
  read: (raw, asking) => timed(schema.parse(raw), 'read', asking),
  answer: queryEvents,
});
