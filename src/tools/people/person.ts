import * as z from 'zod/mini';
import { idsTold } from '../../people/list.ts';
import { historyOf, told } from '../../people/one.ts';
import { instantOf, sessionReach } from '../../people/sessions.ts';
import type { Row } from '../../ports.ts';
import { Problem } from '../../problems.ts';
import { name, type Sql, sql } from '../../sql/sql.ts';
import { below, placed } from '../below.ts';
import { limitOf } from '../inputs.ts';
import { type Asking, question } from '../question.ts';
import { askedEvents, groupCells, groupColumns } from '../relations.ts';
import { quoted } from '../visible.ts';

const dayMs = 86_400_000;

const input = z.object({
  person: z
    .string()
    .check(z.minLength(1), z.maxLength(2048))
    .check(z.describe('Whose history: a user id or any anonymous_id of theirs, e.g. u-42.')),
  limit: limitOf(1000, 50, 'events of the timeline'),
});
type Own = z.output<typeof input>;

/** One person with everything they did. */
export const onePerson = question({
  name: 'person',
  title: 'One person',
  answers:
    'Everything about one person, by any id of theirs: profile says ids, traits, first and last seen, days since, sessions, active days, views; rows are their timeline over all devices, newest first, each with the start of its session. To find somebody by name, mail or part of an id use find_people; for visits as rows query_sessions.',
  input,
  shared: ['from', 'to', 'tz', 'where', 'include_bots', 'cursor'],
  dates: 'whole-days',
  since: 'last:90d',
  additive: () => false,
  columns: (asking) => [
    { name: 'timestamp', type: 'time' },
    ...groupColumns(asking),
    { name: 'session_start', type: 'time' },
    ...told.map((column) => ({ name: column, type: column === 'properties' ? 'json' : 'text' }) as const),
  ],
  reaches: ({ period }) => sessionReach(period),
  ask: (asking) => {
    const { own, reading, period, tz, after } = asking;
    const around = askedEvents(asking, sessionReach(period));
    const history = historyOf(askedEvents(asking), around, reading, { id: own.person, period, tz });
    return sql`
      select *, case when begins is not null then ${instantOf(name('begins'))} end as session_start
      from (${history}) as history${after === null ? sql`` : sql` where ${belowPage(after)}`}
      order by ts desc, received_at desc, request_id desc, seq desc limit ${own.limit + 1}`;
  },
  shape: (rows, asking) => {
    const { own, after } = asking;
    const [known] = rows;
    if (known === undefined && after === null) throw strangerTo(asking);
    const page = rows.slice(0, own.limit);
    return {
      ...(known === undefined ? {} : { profile: profileOf(known, asking) }),
      rows: page.map((row) => ({
        timestamp: row.ts ?? null,
        ...groupCells(row, asking),
        session_start: row.session_start ?? null,
        ...Object.fromEntries(told.map((column) => [column, row[column] ?? null])),
      })),
      places: page.map((row) => order.map((column) => row[column] ?? null)),
      more: rows.length > own.limit,
      notes: [
        'Where session_start changes, another visit begins; null is an event of no visit, such as one that only a server sent. Everything in profile but traits is of the period.',
        ...(Number(known?.others ?? 0) === 0
          ? []
          : [
              `${quoted(own.person)} is a device that others used too (${known?.others}); this is who used it last. find_people search shows them all.`,
            ]),
      ],
    };
  },
  examples: [
    {
      says: 'What did this device’s owner do last? (The phone is Cleo’s, who also came on a tablet)',
      input: { person: 'a-phone', from: '2026-03-02', to: '2026-03-08', limit: 2 },
      rows: [
        {
          timestamp: '2026-03-06T15:05:00.000Z',
          session_start: '2026-03-06T15:00:00.000Z',
          event_name: 'purchase',
          path: null,
          source: 'direct',
          medium: 'direct',
          country: 'FR',
          device_type: 'mobile',
          anonymous_id: 'a-phone',
          properties: '{"item":"hat","price":15,"gift":false}',
        },
        {
          timestamp: '2026-03-06T15:00:00.000Z',
          session_start: '2026-03-06T15:00:00.000Z',
          event_name: 'add_to_cart',
          path: null,
          source: 'direct',
          medium: 'direct',
          country: 'FR',
          device_type: 'mobile',
          anonymous_id: 'a-phone',
          properties: '{"item":"hat","price":15}',
        },
      ],
      profile: {
        person: 'u-cleo',
        ids: '["a-phone","a-cleo"]',
        visitors: 2,
        first_seen: '2026-03-04T23:50:00.000Z',
        last_seen: '2026-03-06T15:05:00.000Z',
        days_since_last_seen: 2,
        events: 5,
        pageviews: 2,
        active_days: 3,
        sessions: 2,
        average_session_seconds: 750,
        country: 'FR',
        device_type: 'mobile',
        first_source: 'newsletter',
        traits: '{}',
      },
    },
    {
      says: 'The newest event of somebody who came twice, and was never identified',
      input: { person: 'a-dan', from: '2026-03-02', to: '2026-03-08', limit: 1 },
      rows: [
        {
          timestamp: '2026-03-07T11:00:00.000Z',
          session_start: '2026-03-07T11:00:00.000Z',
          event_name: '$pageview',
          path: '/',
          source: 'direct',
          medium: 'direct',
          country: null,
          device_type: 'desktop',
          anonymous_id: 'a-dan',
          properties: '{}',
        },
      ],
      profile: {
        person: 'a-dan',
        ids: '["a-dan"]',
        visitors: 1,
        first_seen: '2026-03-06T18:00:00.000Z',
        last_seen: '2026-03-07T11:00:00.000Z',
        days_since_last_seen: 1,
        events: 2,
        pageviews: 2,
        active_days: 2,
        sessions: 2,
        average_session_seconds: 0,
        country: null,
        device_type: 'desktop',
        first_source: 'direct',
        traits: null,
      },
    },
  ],
});

