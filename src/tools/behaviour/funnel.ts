import * as z from 'zod/mini';
import type { Row } from '../../ports.ts';
import { bucketOf, bucketStart } from '../../sql/bucket.ts';
import { textOf } from '../../sql/field.ts';
import { medianOf, percentileOf } from '../../sql/median.ts';
import { join, name, type Sql, sql } from '../../sql/sql.ts';
import { field } from '../fields.ts';
import { bucketsOf, filled } from '../fill.ts';
import { groupBy, limitOf, listOf } from '../inputs.ts';
import { countedAs, countedUnits } from '../meanings.ts';
import { type Asking, question } from '../question.ts';
import { ranked, rankedOrder } from '../ranked.ts';
import { invalidParam } from '../refusal.ts';
import { groupCells, groupColumns, groupNames } from '../relations.ts';
import { lengthMs, windowOf } from '../window.ts';
import { attempts, oneOf, reachOf } from './attempts.ts';
import { matches, namesIn, stepList } from './steps.ts';

const input = z.object({
  steps: stepList(
    2,
    20,
    '2–20 steps in order: event names, e.g. ["$pageview","sign_up"], {"event":"purchase","where":[…]}, {"any_of":[…]} of these, or "*" (any event but system ones).',
  ),
  window: windowOf('7d', 'Time from the first step to the last: 15s, 30m, 24h, 7d, 4w. Default 7d.'),
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
  time: z
    ._default(z.enum(['median', 'p90', 'average']), 'median')
    .check(z.describe('Which time a step took: median (default), p90 or average.')),
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
  shared: ['from', 'to', 'tz', 'interval', 'where', 'per', 'compare', 'include_bots', 'cursor'],
  bare: true,
  dates: 'whole-days',
  groups: ({ group_by }) => group_by,
  additive: () => false,
  columns: (asking) => [
    ...groupColumns(asking),
    ...(asking.interval === null ? [] : [{ name: 'bucket', type: 'time' } as const]),
    { name: 'step', type: 'number', unit: 'step', role: 'dimension' },
    { name: 'event', type: 'text' },
    { name: 'people', type: 'number', unit: countedUnits[asking.per] },
    { name: 'conversion', type: 'number', unit: 'share' },
    { name: 'step_conversion', type: 'number', unit: 'share' },
    { name: `${asking.own.time}_seconds`, type: 'number', unit: 'seconds' },
  ],
  reaches: (asking) => reachOf(asking, lengthMs(asking.own.window)),
  ask: (asking) => {
    refuseWhatDoesNotFit(asking);
    return counted(asking);
  },
  order: (asking) =>
    rankedOrder({ groups: groupNames(asking), byBucket: asking.interval !== null, by: 'people_1' }),
  shape: (rows, asking) => {
    const { own, interval, tz } = asking;
    const grouped = groupNames(asking).length > 0;
    const kept = mostGroups(asking);
    const of = Number(rows[0]?.of_all ?? 0);
    const said = rows.map(({ bucket, ...row }) =>
      interval === null ? row : { ...row, bucket: bucketStart(bucket ?? null, tz, interval) },
    );
    const splits = groupNames(asking).map((split) => split.text);
    const whole =
      interval === null ? (said.length === 0 && !grouped ? [{}] : said) : filled(asking, said, splits, {});
    return {
      rows: whole.flatMap((row) => stepsOf(row, asking)),
      ...(grouped && of > kept ? { truncated: { shown: kept, of, what: 'groups' } } : {}),
      notes: [
        countedAs[asking.per],
        ...(interval === null
          ? []
          : [
              `One funnel for each ${interval} in which attempts began; later steps may lie after it. ${countedUnits[asking.per]} of several must not be added up.`,
            ]),
        ...(asking.period.to + lengthMs(own.window) > asking.now
          ? [
              `Attempts that began after ${new Date(asking.now - lengthMs(own.window)).toISOString()} still have time left in their window; they are counted as far as they got.`,
            ]
          : []),
        ...(own.order === 'any'
          ? [`order any has no times between steps: ${own.time}_seconds is null.`]
          : []),
        ...(own.group_by[0]?.spelled === 'source' && rows[0]?.g_1 === 'internal'
          ? [
              'The largest source is internal, a click within the site: for where people came from use attribution, or a first step where source is not internal.',
            ]
          : []),
      ],
    };
  },
  speaksOf: ({ steps, exclude }) => namesIn([...steps, ...exclude]),
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
    {
      says: 'How many of each day’s visitors go on to something else within the hour? (The first three days.)',
      input: {
        steps: ['$pageview', { any_of: ['add_to_cart', 'purchase'] }],
        interval: 'day',
        time: 'average',
        window: '1h',
        from: '2026-03-02',
        to: '2026-03-04',
      },
      rows: [
        ['2026-03-02', 1, 1, 300],
        ['2026-03-03', 1, 1, 1200],
        ['2026-03-04', 1, 0, null],
      ].flatMap(([day = '', began = 0, went = 0, seconds = null]) => {
        const bucket = `${day}T00:00:00.000Z`;
        const later = { conversion: Number(went), step_conversion: Number(went), average_seconds: seconds };
        return [
          {
            ...{ bucket, step: 1, event: '$pageview', people: began },
            ...{ conversion: 1, step_conversion: 1, average_seconds: null },
          },
          { ...{ bucket, step: 2, event: 'add_to_cart or purchase', people: went }, ...later },
        ];
      }),
    },
  ],
});

