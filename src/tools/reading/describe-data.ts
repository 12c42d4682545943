import * as z from 'zod/mini';
import type { Cell, Row } from '../../ports.ts';
import { fieldFrom, textOf } from '../../sql/field.ts';
import { caseFolded } from '../../sql/filter.ts';
import { join, name, type Sql, sql } from '../../sql/sql.ts';
import { eventName } from '../fields.ts';
import { anyField, limitOf } from '../inputs.ts';
import { type AnswerColumn, type Asking, question, type Shaped } from '../question.ts';
import { ascending } from '../ranked.ts';
import { invalidParam } from '../refusal.ts';
import { askedEvents, each, groupCells, groupColumns, groupNames } from '../relations.ts';

const input = z.object({
  search: z
    .optional(z.string().check(z.minLength(1), z.maxLength(128)))
    .check(z.describe('Only event names that contain this, without case. Alone.')),
  event: z.optional(eventName).check(z.describe('The properties of this event, e.g. purchase.')),
  field: z
    .optional(anyField)
    .check(
      z.describe('The values of this column or property, e.g. source or plan; with event of that event.'),
    ),
  limit: limitOf(1000, 100, 'names, properties or values (the most frequent)'),
});
type Own = z.output<typeof input>;

/** What nothing here knows, and what to send so that it can be asked (questions.md, 7). */
export const whatIsAbsent =
  'Not here: session replay and heat maps (send an event for what matters, e.g. rage_click with the element); search-console and ad-spend data (send an event a day with cost, clicks and campaign); revenue recognition (send each invoice and refund as an event with its amount in minor units).';

/** Of so many events, the newest of a name, properties are told: a share needs no more, and each is read whole. */
const newest = 10_000;
/** What can be asked for: keys not too long, and without what a path cannot carry. */
const askable = sql`length(key) <= 128 and not regexp_like(key, ${'["\\\\\\x00-\\x1f\\x7f-\\x9f]'})`;

/** The first letter of a value’s JSON text says what it is. */
const kinds = [
  { type: 'text', of: sql`kind = '"'` },
  { type: 'boolean', of: sql`kind in ('t', 'f')` },
  { type: 'list', of: sql`kind = '['` },
  { type: 'object', of: sql`kind = '{'` },
  { type: 'number', of: sql`kind not in ('"', 't', 'f', '[', '{')` },
] as const;
const examplesShown = [1, 2, 3] as const;

/** What there is to ask about: names, properties, values. */
export const describeData = question({
  name: 'describe_data',
  title: 'What there is to ask about',
  answers:
    'What there is to ask about: event names with counts, first and last seen; with event the properties it carries, their types, share and examples; with field the values of a column or property by count. Use it before naming an event or property. For numbers over time or by several columns use get_stats; for whole events query_events.',
  input,
  shared: ['from', 'to', 'tz', 'where', 'include_bots', 'cursor'],
  dates: 'whole-days',
  since: 'last:30d',
  columns: (asking) => [...groupColumns(asking), ...columnsOf(asking.own)],
  additive: () => false,
  ask: (asking) => {
    const { search, event, field } = asking.own;
    if (search !== undefined && (event !== undefined || field !== undefined))
      throw invalidParam(
        'search',
        'search: looks among event names and stands alone; remove it, or event and field',
      );
    if (field !== undefined) return values(asking, textOf(field));
    return event === undefined ? names(asking) : properties(asking, event);
  },
  shape: (rows, asking) => {
    const { field, event, limit } = asking.own;
    const of = Number(rows[0]?.of_all ?? 0);
    return {
      rows: rows.map((row) => ({ ...groupCells(row, asking), ...cellsOf(row, asking.own) })),
      ...(of > limit ? { truncated: { shown: limit, of, what: 'groups' } } : {}),
      notes:
        field !== undefined
          ? []
          : event === undefined
            ? [whatIsAbsent]
            : [
                `Of the newest ${newest.toLocaleString('en-US')} events of that name at most; share is of those, and examples are the most frequent values.`,
              ],
    } satisfies Shaped;
  },
  speaksOf: ({ event }) => (event === undefined ? [] : [event]),
  examples: [
    {
      says: 'Which events are there?',
      input: { from: '2026-03-02', to: '2026-03-08' },
      rows: [
        ['$pageview', 8, '2026-03-02T09:00:00.000Z', '2026-03-08T06:30:00.000Z'],
        ['add_to_cart', 4, '2026-03-02T09:10:00.000Z', '2026-03-08T06:45:00.000Z'],
        ['purchase', 3, '2026-03-02T09:20:00.000Z', '2026-03-08T07:30:00.000Z'],
        ['$identify', 1, '2026-03-05T12:00:00.000Z', '2026-03-05T12:00:00.000Z'],
      ].map(([event = '', events = 0, first_seen = '', last_seen = '']) => ({
        event,
        events,
        first_seen,
        last_seen,
      })),
    },
    {
      says: 'What does a purchase carry?',
      input: { event: 'purchase', from: '2026-03-02', to: '2026-03-08' },
      rows: [
        { property: 'properties.gift', types: 'boolean', events: 3, share: 1, examples: '[false,true]' },
        { property: 'properties.item', types: 'text', events: 3, share: 1, examples: '["shoes","hat"]' },
        { property: 'properties.price', types: 'number', events: 3, share: 1, examples: '[40,15]' },
      ],
    },
    {
      says: 'Which items are put into carts?',
      input: { event: 'add_to_cart', field: 'item', from: '2026-03-02', to: '2026-03-08' },
      rows: [
        { value: 'hat', events: 2, share: 0.5 },
        { value: 'shoes', events: 2, share: 0.5 },
      ],
    },
  ],
});