function profileOf(row: Row, asking: Asking<Own>): Row {
  const { period, now } = asking;
  const seen = typeof row.last_seen === 'string' ? Date.parse(row.last_seen) : Number.NaN;
  return {
    ...groupCells(row, asking),
    person: row.person ?? null,
    ids: JSON.stringify(idsTold.flatMap((n) => row[`id_${n}`] ?? [])),
    visitors: row.visitors ?? null,
    first_seen: row.first_seen ?? null,
    last_seen: row.last_seen ?? null,
    days_since_last_seen: Math.floor((Math.min(period.to, now + 1) - seen) / dayMs),
    events: row.events ?? null,
    pageviews: row.pageviews ?? null,
    active_days: row.active_days ?? null,
    sessions: row.sessions ?? null,
    average_session_seconds: row.average_session_seconds ?? null,
    country: row.last_country ?? null,
    device_type: row.last_device ?? null,
    first_source: row.first_source ?? null,
    traits: row.traits ?? null,
  };
}

/** Nobody of this id did anything in the period. */
const strangerTo = ({ own, period, where }: Asking<Own>): Problem =>
  new Problem(
    'not_found',
    `person: nobody with the id ${quoted(own.person)} from ${new Date(period.from).toISOString()} to ${new Date(period.to).toISOString()}${where.length === 0 ? '' : ' among the events that where leaves'}. Ids are exact and case-sensitive: find_people with search=${quoted(own.person)} finds whoever has this in an id or a trait; from=last:52w looks further back.`,
  );

const order = ['ts', 'received_at', 'request_id', 'seq'] as const;

/** Below the event with which the previous page ended. */
const belowPage = ([ts, received, request, seq]: NonNullable<Asking<Own>['after']>): Sql =>
  below([
    { column: sql`ts`, at: placed.moment(ts) },
    { column: sql`received_at`, at: placed.moment(received) },
    { column: sql`request_id`, at: placed.text(request) },
    { column: sql`seq`, at: placed.number(seq) },
  ]);
