import * as z from 'zod/mini';
import { idsTold, peopleOf } from '../../people/list.ts';
import { personKept, withPerson } from '../../people/session-persons.ts';
import { sessionReach, sessionRows } from '../../people/sessions.ts';
import { traitsBefore } from '../../people/traits.ts';
import { caseFolded } from '../../sql/filter.ts';
import { hashed } from '../../sql/hash.ts';
import { join, name, type Sql, sql } from '../../sql/sql.ts';
import { below, placed } from '../below.ts';
import { limitOf } from '../inputs.ts';
import { type AnswerColumn, type Asking, question } from '../question.ts';
import { askedEvents, groupCells, groupColumns } from '../relations.ts';

const dayMs = 86_400_000;
const sorts = ['last_seen', 'first_seen', 'events', 'sessions'] as const;

const input = z.object({
  search: z
    .optional(z.string().check(z.minLength(1), z.maxLength(200)))
    .check(z.describe('Only people with this in an id or in a trait’s value, without case, e.g. ada@.')),
  inactive_days: z
    .optional(z.int().check(z.minimum(1), z.maximum(3650)))
    .check(
      z.describe('Only people not seen in the last so many days before the end of the period, e.g. 14.'),
    ),
  min_sessions: z
    .optional(z.int().check(z.minimum(1), z.maximum(100_000)))
    .check(z.describe('Only people with at least so many sessions in the period, e.g. 3.')),
  sort: z
    ._default(z.enum(sorts), 'last_seen')
    .check(z.describe('What comes first: the latest or the most of it. Default last_seen.')),
  limit: limitOf(100, 20, 'people'),
});
type Own = z.output<typeof input>;

const columns = [
  { name: 'person', type: 'text' },
  { name: 'ids', type: 'json' },
  { name: 'visitors', type: 'number', unit: 'visitors' },
  { name: 'first_seen', type: 'time' },
  { name: 'last_seen', type: 'time' },
  { name: 'events', type: 'number', unit: 'events' },
  { name: 'sessions', type: 'number', unit: 'sessions' },
  { name: 'country', type: 'text' },
  { name: 'device_type', type: 'text' },
  { name: 'first_source', type: 'text' },
  { name: 'traits', type: 'json' },
] as const satisfies readonly AnswerColumn[];

/** People, by what is known of them. */
export const findPeople = question({
  name: 'find_people',
  title: 'People',
  answers:
    'Who they are: people by id or trait, by what they did (where), long not seen (inactive_days), with most sessions or events; with first and last seen, country, device, first source and traits. Use it for "which customers …". For how many use get_stats metric=people; for one person’s history person; for visits query_sessions.',
  input,
  shared: ['from', 'to', 'tz', 'where', 'include_bots', 'cursor'],
  dates: 'whole-days',
  since: 'last:90d',
  additive: () => false,
  columns: (asking) => [...groupColumns(asking), ...columns],
  reaches: ({ period }) => sessionReach(period),
  ask: (asking) => {
    const { own, after } = asking;
    const order = sql`order by ${name(own.sort)} desc, person, project_id`;
    return sql`
      select * from (select *, count(*) over () as of_all from (${people(asking)}) as listed${wanted(asking)}) as told
      ${after === null ? sql`` : sql`where ${belowPage(own.sort, after)}`} ${order} limit ${own.limit + 1}`;
  },
  shape: (rows, asking) => {
    const { limit, sort } = asking.own;
    const page = rows.slice(0, limit);
    const of = Number(rows[0]?.of_all ?? 0);
    const more = rows.length > limit;
    return {
      rows: page.map((row) => ({
        ...groupCells(row, asking),
        ...Object.fromEntries(columns.map(({ name: column }) => [column, row[column] ?? null])),
        ids: JSON.stringify(idsTold.flatMap((n) => row[`id_${n}`] ?? [])),
      })),
      places: page.map((row) => [row[sort] ?? null, row.person ?? null, row.project_id ?? null]),
      more,
      ...(more ? { truncated: { shown: limit, of, what: 'rows' as const } } : {}),
      notes: [
        'Everything but traits is of the period. ids are the five used last, visitors says how many there are.',
      ],
    };
  },
  examples: [
    {
      says: 'Who came back most often?',
      input: { sort: 'sessions', limit: 2, from: '2026-03-02', to: '2026-03-08' },
      rows: [
        {
          person: 'a-dan',
          ids: '["a-dan"]',
          visitors: 1,
          first_seen: '2026-03-06T18:00:00.000Z',
          last_seen: '2026-03-07T11:00:00.000Z',
          events: 2,
          sessions: 2,
          country: null,
          device_type: 'desktop',
          first_source: 'direct',
          traits: null,
        },
        {
          person: 'u-cleo',
          ids: '["a-phone","a-cleo"]',
          visitors: 2,
          first_seen: '2026-03-04T23:50:00.000Z',
          last_seen: '2026-03-06T15:05:00.000Z',
          events: 5,
          sessions: 2,
          country: 'FR',
          device_type: 'mobile',
          first_source: 'newsletter',
          traits: '{}',
        },
      ],
    },
    {
      says: 'Buyers of something for 30 or more, not seen in the last five days of the week',
      input: {
        where: [{ field: 'properties.price', op: 'gte', value: 30 }],
        inactive_days: 5,
        from: '2026-03-02',
        to: '2026-03-08',
      },
      rows: [
        {
          person: 'a-ada',
          ids: '["a-ada"]',
          visitors: 1,
          first_seen: '2026-03-02T09:10:00.000Z',
          last_seen: '2026-03-02T09:20:00.000Z',
          events: 2,
          sessions: 0,
          country: 'DE',
          device_type: 'desktop',
          first_source: 'google',
          traits: null,
        },
      ],
    },
  ],
});

