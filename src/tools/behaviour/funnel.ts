import * as z from 'zod/mini';
import type { Per } from '../../people/who.ts';
import { textOf } from '../../sql/field.ts';
import { medianOf } from '../../sql/median.ts';
import { join, name, type Sql, sql } from '../../sql/sql.ts';
import { field, groupBy, limitOf, listOf } from '../inputs.ts';
import { type Asking, question } from '../question.ts';
import { invalidParam } from '../refusal.ts';
import { each, groupCells, groupColumns, groupNames } from '../relations.ts';
import { attempts, oneOf, reachOf } from './attempts.ts';
import { matches, stepList } from './steps.ts';

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const isUnit = (letter: string | undefined): letter is keyof typeof unitMs =>
  letter !== undefined && Object.hasOwn(unitMs, letter);

const input = z.object({
  steps: stepList(
    2,
    20,
    '2–20 steps in order: event names, e.g. ["$pageview","sign_up"], or {"event":"purchase","where":[…]}.',
  ),
  window: z
    ._default(
      z
        .string()
        .check(z.regex(/^[1-9]\d{0,3}[mhdw]$/, 'a window is a number and m, h, d or w: 30m, 24h, 7d')),
      '7d',
    )
    .check(z.describe('Time from the first step to the last: 30m, 24h, 7d, 4w. Default 7d.')),
  order: z
    ._default(z.enum(['loose', 'strict', 'any']), 'loose')
    .check(
      z.describe(
        'loose (default): other events may come between. strict: none may. any: the other steps before or after the first.',
      ),
    ),
  exclude: z._default(
    stepList(0, 10, 'Events that end an attempt when they come between two steps. Default: none.'),
    [],
  ),
  hold: z
    ._default(listOf(field, 3), [])
    .check(z.describe('Fields that must stay equal over the steps, e.g. properties.item. Default: none.')),
  group_by: groupBy(1),
  limit: limitOf(100, 10, 'groups (the largest)'),
});
type Own = z.output<typeof input>;

/** How many did these steps in this order, where they stop, and how long they take. */
export const funnel = question({
  name: 'funnel',
  title: 'Funnel',
  answers:
    'How many people did these steps in this order within a window, where they stop, and how long each step takes. Use it for conversion and drop-off, also of one event twice (who came back). For one event’s trend use get_stats; look up exact event names in schema://events first.',
  input,
  shared: ['from', 'to', 'tz', 'where', 'per', 'compare', 'include_bots', 'cursor'],
  dates: 'whole-days',
  groups: ({ group_by }) => group_by,
  additive: () => false,
  columns: (asking) => [
    ...groupColumns(asking),
    { name: 'step', type: 'number', unit: 'step', role: 'dimension' },
    { name: 'event', type: 'text' },
    { name: 'people', type: 'number', unit: counts[asking.per] },
    { name: 'conversion', type: 'number', unit: 'share' },
    { name: 'step_conversion', type: 'number', unit: 'share' },
    { name: 'median_seconds', type: 'number', unit: 'seconds' },
  ],
  reaches: (asking) => reachOf(asking, windowMs(asking.own)),
  ask: (asking) => {
    refuseWhatDoesNotFit(asking.own);
    return counted(asking);
  },
  order: inOrder,
  shape: (rows, asking) => {
    const { steps, limit } = asking.own;
    const grouped = groupNames(asking).length > 0;
    const of = Number(rows[0]?.of_all ?? 0);
    return {
      rows: (rows.length === 0 && !grouped ? [{}] : rows).flatMap((row) => {
        const people = steps.map((_, i) => Number(row[`people_${i + 1}`] ?? 0));
        return steps.map((step, i) => ({
          ...groupCells(row, asking),
          step: i + 1,
          event: step.event,
          people: people[i] ?? 0,
          conversion: share(people[i], people[0]),
          step_conversion: share(people[i], people[i - 1] ?? people[0]),
          median_seconds: row[`median_${i + 1}`] ?? null,
        }));
      }),
      ...(grouped && of > limit ? { truncated: { shown: limit, of, what: 'groups' } } : {}),
      notes: [
        meanings[asking.per],
        ...(asking.period.to + windowMs(asking.own) > asking.now
          ? [
              `Attempts that began after ${new Date(asking.now - windowMs(asking.own)).toISOString()} still have time left in their window; they are counted as far as they got.`,
            ]
          : []),
        ...(asking.own.order === 'any'
          ? ['order any has no times between steps: median_seconds is null.']
          : []),
      ],
    };
  },
  speaksOf: ({ steps, exclude }) => [...steps, ...exclude].map(({ event }) => event),
  examples: [
    {
      says: 'How many of those who looked bought, and how long does it take?',
      input: { steps: ['$pageview', 'add_to_cart', 'purchase'], from: '2026-03-02', to: '2026-03-08' },
      rows: [
        { step: 1, event: '$pageview', people: 5, conversion: 1, step_conversion: 1, median_seconds: null },
        {
          step: 2,
          event: 'add_to_cart',
          people: 4,
          conversion: 0.8,
          step_conversion: 0.8,
          median_seconds: 1050,
        },
        {
          step: 3,
          event: 'purchase',
          people: 3,
          conversion: 0.6,
          step_conversion: 0.75,
          median_seconds: 600,
        },
      ],
    },
    {
      says: 'Does the cart lead to buying the same item within an hour, per visitor?',
      input: {
        steps: [
          'add_to_cart',
          { event: 'purchase', where: [{ field: 'properties.price', op: 'lt', value: 40 }] },
        ],
        hold: 'properties.item',
        per: 'visitor',
        window: '1h',
        from: '2026-03-02',
        to: '2026-03-08',
      },
      rows: [
        { step: 1, event: 'add_to_cart', people: 4, conversion: 1, step_conversion: 1, median_seconds: null },
        {
          step: 2,
          event: 'purchase',
          people: 1,
          conversion: 0.25,
          step_conversion: 0.25,
          median_seconds: 300,
        },
      ],
    },
  ],
});

