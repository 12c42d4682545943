import * as z from 'zod/mini';
import { type Column, type ColumnName, columnNames, columns } from '../../events/columns.ts';
import type { Cell, Row } from '../../ports.ts';
import { join, name, type Sql, sql } from '../../sql/sql.ts';
import { below, placed } from '../below.ts';
import { limitOf, wordsAmong } from '../inputs.ts';
import { type Asking, question } from '../question.ts';
import { askedEvents, groupCells, groupColumns } from '../relations.ts';

const exact = (what: string) =>
  z
    .optional(z.string().check(z.minLength(1), z.maxLength(2048)))
    .check(z.describe(`Only events with exactly this ${what}.`));
const shown = (name: ColumnName): number | undefined => {
  const column: Column = columns[name];
  return column.shown;
};
/** The columns of a row in the contract’s order; `timestamp` stands first. */
const cells = columnNames
  .filter((c) => shown(c) !== undefined)
  .toSorted((a, b) => (shown(a) ?? 0) - (shown(b) ?? 0));
const keys = ['ts', 'received_at', 'request_id', 'seq'] as const;

const input = z.object({
  event: exact('event name'),
  source: exact('source'),
  medium: exact('medium'),
  user_id: exact('user id'),
  country: exact('country (two letters)'),
  anonymous_id: exact('anonymous id'),
  fields: wordsAmong(['timestamp', ...cells], cells.length + 1).check(
    z.describe('Only these columns, as a list or comma-separated, e.g. timestamp,path. Default: all.'),
  ),
  order: z
    ._default(z.enum(['newest', 'oldest']), 'newest')
    .check(z.describe('What comes first: newest (default) or oldest.')),
  limit: limitOf(1000, 100, 'events'),
});
type Own = z.output<typeof input>;

/** Raw events. */
export const queryEvents = question({
  name: 'query_events',
  title: 'Raw events',
  answers:
    'Single events, newest or oldest first, with all that is stored of them or only some fields; properties is JSON text. Use it to look at examples. For visits as rows use query_sessions, for one person’s history person; to count or to group use get_stats: do not page through events to count them.',
  input,
  shared: ['from', 'to', 'tz', 'where', 'include_bots', 'cursor'],
  bare: true,
  dates: 'contract',
  additive: () => false,
  columns: (asking) => [
    ...(wants(asking.own, 'timestamp') ? [{ name: 'timestamp', type: 'time' } as const] : []),
    ...groupColumns(asking),
    ...wantedOf(asking.own).map((c) => ({ name: c, type: c === 'properties' ? 'json' : 'text' }) as const),
  ],
  ask: (asking) => sql`
    select ${join([...keys, 'project_id', ...wantedOf(asking.own)].map(name))}
    from (${askedEvents(asking)}) as e
    where ${narrowed(asking.own)}${asking.after === null ? sql`` : sql` and ${belowPage(asking.own, asking.after)}`}
    order by ${join(keys.map((key) => (isUp(asking.own) ? sql`${name(key)} asc` : sql`${name(key)} desc`)))}
    limit ${asking.own.limit + 1}`,
  shape: (rows, asking) => {
    const page = rows.slice(0, asking.own.limit);
    return {
      rows: page.map((row) => ({
        ...(wants(asking.own, 'timestamp') ? { timestamp: row.ts ?? null } : {}),
        ...groupCells(row, asking),
        ...pick(row, wantedOf(asking.own)),
      })),
      places: page.map((row) => keys.map((c) => row[c] ?? null)),
      more: rows.length > asking.own.limit,
    };
  },
  speaksOf: ({ event }) => (event === undefined ? [] : [event]),
  examples: [
    {
      says: 'The first two things that happened, and where',
      input: {
        order: 'oldest',
        fields: 'timestamp,event_name,path',
        limit: 2,
        from: '2026-03-02',
        to: '2026-03-09',
      },
      rows: [
        { timestamp: '2026-03-02T09:00:00.000Z', event_name: '$pageview', path: '/' },
        { timestamp: '2026-03-02T09:05:00.000Z', event_name: '$pageview', path: '/shoes' },
      ],
    },
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

const isUp = ({ order }: Own): boolean => order === 'oldest';
const wants = ({ fields }: Own, column: Own['fields'][number]): boolean =>
  fields.length === 0 || fields.includes(column);
const wantedOf = (own: Own): typeof cells => cells.filter((column) => wants(own, column));

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
const belowPage = (own: Own, [ts, received, request, seq]: NonNullable<Asking<Own>['after']>): Sql =>
  below([
    { column: sql`ts`, at: placed.moment(ts), up: isUp(own) },
    { column: sql`received_at`, at: placed.moment(received), up: isUp(own) },
    { column: sql`request_id`, at: placed.text(request), up: isUp(own) },
    { column: sql`seq`, at: placed.number(seq), up: isUp(own) },
  ]);
