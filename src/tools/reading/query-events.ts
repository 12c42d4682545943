import * as z from 'zod/mini';
import { type Column, type ColumnName, columnNames, columns } from '../../events/columns.ts';
import type { Cell, Row } from '../../ports.ts';
import { join, name, type Sql, sql } from '../../sql/sql.ts';
import { below, placed } from '../below.ts';
import { limitOf } from '../inputs.ts';
import { type Asking, question } from '../question.ts';
import { askedEvents, groupCells, groupColumns } from '../relations.ts';

const exact = (what: string) =>
  z
    .optional(z.string().check(z.minLength(1), z.maxLength(2048)))
    .check(z.describe(`Only events with exactly this ${what}.`));
const input = z.object({
  event: exact('event name'),
  source: exact('source'),
  medium: exact('medium'),
  user_id: exact('user id'),
  country: exact('country (two letters)'),
  anonymous_id: exact('anonymous id'),
  limit: limitOf(1000, 100, 'events'),
});
type Own = z.output<typeof input>;

const shown = (name: ColumnName): number | undefined => {
  const column: Column = columns[name];
  return column.shown;
};
/** The columns of a row in the contract’s order; `timestamp` stands first. */
const cells = columnNames
  .filter((c) => shown(c) !== undefined)
  .toSorted((a, b) => (shown(a) ?? 0) - (shown(b) ?? 0));
const order = ['ts', 'received_at', 'request_id', 'seq'] as const;

/** Raw events. */
export const queryEvents = question({
  name: 'query_events',
  title: 'Raw events',
  answers:
    'Single events, newest first, with everything stored about them; properties is JSON text. Use it to look at examples. For visits as rows use query_sessions, for one person’s history person; to count or to group use get_stats: do not page through events to count them.',
  input,
  shared: ['from', 'to', 'tz', 'where', 'include_bots', 'cursor'],
  dates: 'contract',
  additive: () => false,
  columns: (asking) => [
    { name: 'timestamp', type: 'time' },
    ...groupColumns(asking),
    ...cells.map((c) => ({ name: c, type: c === 'properties' ? 'json' : 'text' }) as const),
  ],
  ask: (asking) => sql`
    select ts, received_at, request_id, seq, project_id, ${join(cells.map(name))}
    from (${askedEvents(asking)}) as e
    where ${narrowed(asking.own)}${asking.after === null ? sql`` : sql` and ${belowPage(asking.after)}`}
    order by ts desc, received_at desc, request_id desc, seq desc
    limit ${asking.own.limit + 1}`,
  shape: (rows, asking) => {
    const page = rows.slice(0, asking.own.limit);
    return {
      rows: page.map((row) => ({
        timestamp: row.ts ?? null,
        ...groupCells(row, asking),
        ...pick(row, cells),
      })),
      places: page.map((row) => order.map((c) => row[c] ?? null)),
      more: rows.length > asking.own.limit,
    };
  },
  speaksOf: ({ event }) => (event === undefined ? [] : [event]),
  examples: [
    {
      says: 'The newest purchase',
      input: { event: 'purchase', limit: 1, from: '2026-03-02', to: '2026-03-09' },
      rows: [
        {
          timestamp: '2026-03-08T07:30:00.000Z',
          event_name: 'purchase',
          anonymous_id: 'a-eve',
          user_id: null,
          source: 'chatgpt',
          medium: 'ai',
          campaign: null,
          source_confidence: 'medium',
          referrer: null,
          url: null,
          path: null,
          country: 'IN',
          device_type: 'desktop',
          properties: '{"item":"shoes","price":40,"gift":true}',
          event_id: 'order-3',
          session_id: 'a-eve-984975',
          browser: null,
          os: null,
        },
      ],
    },
  ],
});

const pick = (row: Row, names: readonly string[]): Record<string, Cell> =>
  Object.fromEntries(names.map((n) => [n, row[n] ?? null]));

const narrowed = ({ event, source, medium, user_id, country, anonymous_id }: Own): Sql => {
  const wanted = { event_name: event, source, medium, user_id, country, anonymous_id };
  return join(
    [
      sql`true`,
      ...Object.entries(wanted).flatMap(([column, value]) =>
        value === undefined ? [] : [sql`${name(column)} = ${value}`],
      ),
    ],
    ' and ',
  );
};

/** Below the place where the previous page ended. */
const belowPage = ([ts, received, request, seq]: NonNullable<Asking<Own>['after']>): Sql =>
  below([
    { column: sql`ts`, at: placed.moment(ts) },
    { column: sql`received_at`, at: placed.moment(received) },
    { column: sql`request_id`, at: placed.text(request) },
    { column: sql`seq`, at: placed.number(seq) },
  ]);
