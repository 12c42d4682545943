import * as z from 'zod/mini';
import { sessionFields } from '../../people/session-fields.ts';
import { personKept, withPerson } from '../../people/session-persons.ts';
import { instantOf, type SessionValue, sessionReach, sessionRows } from '../../people/sessions.ts';
import { join, name, type Sql, sql } from '../../sql/sql.ts';
import { below, placed } from '../below.ts';
import { eventName } from '../fields.ts';
import { limitOf } from '../inputs.ts';
import { type AnswerColumn, type Asking, question } from '../question.ts';
import { askedEvents, groupCells, groupColumns } from '../relations.ts';

const input = z.object({
  person: z
    .optional(z.string().check(z.minLength(1), z.maxLength(2048)))
    .check(z.describe('Only sessions of this person or of this device: a user id or an anonymous_id.')),
  event: z.optional(eventName).check(z.describe('Only sessions that hold this event, e.g. purchase.')),
  limit: limitOf(1000, 50, 'sessions'),
});
type Own = z.output<typeof input>;

const { source, medium, campaign, country, device_type, entry_path, exit_path } = sessionFields;
const shown = { entry_path, exit_path, source, medium, campaign, country, device_type } as const;
const fields = Object.entries(shown).map(([as, of]): SessionValue => ({ as, ...of }));
/** Where the opening event stands among those of one instant: no two sessions are at one place. */
const order: readonly SessionValue[] = (['received_at', 'request_id', 'seq'] as const).map((as) => ({
  as,
  value: name(as),
  of: 'opening',
}));

const measures = [
  { name: 'start', type: 'time' },
  { name: 'seconds', type: 'number', unit: 'seconds' },
  { name: 'events', type: 'number', unit: 'events' },
  { name: 'pageviews', type: 'number', unit: 'events' },
  { name: 'bounce', type: 'text' },
] as const satisfies readonly AnswerColumn[];

/** Visits, one row each. */
export const querySessions = question({
  name: 'query_sessions',
  title: 'Sessions',
  answers:
    'Single visits, newest first: when, how long, how many events and pages, entry and exit page, bounce, where from, country, device and whose. Use it to look at visits of one kind or of one person. For counts and rates of sessions use overview; for single events query_events; for a person’s whole history person.',
  input,
  shared: ['from', 'to', 'tz', 'where', 'include_bots', 'cursor'],
  dates: 'whole-days',
  additive: () => false,
  columns: (asking) => [
    ...groupColumns(asking),
    ...measures,
    ...Object.keys(shown).map((column) => ({ name: column, type: 'text' }) as const),
    { name: 'person', type: 'text' },
    { name: 'anonymous_id', type: 'text' },
  ],
  reaches: ({ period }) => sessionReach(period),
  ask: (asking) => {
    const { own, reading, period, after } = asking;
    const holds: readonly SessionValue[] =
      own.event === undefined ? [] : [{ as: 'held', value: sql`event_name = ${own.event}`, of: 'matches' }];
    const kept = [...fields, ...personKept, ...order, ...holds];
    const sessions = sessionRows(askedEvents(asking, sessionReach(period)), reading, period, kept);
    const wanted = [
      ...(own.event === undefined ? [] : [sql`held > 0`]),
      ...(own.person === undefined ? [] : [sql`(person = ${own.person} or anonymous_id = ${own.person})`]),
      ...(after === null ? [] : [belowPage(after)]),
    ];
    const page = (rows: Sql): Sql => sql`
      select * from (${rows}) as q${wanted.length === 0 ? sql`` : sql` where ${join(wanted, ' and ')}`}
      order by begins desc, received_at desc, request_id desc, seq desc limit ${own.limit + 1}`;
    // Of most questions only the page must know its persons.
    const found =
      own.person === undefined ? withPerson(page(sessions), reading) : page(withPerson(sessions, reading));
    return sql`select *, ${instantOf(name('begins'))} as start from (${found}) as found
      order by begins desc, received_at desc, request_id desc, seq desc`;
  },
  shape: (rows, asking) => {
    const page = rows.slice(0, asking.own.limit);
    return {
      rows: page.map((row) => ({
        ...groupCells(row, asking),
        start: row.start ?? null,
        seconds: row.seconds ?? null,
        events: row.events ?? null,
        pageviews: row.views ?? null,
        bounce: Number(row.views) <= 1 && Number(row.others) === 0,
        ...Object.fromEntries(Object.keys(shown).map((column) => [column, row[column] ?? null])),
        person: row.person ?? null,
        anonymous_id: row.anonymous_id ?? null,
      })),
      places: page.map((row) =>
        ['begins', 'received_at', 'request_id', 'seq'].map((column) => row[column] ?? null),
      ),
      more: rows.length > asking.own.limit,
      notes:
        asking.where.length === 0
          ? []
          : ['where narrowed the events first; sessions are made of those that are left.'],
    };
  },
  speaksOf: ({ event }) => (event === undefined ? [] : [event]),
  examples: [
    {
      says: 'The newest visit (the purchase 45 minutes later was sent by a server, which opens none)',
      input: { from: '2026-03-02', to: '2026-03-08', limit: 1 },
      rows: [
        {
          start: '2026-03-08T06:30:00.000Z',
          seconds: 900,
          events: 2,
          pageviews: 1,
          bounce: false,
          entry_path: '/shoes',
          exit_path: '/shoes',
          source: 'chatgpt',
          medium: 'ai',
          campaign: null,
          country: 'IN',
          device_type: 'desktop',
          person: 'a-eve',
          anonymous_id: 'a-eve',
        },
      ],
    },
    {
      says: 'Visits of one person, over devices',
      input: { person: 'u-cleo', from: '2026-03-02', to: '2026-03-08' },
      rows: [
        {
          start: '2026-03-06T15:00:00.000Z',
          seconds: 300,
          events: 2,
          pageviews: 0,
          bounce: false,
          entry_path: null,
          exit_path: null,
          source: 'direct',
          medium: 'direct',
          campaign: null,
          country: 'FR',
          device_type: 'mobile',
          person: 'u-cleo',
          anonymous_id: 'a-phone',
        },
        {
          start: '2026-03-04T23:50:00.000Z',
          seconds: 1200,
          events: 2,
          pageviews: 2,
          bounce: false,
          entry_path: '/',
          exit_path: '/hats',
          source: 'newsletter',
          medium: 'email',
          campaign: 'spring',
          country: 'FR',
          device_type: 'tablet',
          person: 'u-cleo',
          anonymous_id: 'a-cleo',
        },
      ],
    },
  ],
});

/** Below the session with which the previous page ended. */
const belowPage = ([begins, received, request, seq]: NonNullable<Asking<Own>['after']>): Sql =>
  below([
    { column: sql`begins`, at: placed.number(begins) },
    { column: sql`received_at`, at: placed.moment(received) },
    { column: sql`request_id`, at: placed.text(request) },
    { column: sql`seq`, at: placed.number(seq) },
  ]);
