import * as z from 'zod/mini';
import { earliest } from '../../events/instant.ts';
import type { Period } from '../../lake/events-of.ts';
import { type Returning, returnedIn, returnRows } from '../../people/returns.ts';
import type { Cell, Row } from '../../ports.ts';
import { bucketStart } from '../../sql/bucket.ts';
import { bucketsIn } from '../../sql/buckets.ts';
import { textOf } from '../../sql/field.ts';
import { type Sql, sql } from '../../sql/sql.ts';
import { nextStart, startOf } from '../../sql/zone.ts';
import { most } from '../fill.ts';
import { groupBy, limitOf, whom } from '../inputs.ts';
import { countedAs, countedUnits } from '../meanings.ts';
import { type Asking, question } from '../question.ts';
import { ranked, rankedOrder } from '../ranked.ts';
import { askedEvents, groupCells, groupColumns, groupNames } from '../relations.ts';
import { matches, oneStep } from './steps.ts';

const input = z.object({
  birth: oneStep('What makes a person part of a cohort: an event name, or {"event":"sign_up","where":[…]}.'),
  return: z.optional(oneStep('What counts as coming back, as birth. Default: any event.')),
  unit: z
    ._default(z.enum(['day', 'week', 'month']), 'week')
    .check(z.describe('Length of a period and of a cohort’s bucket. Default week.')),
  periods: z
    ._default(z.int().check(z.minimum(1), z.maximum(60)), 8)
    .check(z.describe('How many periods, from 0: 1–60. Default 8.')),
  criteria: z
    ._default(z.enum(['on', 'on_or_after', 'on_or_before']), 'on')
    .check(z.describe('Came back in period n (on, default), in n or later, or in n or before.')),
  align: z
    ._default(z.enum(['rolling', 'calendar']), 'rolling')
    .check(
      z.describe(
        'rolling (default): periods of 24 hours, 7 or 30 days after each birth. calendar: the next days, weeks or months.',
      ),
    ),
  new_only: z
    ._default(z.boolean(), false)
    .check(z.describe('Only people whose birth is their first ever (reads all time). Default false.')),
  per: whom,
  group_by: groupBy(1),
  limit: limitOf(100, 10, 'groups (the largest)'),
});
type Own = z.output<typeof input>;

const dayMs = 86_400_000;
/** A rolling month is 30 days. */
const lengths = { day: dayMs, week: 7 * dayMs, month: 30 * dayMs } as const;

