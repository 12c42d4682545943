import * as z from 'zod/mini';
import { bucketRows, doings, whoColumns } from '../../people/days.ts';
import { millis } from '../../people/sessions.ts';
import type { Cell, Row } from '../../ports.ts';
import { join, name, type Sql, sql } from '../../sql/sql.ts';
import { most } from '../fill.ts';
import { anyDoing, onlyEvent, whom } from '../inputs.ts';
import { countedAs, countedUnits } from '../meanings.ts';
import { type AnswerColumn, type Asking, question } from '../question.ts';
import { invalidParam } from '../refusal.ts';
import { askedEvents, groupColumns } from '../relations.ts';
import { calendarOver, only, projectFirst } from './calendar.ts';

const input = z.object({
  view: z
    ._default(z.enum(['frequency', 'recency']), 'frequency')
    .check(
      z.describe('frequency (default): how often people came. recency: how long ago they were last seen.'),
    ),
  of: z
    .optional(z.enum(['days', 'times']))
    .check(z.describe('frequency only: days on which they were active, or times they did it. Default days.')),
  event: onlyEvent(anyDoing),
  per: whom,
});
type Own = z.output<typeof input>;

const dayMs = 86_400_000;

/** Ranges by their first number, each until the next one begins. */
const ranges = {
  times: [...Array.from({ length: 10 }, (_, n) => n + 1), 11, 21, 51, 101],
  recency: [0, 1, 8, 15, 31, 61],
} as const;

const spoken = (starts: readonly number[], i: number): string => {
  const [first = 0, next] = starts.slice(i);
  if (next === undefined) return `${first}+`;
  return next === first + 1 ? String(first) : `${first}–${next - 1}`;
};

/** How often people come, or how long they have not been seen. */
export const engagement = question({
  name: 'engagement',
  title: 'Engagement',
  answers:
    'How people are spread over how often they came (number of active days, or times they did an event) or over days since they were last seen. Use it for "how many come only once", power users, "how many have we not seen for a month". For DAU and MAU by day use active_people; for who was lost when use lifecycle.',
  input,
  shared: ['from', 'to', 'tz', 'where', 'compare', 'include_bots', 'cursor'],
  dates: 'whole-days',
  additive: () => true,
  columns: (asking) => [
    ...groupColumns(asking),
    columnOf(asking.own),
    { name: 'people', type: 'number', unit: countedUnits[asking.own.per] },
    { name: 'share', type: 'number', unit: 'share' },
  ],
  ask: (asking) => {
    if (asking.own.view === 'recency' && asking.own.of !== undefined)
      throw invalidParam('of', 'of belongs to view frequency; leave it out, or ask with view=frequency');
    return spread(asking);
  },
  order: (asking) => sql`${projectFirst(asking)}n`,
  shape: (rows, asking) => {
    const found = [...byProject(rows, asking)].flatMap(([project, own]) => {
      const all = [...own.values()].reduce((sum, people) => sum + people, 0);
      return startsOf(asking.own, own).map((start, i, starts) => {
        const people = own.get(start) ?? 0;
        return {
          ...(asking.byProject ? { project_id: project } : {}),
          [columnOf(asking.own).name]: kindOf(asking.own) === 'days' ? start : spoken(starts, i),
          ...{ people, share: all === 0 ? null : people / all },
        };
      });
    });
    return {
      rows: found.slice(0, most.rows),
      ...(found.length > most.rows
        ? { truncated: { shown: most.rows, of: found.length, what: 'rows' } }
        : {}),
      notes: notesOn(asking),
    };
  },
  speaksOf: ({ event }) => (event === undefined ? [] : [event]),
  examples: [
    {
      says: 'On how many days of the week did people come?',
      input: { from: '2026-03-02', to: '2026-03-08' },
      rows: [
        { active_days: 1, people: 3, share: 0.6 },
        { active_days: 2, people: 1, share: 0.2 },
        { active_days: 3, people: 1, share: 0.2 },
      ],
    },
    {
      says: 'How long have they not been seen when the week ends?',
      input: { view: 'recency', from: '2026-03-02', to: '2026-03-08' },
      rows: [
        { days_since_seen: '0', people: 1, share: 0.2 },
        { days_since_seen: '1–7', people: 4, share: 0.8 },
        ...['8–14', '15–30', '31–60', '61+'].map((range) => ({
          days_since_seen: range,
          people: 0,
          share: 0,
        })),
      ],
    },
  ],
});