const columnsOf = ({ event, field }: Own): readonly AnswerColumn[] => {
  const events = { name: 'events', type: 'number', unit: 'events' } as const;
  const share = { name: 'share', type: 'number', unit: 'share' } as const;
  if (field !== undefined) return [{ name: 'value', type: 'text' }, events, share];
  if (event === undefined)
    return [
      { name: 'event', type: 'text' },
      events,
      { name: 'first_seen', type: 'time' },
      { name: 'last_seen', type: 'time' },
    ];
  return [
    { name: 'property', type: 'text' },
    { name: 'types', type: 'text' },
    events,
    share,
    { name: 'examples', type: 'json' },
  ];
};

const cellsOf = (row: Row, { event, field }: Own): Record<string, Cell> => {
  const { events = null, share = null } = row;
  if (field !== undefined) return { value: row.value ?? null, events, share };
  if (event === undefined)
    return {
      event: row.event_name ?? null,
      events,
      first_seen: row.first_seen ?? null,
      last_seen: row.last_seen ?? null,
    };
  return {
    property: spelled(String(row.key)),
    types: kinds.flatMap(({ type }) => (row[`is_${type}`] === 1 ? [type] : [])).join(', '),
    events,
    share,
    examples: JSON.stringify(examplesShown.flatMap((n) => exampleOf(row[`kind_${n}`], row[`text_${n}`]))),
  };
};

/** A key as a question names it. */
const spelled = (key: string): string => {
  const field = fieldFrom(`properties.${key}`);
  return field !== undefined && 'keys' in field && field.keys.length === 1 && field.keys[0] === key
    ? field.spelled
    : `properties["${key}"]`;
};

const exampleOf = (
  kind: Cell | undefined,
  text: Cell | undefined,
): readonly (string | number | boolean)[] => {
  if (typeof text !== 'string') return [];
  if (kind === '"') return [text];
  return [kind === 't' || kind === 'f' ? text === 'true' : Number(text)];
};

/** What names each row: an account key’s project. */
const projects = ({ byProject }: Pick<Asking<Own>, 'byProject'>): readonly Sql[] =>
  groupNames({ byProject, groups: [] });

/** The most frequent first, with how many there are in all. */
const mostFrequent = (rows: Sql, by: readonly Sql[], limit: number): Sql => sql`
  select *, count(*) over () as of_all from (${rows}) as told
  order by events desc, ${ascending(by)} limit ${limit}`;

function names(asking: Asking<Own>): Sql {
  const { search, limit } = asking.own;
  const by = [...projects(asking), name('event_name')];
  const sought =
    search === undefined
      ? sql``
      : sql` where strpos(${caseFolded(name('event_name'))}, ${caseFolded(sql`${search}`)}) > 0`;
  return mostFrequent(
    sql`select ${join(by)}, count(*) as events, min(ts) as first_seen, max(ts) as last_seen
      from (${askedEvents(asking)}) as e${sought} group by ${join(by)}`,
    by,
    limit,
  );
}

/** Values of a field, with their share of all events that were asked about. */
function values(asking: Asking<Own>, text: Sql): Sql {
  const { event, limit } = asking.own;
  const by = [...projects(asking), name('value')];
  const named = event === undefined ? sql`` : sql` where event_name = ${event}`;
  const whole = asking.byProject ? sql`partition by project_id` : sql``;
  return mostFrequent(
    sql`select *, cast(events as double) / sum(events) over (${whole}) as share
      from (
        select ${join(by)}, count(*) as events
        from (select ${each(projects(asking))}${text} as value from (${askedEvents(asking)}) as e${named}) as held
        group by ${join(by)}
      ) as counted`,
    by,
    limit,
  );
}

/** Keys of the newest events of a name, with what their values are. */
function properties(asking: Asking<Own>, event: string): Sql {
  const own = each(projects(asking));
  const by = [...projects(asking), name('key')];
  const path = sql`concat('$["', key, '"]')`;
  const some = sql`
    select *, count(*) over (${asking.byProject ? sql`partition by project_id` : sql``}) as whole
    from (
      select ${own}properties from (${askedEvents(asking)}) as e where event_name = ${event}
      order by ts desc, received_at desc, request_id desc, seq desc limit ${newest}
    ) as latest`;
  const held = sql`
    select ${own}whole, key, case when ${askable} then substr(json_format(json_extract(properties, ${path})), 1, 1) end as kind,
      case when ${askable} then substr(json_extract_scalar(properties, ${path}), 1, 100) end as text
    from (${some}) as some_events
    cross join unnest(map_keys(cast(json_parse(properties) as map(varchar, json)))) as t (key)`;
  const placed = sql`
    select *, row_number() over (partition by ${join(by)} order by case when text is null then 1 else 0 end, n desc, text, kind) as place
    from (
      select ${own}whole, key, kind, text, count(*) as n
      from (${held}) as held where kind is not null and kind <> 'n'
      group by ${own}whole, key, kind, text
    ) as counted`;
  const shown = [
    ...kinds.map(({ type, of }) => sql`max(case when ${of} then 1 end) as ${name(`is_${type}`)}`),
    ...examplesShown.flatMap((n) => [
      sql`max(case when place = ${n} then text end) as ${name(`text_${n}`)}`,
      sql`max(case when place = ${n} then kind end) as ${name(`kind_${n}`)}`,
    ]),
  ];
  return mostFrequent(
    sql`select ${join(by)}, cast(sum(n) as bigint) as events, cast(sum(n) as double) / max(whole) as share, ${join(shown)}
      from (${placed}) as placed group by ${join(by)}`,
    by,
    asking.own.limit,
  );
}