/** Who comes back, and after how long. */
export const retention = question({
  name: 'retention',
  title: 'Retention',
  answers:
    'Of people who did one event (birth), how many came back to do another (return) in each day, week or month after: one row per cohort and period, then a pooled row per period (cohort null). Use it for "do they come back", stickiness of a feature, churn by cohort. For steps in one go use funnel; for how many are new or lost per week use lifecycle.',
  input,
  shared: ['from', 'to', 'tz', 'where', 'compare', 'include_bots', 'cursor'],
  dates: 'whole-days',
  groups: ({ group_by }) => group_by,
  additive: () => false,
  columns: (asking) => [
    { name: 'cohort', type: 'time' },
    ...groupColumns(asking),
    { name: 'size', type: 'number', unit: countedUnits[asking.own.per] },
    { name: 'period', type: 'number', role: 'dimension' },
    { name: 'people', type: 'number', unit: countedUnits[asking.own.per] },
    { name: 'share', type: 'number', unit: 'share' },
  ],
  every: ({ unit }) => unit,
  reaches: (asking) => reachOf(asking),
  ask: (asking) => cohorts(asking),
  order: (asking) => rankedOrder({ groups: groupNames(asking), byBucket: true, by: 'size' }),
  shape: (rows, asking, completeUntil) => {
    const { own, tz } = asking;
    const kept = groupsKept(asking);
    const room = Math.floor(most.rows / own.periods) - kept;
    const of = Number(rows[0]?.of_all ?? 0);
    const isOver = overBy(asking, rows[0], completeUntil);
    const pools = new Map<number, Pool>(groupNames(asking).length === 0 ? [[1, poolOf({}, own)]] : []);
    const cells = rows.slice(0, room).flatMap((row) => {
      const cohort = bucketStart(row.bucket ?? null, tz, own.unit);
      const over = isOver(Date.parse(cohort));
      const [groups, place, size] = [groupCells(row, asking), Number(row.place ?? 1), Number(row.size)];
      const pool = pools.get(place) ?? poolOf(groups, own);
      pools.set(place, pool);
      return pool.cells.map((pooled, period) => {
        if (!over(period)) return { cohort, ...groups, size, period, people: null, share: null };
        const people = Number(row[`n_${period}`]);
        pooled.size += size;
        pooled.people += people;
        return { cohort, ...groups, size, period, people, share: people / size };
      });
    });
    const pooled = [...pools]
      .toSorted(([a], [b]) => a - b)
      .flatMap(([, { groups, cells: sums }]) =>
        sums.map(({ size, people }, period) => ({
          ...{ cohort: null, ...groups, size, period },
          ...(size === 0 ? { people: null, share: null } : { people, share: people / size }),
        })),
      );
    return {
      rows: [...cells, ...pooled],
      ...(rows.length > room
        ? { truncated: { shown: room, of: rows.length, what: 'buckets' } }
        : of > kept
          ? { truncated: { shown: kept, of, what: 'groups' } }
          : {}),
      notes: notesOn(asking),
    };
  },
  speaksOf: ({ birth, return: back }) => [birth.event, ...(back === undefined ? [] : [back.event])],
  examples: [
    {
      says: 'Who looked on Wednesday to Friday, and came back on the next day?',
      input: {
        ...{ birth: '$pageview', unit: 'day', periods: 2, align: 'calendar' },
        ...{ from: '2026-03-04', to: '2026-03-06' },
      },
      rows: [
        { cohort: '2026-03-04T00:00:00.000Z', size: 1, period: 0, people: 0, share: 0 },
        { cohort: '2026-03-04T00:00:00.000Z', size: 1, period: 1, people: 1, share: 1 },
        { cohort: '2026-03-06T00:00:00.000Z', size: 1, period: 0, people: 0, share: 0 },
        { cohort: '2026-03-06T00:00:00.000Z', size: 1, period: 1, people: 1, share: 1 },
        { cohort: null, size: 2, period: 0, people: 0, share: 0 },
        { cohort: null, size: 2, period: 1, people: 2, share: 1 },
      ],
    },
    {
      says: 'Of those who looked, who bought within a week, and in the week after that?',
      input: {
        ...{ birth: '$pageview', return: 'purchase', periods: 2 },
        ...{ from: '2026-03-02', to: '2026-03-08' },
      },
      rows: [
        { cohort: '2026-03-02T00:00:00.000Z', size: 5, period: 0, people: 3, share: 0.6 },
        { cohort: '2026-03-02T00:00:00.000Z', size: 5, period: 1, people: 0, share: 0 },
        { cohort: null, size: 5, period: 0, people: 3, share: 0.6 },
        { cohort: null, size: 5, period: 1, people: 0, share: 0 },
      ],
    },
  ],
});

/** One group’s cohorts added up, period by period. */
interface Pool {
  readonly groups: Readonly<Record<string, Cell>>;
  readonly cells: readonly { size: number; people: number }[];
}
const poolOf = (groups: Pool['groups'], { periods }: Own): Pool => ({
  groups,
  cells: Array.from({ length: periods }, () => ({ size: 0, people: 0 })),
});

