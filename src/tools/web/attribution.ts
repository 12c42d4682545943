import * as z from 'zod/mini';
import { eventsOf, type Period } from '../../lake/events-of.ts';
import { sessionFields } from '../../people/session-fields.ts';
import { millis, sessionReach, sessionRows, visitorOf, whoHashed } from '../../people/sessions.ts';
import { doersOf } from '../../people/who.ts';
import { type Field, fieldFrom, numberOf } from '../../sql/field.ts';
import { hashed } from '../../sql/hash.ts';
import { join, name, type Sql, sql } from '../../sql/sql.ts';
import { limits } from '../fields.ts';
import { limitOf } from '../inputs.ts';
import { type Asking, question } from '../question.ts';
import { ascending } from '../ranked.ts';
import { askedEvents, each, groupCells, groupColumns } from '../relations.ts';
import { lengthMs, windowOf } from '../window.ts';

const dayMs = 86_400_000;
const longestLookback = 730 * dayMs;

/** What is said apart, and the columns that say it. */
const labels = {
  source_medium: ['source', 'medium'],
  source: ['source'],
  campaign: ['campaign'],
} as const;

/** What one touch gets: it is the `nth` of `n`, first to last, the `back`th from the last, and weighs `weight` of `total`. */
const models = {
  last: sql`case when back = 1 then 1e0 else 0e0 end`,
  first: sql`case when nth = 1 then 1e0 else 0e0 end`,
  linear: sql`1e0 / n`,
  position: sql`case when n = 1 then 1e0 when n = 2 then 0.5e0 when nth = 1 or back = 1 then 0.4e0 else 0.2e0 / (n - 2) end`,
  time_decay: sql`weight / total`,
  participation: sql`case when again = 1 then 1e0 else 0e0 end`,
} as const;
const meanings = {
  last: 'model last: the last touch gets all of a conversion',
  first: 'model first: the first touch in the lookback gets all of a conversion',
  linear: 'model linear: all touches get the same part of a conversion',
  position:
    'model position: the first and the last touch get 40 % each, those between share 20 %; of two each gets half',
  time_decay: 'model time_decay: a touch weighs half as much for every 7 days before the conversion',
  participation:
    'model participation: every source that was touched gets the whole conversion once, so the sum is more than the conversions',
} as const;
const isModel = (word: string): word is keyof typeof models => Object.hasOwn(models, word);
const modelNames = Object.keys(models).filter(isModel);