/** Everybody with sessions and traits. */
function people(asking: Asking<Own>): Sql {
  const { own, reading, period } = asking;
  const contains = (text: Sql): Sql =>
    own.search === undefined
      ? sql`false`
      : sql`strpos(${caseFolded(text)}, ${caseFolded(sql`${own.search}`)}) > 0`;
  const sessions = sessionRows(askedEvents(asking, sessionReach(period)), reading, period, personKept);
  const traits = traitsBefore(reading, period.to);
  const on = (other: string): Sql => sql`${name(other)}.project_id = p.project_id and ${name(other)}.w = p.w`;
  const path = sql`concat('$["', key, '"]')`;
  const text = sql`case when not regexp_like(key, ${'["\\\\\\x00-\\x1f\\x7f-\\x9f]'}) then json_extract_scalar(traits, ${path}) end`;
  const inTraits = sql`
    select project_id, w, 1 as hit from (${traits}) as spoken
    cross join unnest(map_keys(cast(json_parse(traits) as map(varchar, json)))) as t (key)
    where ${contains(text)} group by project_id, w`;
  return sql`
    select p.*, coalesce(s.sessions, 0) as sessions, d.traits as traits${own.search === undefined ? sql`` : sql`, h.hit as hit`}
    from (${peopleOf(askedEvents(asking), reading, contains)}) as p
    left join (
      select project_id, ${hashed(name('person'))} as w, count(*) as sessions
      from (${withPerson(sessions, reading)}) as visits group by project_id, person
    ) as s on ${on('s')}
    left join (${traits}) as d on ${on('d')}${own.search === undefined ? sql`` : sql` left join (${inTraits}) as h on ${on('h')}`}`;
}

/** Which of them are wanted. */
function wanted({ own, period, now }: Asking<Own>): Sql {
  const { search, inactive_days: days, min_sessions: sessions } = own;
  const all = [
    ...(search === undefined ? [] : [sql`(found = 1 or hit = 1)`]),
    ...(days === undefined
      ? []
      : [sql`last_seen < ${new Date(Math.min(period.to, now + 1) - days * dayMs)}`]),
    ...(sessions === undefined ? [] : [sql`sessions >= ${sessions}`]),
  ];
  return all.length === 0 ? sql`` : sql` where ${join(all, ' and ')}`;
}

/** Below the person with whom the previous page ended. */
const belowPage = (sort: Own['sort'], [at, person, project]: NonNullable<Asking<Own>['after']>): Sql =>
  below([
    { column: name(sort), at: sort.endsWith('seen') ? placed.moment(at) : placed.number(at) },
    { column: sql`person`, at: placed.text(person), up: true },
    { column: sql`project_id`, at: placed.text(project), up: true },
  ]);