/** One row per cohort and group: `size` and n_0, n_1 …, in the order of `ranked`. */
function cohorts(asking: Asking<Own>): Sql {
  const { own, reading, byProject, period, tz, now } = asking;
  const reach = reachOf(asking);
  const returning: Returning = {
    ...{ reading, byProject, period, per: own.per, periods: own.periods, criteria: own.criteria },
    birth: matches(own.birth),
    back: own.return === undefined ? sql`true` : matches(own.return),
    both: bothOf(own),
    groups: own.group_by.map(textOf),
    newOnly: own.new_only,
    align: own.align === 'calendar' ? 'calendar' : { everyMs: lengths[own.unit] },
    calendar: {
      ...{ tz, interval: own.unit, since: period.from },
      // Nothing happens later than now: centuries to come need no zone’s offsets.
      within: { from: period.from, to: Math.max(period.from + 1, Math.min(reach.to, now + 366 * dayMs)) },
    },
  };
  return ranked({
    rows: returnRows(askedEvents(asking, reach), returning),
    groups: groupNames(asking),
    byBucket: true,
    measures: [
      ['size', sql`count(*)`],
      ...Array.from({ length: own.periods }, (_, n) => [`n_${n}`, returnedIn(own, n)] as const),
    ],
    by: 'size',
    limit: groupsKept(asking),
  });
}

/** Is a birth a return as well? */
function bothOf({ birth, return: back }: Own): Returning['both'] {
  if (back === undefined) return 'always';
  if (back.event !== birth.event) return 'never';
  return back.where.length === 0 || back.spelled === birth.spelled ? 'always' : 'sometimes';
}

/** Births lie in the period; returns count until the last period of the last possible birth ends. */
function reachOf({ own, period, tz }: Pick<Asking<Own>, 'own' | 'period' | 'tz'>): Period {
  const from = own.new_only ? earliest : period.from;
  if (own.align === 'rolling') return { from, to: period.to + own.periods * lengths[own.unit] };
  let to = startOf(tz, own.unit, period.to - 1);
  for (let n = 0; n < own.periods; n += 1) to = nextStart(tz, own.unit, to);
  return { from, to: Math.max(to, period.to) };
}

/** How many groups have room, if each had births in every cohort. */
function groupsKept({ own, period, tz, now }: Asking<Own>): number {
  const begun = { from: period.from, to: Math.min(period.to, now + 1) };
  const possible = bucketsIn(begun, tz, own.unit, most.buckets).length + 1;
  return Math.max(1, Math.min(own.limit, Math.floor(most.rows / (possible * own.periods))));
}

/** Is period n over for all of a cohort (its bucket’s start), the one born last included? */
function overBy(
  { own, period, tz }: Asking<Own>,
  first: Row | undefined,
  completeUntil: number,
): (cohort: number) => (n: number) => boolean {
  if (own.align === 'rolling')
    return (cohort) => {
      const lastBirth = Math.min(nextStart(tz, own.unit, cohort), period.to);
      return (n) => lastBirth + (n + 1) * lengths[own.unit] <= completeUntil;
    };
  const from =
    first === undefined ? completeUntil : Date.parse(bucketStart(first.bucket ?? null, tz, own.unit));
  const starts = bucketsIn({ from, to: completeUntil + 1 }, tz, own.unit, most.rows);
  const numbers = new Map(starts.map((start, number) => [start, number]));
  return (cohort) => {
    const number = numbers.get(cohort) ?? starts.length;
    return (n) => number + n < starts.length - 1;
  };
}

const periodsMeant = {
  rolling: {
    day: '24 hours after each person’s own birth',
    week: '7 days after each person’s own birth',
    month: '30 days after each person’s own birth',
  },
  calendar: {
    day: 'day of the zone after the cohort’s',
    week: 'week of the zone after the cohort’s',
    month: 'month of the zone after the cohort’s',
  },
} as const;

const notesOn = ({ own }: Asking<Own>): readonly string[] => [
  countedAs[own.per],
  `A cohort is those whose first birth in from–to lies in that ${own.unit}; one without births has no rows. The birth event is no return of its own; returns count after to as well.`,
  own.align === 'rolling'
    ? `Period n is the n-th stretch (from 0) of ${periodsMeant.rolling[own.unit]}.`
    : `Period n is the n-th ${periodsMeant.calendar[own.unit]}, 0 the cohort’s own.`,
  'people and share are null where the period is not over for all of the cohort. Rows with cohort null are pooled: people ÷ size over the cohorts whose period is over. Do not average shares.',
  ...(own.criteria === 'on_or_after' ? ['on_or_after may still grow until the last period is over.'] : []),
  ...(own.new_only ? ['new_only looks for the first birth there ever was: it reads all time up to to.'] : []),
];