type Kind = 'days' | 'times' | 'recency';
const kindOf = ({ view, of = 'days' }: Own): Kind => (view === 'recency' ? 'recency' : of);

const columns = {
  days: { name: 'active_days', type: 'number', role: 'dimension' },
  times: { name: 'times', type: 'text' },
  recency: { name: 'days_since_seen', type: 'text' },
} as const satisfies Record<Kind, AnswerColumn>;
const columnOf = (own: Own) => columns[kindOf(own)];

/** Each project’s people by where their range starts; one nameless project where rows do not say it. */
function byProject(
  rows: readonly Row[],
  asking: Asking<Own>,
): ReadonlyMap<Cell, ReadonlyMap<number, number>> {
  const found = new Map<Cell, Map<number, number>>(asking.byProject ? [] : [[null, new Map()]]);
  for (const { project_id: project = null, n, people } of rows) {
    const own = found.get(project) ?? new Map<number, number>();
    found.set(project, own.set(Number(n), Number(people)));
  }
  return found;
}

/** Where the ranges start: the fixed ones, or each number of days up to the most that anybody has. */
const startsOf = (own: Own, found: ReadonlyMap<number, number>): readonly number[] => {
  const kind = kindOf(own);
  if (kind !== 'days') return ranges[kind];
  return Array.from({ length: Math.max(0, ...found.keys()) }, (_, n) => n + 1);
};

/** The instant at which people are last seen: the end of the period, or now where that lies ahead. */
const seenUntil = ({ period, now }: Asking<Own>): number => Math.min(period.to, now + 1);

/** How many people by `n`: the start of the range that their number lies in. */
function spread(asking: Asking<Own>): Sql {
  const kind = kindOf(asking.own);
  const project = projectFirst(asking);
  const n = kind === 'days' ? name('n') : rangeOf(name('n'), ranges[kind]);
  return sql`
    select ${project}n, count(*) as people
    from (select ${project}${n} as n from (${numbers(asking, kind)}) as numbered) as ranged
    group by ${project}n
    order by ${project}n`;
}

/** Each one’s number `n`: active days, times, or days since they were seen. */
function numbers(asking: Asking<Own>, kind: Kind): Sql {
  const { own, reading, byProject, period } = asking;
  const doing = { per: own.per, reading, byProject };
  const rows = doings(only(askedEvents(asking), own.event), doing);
  const who = whoColumns(doing);
  switch (kind) {
    case 'days':
      return sql`select ${who}, count(*) as n from (${bucketRows(rows, doing, calendarOver(asking, 'day', period))}) as days group by ${who}`;
    case 'times':
      return sql`select ${who}, count(*) as n from (${rows}) as done group by ${who}`;
    case 'recency':
      return sql`select ${who}, greatest(${seenUntil(asking)} - max(${millis(name('ts'))}), 0) / ${dayMs} as n from (${rows}) as done group by ${who}`;
  }
}

const rangeOf = (n: Sql, starts: readonly number[]): Sql =>
  sql`case ${join(
    starts
      .slice(1)
      .toReversed()
      .map((start) => sql`when ${n} >= ${start} then ${start} `),
    '',
  )}else ${starts[0] ?? 0} end`;

const notesOn = (asking: Asking<Own>): readonly string[] => [
  countedAs[asking.own.per],
  {
    days: 'active_days: on how many days of the zone within the period they were active; share: of all who were.',
    times: 'times: how often they did it within the period; share: of all who did.',
    recency: `days_since_seen: whole stretches of 24 hours from the last such event of the period to ${new Date(seenUntil(asking)).toISOString()}. Who did nothing since from is not in it: ask with an earlier from.`,
  }[kindOf(asking.own)],
  ...(asking.own.event === undefined ? [`Counted is ${anyDoing}.`] : []),
];