/** The most rows an answer has. */
const mostRows = 20_000;

/** How many groups are kept where each has a row for every step, and in every bucket. */
const mostGroups = (asking: Asking<Own>): number =>
  asking.interval === null
    ? asking.own.limit
    : Math.max(
        1,
        Math.min(
          asking.own.limit,
          Math.floor(mostRows / Math.max(1, bucketsOf(asking).length * asking.own.steps.length)),
        ),
      );

/** A funnel’s rows, one for each step. */
function stepsOf(row: Row, asking: Asking<Own>): readonly Row[] {
  const { steps, time } = asking.own;
  const people = steps.map((_, i) => Number(row[`people_${i + 1}`] ?? 0));
  return steps.map((step, i) => ({
    ...groupCells(row, asking),
    ...(asking.interval === null ? {} : { bucket: row.bucket ?? null }),
    step: i + 1,
    event: step.event,
    people: people[i] ?? 0,
    conversion: share(people[i], people[0]),
    step_conversion: share(people[i], people[i - 1] ?? people[0]),
    [`${time}_seconds`]: row[`seconds_${i + 1}`] ?? null,
  }));
}

const share = (part = 0, whole = 0): number | null => (whole === 0 ? null : part / whole);

function refuseWhatDoesNotFit(asking: Asking<Own>): void {
  const { order, exclude, steps } = asking.own;
  const rows = bucketsOf(asking).length * steps.length;
  if (rows >= mostRows)
    throw invalidParam(
      'interval',
      `interval: ${rows} rows for every ${asking.interval} and step; fewer than ${mostRows} are answered: take a longer one or a shorter period`,
    );
  if (order !== 'any') return;
  if (exclude.length > 0)
    throw invalidParam('exclude', 'exclude needs an order of steps; leave it out or use order loose');
  if (new Set(steps.map((step) => step.spelled)).size < steps.length)
    throw invalidParam('steps', 'order any needs steps that differ; name each once');
}

/** What is said of the seconds between two steps. */
const times = {
  median: medianOf,
  p90: (seconds: Sql): Sql => percentileOf(seconds, 0.9),
  average: (seconds: Sql): Sql => sql`avg(${seconds})`,
} as const;

/** People per step, by group and bucket: `people_1 …`, `seconds_2 …`, `of_all`. */
const counted = (asking: Asking<Own>): Sql =>
  ranked({
    rows: best(asking),
    groups: groupNames(asking),
    byBucket: asking.interval !== null,
    measures: [
      ...asking.own.steps.map(
        (_, i) => [`people_${i + 1}`, sql`count(case when depth >= ${i + 1} then 1 end)`] as const,
      ),
      ...timesOf(asking).map((seconds, i) => [`seconds_${i + 2}`, times[asking.own.time](seconds)] as const),
    ],
    by: 'people_1',
    limit: mostGroups(asking),
  });

/** Each person’s counted attempt, in each bucket: the deepest, of equally deep ones the one that started last. */
function best(asking: Asking<Own>): Sql {
  const { interval, tz, period } = asking;
  const { steps, exclude, hold, window } = asking.own;
  const tried = attempts(asking, lengthMs(window), {
    matches: steps.map(matches),
    exclude: exclude.map(matches),
    hold: hold.map(textOf),
    group: asking.own.group_by.map(textOf),
    ...(interval === null ? {} : { bucket: bucketOf(name('ts'), tz, interval, period) }),
  });
  const one = interval === null ? oneOf(asking) : sql`${oneOf(asking)}, bucket`;
  const columns = [...groupNames(asking), ...timesOf(asking)].map(
    (column) => sql`, max_by(${column}, merit) as ${column}`,
  );
  return sql`
    select ${interval === null ? sql`` : sql`bucket, `}max(depth) as depth${join(columns, '')}
    from (select *, depth * ${manyEvents} - place as merit from (${tried}) as tried) as rated
    group by ${one}`;
}

/** More than anybody’s. */
const manyEvents = 2 ** 40;

/** The columns of the seconds between steps; order any has none. */
const timesOf = ({ own }: Asking<Own>): readonly Sql[] =>
  own.order === 'any' ? [] : own.steps.slice(1).map((_, i) => name(`seconds_${i + 2}`));