/** How long a window is, in ms. */
const windowMs = ({ window }: { readonly window: string }): number => {
  const unit = window.at(-1);
  return isUnit(unit) ? Number(window.slice(0, -1)) * unitMs[unit] : 0;
};

const counts = { person: 'people', visitor: 'visitors', session: 'sessions' } as const satisfies Record<
  Per,
  string
>;
const meanings = {
  person:
    'people are persons: user_id, else the user_id this anonymous_id was first identified as, else the anonymous_id.',
  visitor: 'people are visitors: distinct anonymous_ids.',
  session:
    'people are sessions: events of one anonymous_id without a gap over 30 minutes, or the session_id that was sent.',
} as const satisfies Record<Per, string>;
const share = (part = 0, whole = 0): number | null => (whole === 0 ? null : part / whole);

function refuseWhatDoesNotFit({ order, exclude, steps }: Own): void {
  if (order !== 'any') return;
  if (exclude.length > 0)
    throw invalidParam('exclude', 'exclude needs an order of steps; leave it out or use order loose');
  if (new Set(steps.map((step) => step.spelled)).size < steps.length)
    throw invalidParam('steps', 'order any needs steps that differ; name each once');
}

function inOrder(asking: Asking<Own>): Sql {
  return join([sql`people_1 desc`, ...groupNames(asking).map((g) => sql`${g} asc nulls last`)]);
}

/** People per step, by group: `people_1 …`, `median_2 …`, `of_all`. */
function counted(asking: Asking<Own>): Sql {
  const groups = groupNames(asking);
  const { steps, limit } = asking.own;
  const people = steps.map((_, i) => sql`count_if(depth >= ${i + 1}) as ${name(`people_${i + 1}`)}`);
  const medians = timesOf(asking).map(
    (seconds, i) => sql`${medianOf(seconds)} as ${name(`median_${i + 2}`)}`,
  );
  const columns = join([...people, ...medians]);
  if (groups.length === 0) return sql`select ${columns} from (${best(asking)}) as best`;
  return sql`
    select *, count(*) over () as of_all
    from (select ${each(groups)}${columns} from (${best(asking)}) as best group by ${join(groups)}) as grouped
    order by ${inOrder(asking)}
    limit ${limit}`;
}

/** Each person’s counted attempt: the deepest, of equally deep ones the one that started last. */
function best(asking: Asking<Own>): Sql {
  const { steps, exclude, hold } = asking.own;
  const tried = attempts(asking, windowMs(asking.own), {
    matches: steps.map(matches),
    exclude: exclude.map(matches),
    hold: hold.map(textOf),
    group: asking.own.group_by.map(textOf),
  });
  const columns = [...groupNames(asking), ...timesOf(asking)].map(
    (column) => sql`, max_by(${column}, merit) as ${column}`,
  );
  return sql`
    select max(depth) as depth${join(columns, '')}
    from (select *, depth * ${manyEvents} - place as merit from (${tried}) as tried) as rated
    group by ${oneOf(asking)}`;
}

/** More than anybody’s. */
const manyEvents = 2 ** 40;

/** The columns of the seconds between steps; order any has none. */
const timesOf = ({ own }: Asking<Own>): readonly Sql[] =>
  own.order === 'any' ? [] : own.steps.slice(1).map((_, i) => name(`seconds_${i + 2}`));