const input = z.object({
  event: z
    .string()
    .check(z.minLength(1), z.maxLength(128), z.describe('The conversion, an event’s name, e.g. purchase.')),
  value: z
    .optional(
      z.pipe(
        z.string().check(z.minLength(1), z.maxLength(limits.field)),
        z.transform((text: string, { issues }): Field => {
          const read = fieldFrom(/^properties[.[]/.test(text) ? text : `properties.${text}`);
          if (read !== undefined) return read;
          const message = `cannot read ${JSON.stringify(text)}; name one property, e.g. price or properties["a.b"]`;
          issues.push({ code: 'custom', input: text, message });
          return z.NEVER;
        }),
      ),
    )
    .check(z.describe('A numeric property of the conversion, summed by credit, e.g. price. Default: none.')),
  model: z
    ._default(z.enum(modelNames), 'last')
    .check(
      z.describe(
        'Which touches get credit: last (default), first, linear (equal), position (40/20/40), time_decay (half-life 7 d), participation (each whole).',
      ),
    ),
  lookback: windowOf(
    '30d',
    'How long before the conversion a touch may lie: 24h, 30d, at most 730d. Default 30d.',
    z.refine(
      (text: string) => /^[1-9]\d{0,3}[smhdw]$/.test(text) && lengthMs(text) <= longestLookback,
      'a lookback is a number and h, d or w, at most 730d: 24h, 30d, 12w',
    ),
  ),
  count_direct: z
    ._default(z.boolean(), false)
    .check(z.describe('true: visits without an origin are touches too, as direct. Default false.')),
  count: z
    ._default(z.enum(['each', 'once']), 'each')
    .check(z.describe('each conversion (default), or once: a person’s first in the period.')),
  by: z
    ._default(z.enum(['source_medium', 'source', 'campaign']), 'source_medium')
    .check(z.describe('One row per source and medium (default), source, or campaign.')),
  limit: limitOf(1000, 50, 'rows (those with the most credit)'),
});
type Own = z.output<typeof input>;

/** Which sources brought the people who converted. */
export const attribution = question({
  name: 'attribution',
  title: 'Attribution',
  answers:
    'Which sources, mediums or campaigns get credit for a conversion such as purchase: over all earlier visits of the same person on any device, by last or first touch, linear, position, time decay or participation, also in money with value. Use it for "where do buyers come from". For visits by source use overview; for events by their own page’s source use top_sources.',
  input,
  shared: ['from', 'to', 'tz', 'where', 'compare', 'include_bots', 'cursor'],
  dates: 'whole-days',
  additive: () => false,
  columns: (asking) => [
    ...groupColumns(asking),
    ...labels[asking.own.by].map((label) => ({ name: label, type: 'text' }) as const),
    { name: 'conversions', type: 'number', unit: 'events' },
    { name: 'share', type: 'number', unit: 'share' },
    { name: 'people', type: 'number', unit: 'people' },
    ...(asking.own.value === undefined ? [] : [{ name: 'value', type: 'number', role: 'total' } as const]),
  ],
  reaches: (asking) => sessionReach(touching(asking)),
  ask: credited,
  order: inOrder,
  shape: (rows, asking) => {
    const { own } = asking;
    const of = Number(rows[0]?.of_all ?? 0);
    const valueless = Number(rows[0]?.valueless ?? 0);
    return {
      rows: rows.map((row) => ({
        ...groupCells(row, asking),
        ...Object.fromEntries(labels[own.by].map((label, i) => [label, row[`l_${i + 1}`] ?? null])),
        conversions: row.conversions ?? 0,
        share: row.share ?? null,
        people: row.people ?? 0,
        ...(own.value === undefined ? {} : { value: row.value ?? 0 }),
      })),
      ...(of > own.limit ? { truncated: { shown: own.limit, of, what: 'groups' } } : {}),
      notes: [
        `${meanings[own.model]}; ${modelNames.filter((model) => model !== own.model).join(', ')} could be asked too.`,
        own.count_direct
          ? `A touch is a visit of the person that starts within ${own.lookback} before the conversion or holds it; one without an origin is direct.`
          : `A touch is a visit of the person, with an origin, that starts within ${own.lookback} before the conversion or holds it; without any the conversion is direct.`,
        own.model === 'participation'
          ? 'conversions must not be added up, nor people.'
          : 'conversions may be added up: they make all conversions; people may not.',
        ...(asking.where.length === 0 ? [] : ['where narrowed the conversions; touches are all visits.']),
        ...(valueless === 0
          ? []
          : [`${valueless} conversions have no number in ${own.value?.spelled}; they add nothing to value.`]),
      ],
    };
  },
  head: ({ model }) => ({ model }),
  speaksOf: ({ event }) => [event],
  examples: [
    {
      says: 'Where did buyers come from, and what did they spend?',
      input: { event: 'purchase', value: 'price', from: '2026-03-02', to: '2026-03-08' },
      rows: [
        { source: 'chatgpt', medium: 'ai', conversions: 1, share: 1 / 3, people: 1, value: 40 },
        { source: 'google', medium: 'organic', conversions: 1, share: 1 / 3, people: 1, value: 40 },
        { source: 'newsletter', medium: 'email', conversions: 1, share: 1 / 3, people: 1, value: 15 },
      ],
    },
    {
      says: 'And if visits without an origin count as touches, each with the same part? (Cleo came from the newsletter, then directly on her phone.)',
      input: {
        event: 'purchase',
        model: 'linear',
        count_direct: true,
        by: 'source',
        from: '2026-03-02',
        to: '2026-03-08',
      },
      rows: [
        { source: 'chatgpt', conversions: 1, share: 1 / 3, people: 1 },
        { source: 'google', conversions: 1, share: 1 / 3, people: 1 },
        { source: 'direct', conversions: 0.5, share: 0.5 / 3, people: 1 },
        { source: 'newsletter', conversions: 0.5, share: 0.5 / 3, people: 1 },
      ],
    },
  ],
});

/** Where touches may start: a session that holds a conversion may have begun a day before the lookback does. */
const touching = ({ own, period }: Pick<Asking<Own>, 'own' | 'period'>): Period => ({
  from: period.from - lengthMs(own.lookback) - dayMs,
  to: period.to,
});

/** The columns that name a row. */
const labelNames = ({ by }: Own): readonly Sql[] => labels[by].map((_, i) => name(`l_${i + 1}`));

const rowNames = ({ byProject, own }: Asking<Own>): readonly Sql[] => [
  ...(byProject ? [name('project_id')] : []),
  ...labelNames(own),
];

/** Parts of conversions are added up in any order: what differs after the ninth digit only is equal. */
function inOrder(asking: Asking<Own>): Sql {
  return sql`round(conversions * 1e9) desc, ${ascending(rowNames(asking))}`;
}

/** One row per label: `conversions`, `share`, `people`, `value`, `of_all`, `valueless`. */
function credited(asking: Asking<Own>): Sql {
  const { own } = asking;
  const by = rowNames(asking);
  return sql`
    select ${each(by)}conversions, conversions / whole as share, people, value, valueless, count(*) over () as of_all
    from (
      select ${each(by)}sum(credit) as conversions, count(distinct who) as people, sum(credit * value) as value,
        max(whole) as whole, max(valueless) as valueless
      from (select *, ${models[own.model]} as credit from (${ranked(asking)}) as ranked) as credited
      where credit > 0
      group by ${join(by)}
    ) as summed
    order by ${inOrder(asking)}
    limit ${own.limit}`;
}

/** Each conversion with each of its touches, numbered; one without any has a single row, `direct`. */
function ranked(asking: Asking<Own>): Sql {
  const { own } = asking;
  const one = sql`partition by who, place`;
  const inOrder = sql`order by held nulls last, opening`;
  const halfLife = 7 * dayMs;
  const reached = sql`s.begins >= c.ms - ${lengthMs(own.lookback)}`;
  const holds = sql`s.v = c.v and not (s.sent is distinct from c.sent) and s.ends >= c.ms`;
  // Joined by person alone: with times among its conditions an engine would compare every pair.
  const touched = sql`
    select c.*, s.opening, ${each(labelNames(own).map((label) => sql`s.${label}`))}s.begins,
      case when s.begins <= c.ms and (${reached} or ${holds}) then 1 end as held
    from (${conversions(asking)}) as c left join (${touches(asking)}) as s on s.who = c.who`;
  const labelled = labelNames(own).map(
    (label) => sql`case when n = 0 then 'direct' else ${label} end as ${label}`,
  );
  const weighed = sql`
    select *, case when held = 1 then power(2e0, -cast(ms - begins as double) / ${halfLife}) end as weight
    from (${touched}) as touched`;
  const counted = sql`
    select *, row_number() over (${one} ${inOrder}) as nth, count(held) over (${one}) as n,
      sum(weight) over (${one}) as total,
      row_number() over (partition by ${join([sql`who`, sql`place`, sql`held`, ...labelNames(own)])} order by opening) as again
    from (${weighed}) as weighed`;
  return sql`
    select project_id, who, ${join(labelled)}, value, whole, valueless, nth,
      greatest(n, 1) + 1 - nth as back, greatest(n, 1) as n, case when n = 0 then 1e0 else weight end as weight,
      case when n = 0 then 1e0 else total end as total,
      case when n = 0 then 1 else again end as again
    from (${counted}) as counted
    where held = 1 or (n = 0 and nth = 1)`;
}

/** The conversions: who did them, in which visit, when, and how many there are in all. */
function conversions(asking: Asking<Own>): Sql {
  const { own, reading } = asking;
  const done = sql`select * from (${askedEvents(asking)}) as e where event_name = ${own.event}`;
  const { from, who } = doersOf(done, 'person', reading);
  const value = own.value === undefined ? sql`cast(null as double)` : numberOf(own.value);
  const found = sql`
    select e.project_id, ${whoHashed(who, reading.projects)} as who, ${visitorOf(reading, sql`e.`)} as v,
      case when session_sent then ${hashed(sql`session_id`)} end as sent,
      ${millis(sql`ts`)} as ms, ${value} as value, ts, received_at, request_id, seq
    from ${from}`;
  const placed = sql`
    select project_id, who, v, sent, ms, value,
      row_number() over (partition by who order by ts, received_at, request_id, seq) as place
    from (${found}) as found`;
  const missing = own.value === undefined ? sql`0` : sql`count(case when value is null then 1 end) over ()`;
  return sql`
    select *, count(*) over (partition by project_id) as whole, ${missing} as valueless
    from (${placed}) as placed${own.count === 'once' ? sql` where place = 1` : sql``}`;
}

/** The visits that may get credit, one row for each of their persons. */
function touches(asking: Asking<Own>): Sql {
  const { own, reading } = asking;
  const period = touching(asking);
  const events = eventsOf(reading, sessionReach(period));
  const label = (field: 'source' | 'medium' | 'campaign'): Sql =>
    field === 'source'
      ? sessionFields.source.value
      : sql`case when source in ('direct', 'internal') then 'direct' else ${name(field)} end`;
  const rows = sessionRows(
    events,
    reading,
    period,
    [
      { as: 'origin', of: 'opening', value: label('source') },
      ...labels[own.by].map(
        (field, i) => ({ as: `l_${i + 1}`, of: 'opening', value: label(field) }) as const,
      ),
    ],
    doersOf(events, 'person', reading),
  );
  return own.count_direct ? rows : sql`select * from (${rows}) as visits where origin <> 'direct'`;
}
