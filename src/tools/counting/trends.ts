import type { Period } from '../../lake/events-of.ts';
import type { Cell, Row } from '../../ports.ts';
import { bucketStart } from '../../sql/bucket.ts';
import { join, type Sql, sql } from '../../sql/sql.ts';
import { startOf } from '../../sql/zone.ts';
import { bucketsOf, groupsKept } from '../fill.ts';
import { type AnswerColumn, type Asking, question } from '../question.ts';
import { groupCells, groupColumns, groupNames } from '../relations.ts';
import { type Formula, formulaFrom } from './formula.ts';
import { measuredRows } from './measured.ts';
import { aboutMetric } from './metrics.ts';
import { type Series, seriesReach, seriesRows } from './series.ts';
import { check, input, labelOf, type Own } from './trends-input.ts';

type Asked = Asking<Own>;

/** Several numbers over time in one chart, and what they make together. */
export const trends = question({
  name: 'trends',
  title: 'Trends',
  answers:
    'Several numbers side by side over time or by group, and a formula of them: conversion ratios, average order value, events per person; rolling means and running totals; zeros filled in. Use it for "A against B" and "A ÷ B per day". For one number use get_stats; for the share that goes from step to step funnel; for traffic overview.',
  input,
  shared: ['from', 'to', 'tz', 'interval', 'where', 'compare', 'include_bots', 'cursor'],
  dates: 'whole-days',
  groups: ({ group_by }) => group_by,
  additive: ({ own }) =>
    own.formula === undefined &&
    own.rolling === undefined &&
    !own.cumulative &&
    !own.per_person &&
    own.series.every(({ metric }) => metric === 'count' || metric === 'sum'),
  columns: (asking) => [
    ...groupColumns(asking),
    ...(asking.interval === null ? [] : [{ name: 'bucket', type: 'time' } as const]),
    ...asking.own.series.map((one, i): AnswerColumn => {
      const { unit } = aboutMetric(one.metric);
      const isPlain = unit !== undefined && !asking.own.per_person;
      const isTotal = ofNone(one, asking.own) === 0;
      return {
        ...{ name: labelOf(one, i), type: 'number' },
        ...(isPlain ? { unit } : isTotal ? { role: 'total' } : {}),
      };
    }),
    ...(asking.own.formula === undefined ? [] : [{ name: 'formula', type: 'number' } as const]),
  ],
  reaches: (asking) => seriesReach(readPeriod(asking), asking.own.series),
  ask: (asking) => {
    check(asking);
    return measured(asking);
  },
  order: ({ own, interval, ...asking }) =>
    join([
      ...(groupNames(asking).length > 0 ? [sql`place`] : []),
      ...(own.series.length > 1 ? [sql`k`] : []),
      interval === null ? sql`value` : sql`bucket`,
    ]),
  shape: (rows, asking) => {
    const { interval, own } = asking;
    const kept = groupsKept(asking, own.limit);
    const of = Number(rows[0]?.of_all ?? 0);
    const formula = formulaOf(own);
    const named = own.series.map(labelOf);
    const says = (
      group: Row,
      more: Readonly<Record<string, Cell>>,
      values: readonly (number | null)[],
    ): Row => ({
      ...group,
      ...more,
      ...Object.fromEntries(named.map((name, i) => [name, values[i] ?? null])),
      ...(formula === undefined
        ? {}
        : { formula: formula.value((name) => values[named.indexOf(name)] ?? null) }),
    });
    const odd = Number(rows[0]?.odd ?? 0);
    const charts = chartsOf(rows, asking);
    return {
      rows:
        interval === null
          ? charts.map(({ group, at }) =>
              says(
                group,
                {},
                own.series.map((one, k) => at(k, '') ?? ofNone(one, own)),
              ),
            )
          : filledRows(charts, asking).map(({ group, bucket, values }) => says(group, { bucket }, values)),
      ...(of > kept ? { truncated: { shown: kept, of, what: 'groups' } } : {}),
      notes: [
        ...(odd === 0 ? [] : [`${odd} values of properties are left out: they are no numbers.`]),
        ...(own.rolling === undefined
          ? []
          : [
              `Each value is the mean of ${own.rolling} buckets that end with it; those before from are read for that.`,
            ]),
        ...(own.cumulative
          ? [
              'Each value is that of the time from the start until its bucket’s end; whoever is counted once is so over all of it.',
            ]
          : []),
        ...(own.per_person
          ? ['Each value is divided by the people who did it in the same bucket and group.']
          : []),
      ],
    };
  },
  speaksOf: ({ series }) => series.flatMap(({ event }) => event ?? []),
  examples: [
    {
      says: 'What is an average order worth, in all?',
      input: {
        series: [
          { event: 'purchase', metric: 'sum', property: 'price', label: 'revenue' },
          { event: 'purchase', label: 'orders' },
        ],
        formula: 'revenue / orders',
        from: '2026-03-02',
        to: '2026-03-08',
      },
      rows: [{ revenue: 95, orders: 3, formula: 95 / 3 }],
    },
    {
      says: 'Carts and purchases by day, and how many carts are bought',
      input: {
        series: [{ event: 'add_to_cart' }, { event: 'purchase' }],
        formula: 'B ÷ A',
        interval: 'day',
        from: '2026-03-02',
        to: '2026-03-08',
      },
      rows: [
        [1, 1, 1],
        [1, 0, 0],
        [0, 0, null],
        [0, 0, null],
        [1, 1, 1],
        [0, 0, null],
        [1, 1, 1],
      ].map(([A = 0, B = 0, formula = 0], day) => ({
        bucket: `2026-03-0${day + 2}T00:00:00.000Z`,
        A,
        B,
        formula,
      })),
    },
  ],
});

const seriesOf = ({ series, per_person: perPerson }: Own): readonly Series[] =>
  series.map((one) => ({ ...one, perPerson }));

/** What a series says where nothing happened; a mean over nobody is none. */
const ofNone = ({ metric }: Own['series'][number], { per_person }: Own): 0 | null =>
  per_person ? null : aboutMetric(metric).ofNone;

/** The formula, which `check` has read before. */
const formulaOf = ({ formula }: Own): Formula | undefined => {
  const read = formula === undefined ? undefined : formulaFrom(formula);
  return read === undefined || 'problem' in read ? undefined : read;
};

/** The period, and before it as many whole buckets as a rolling mean needs. */
const readPeriod = ({
  own,
  period,
  tz,
  interval,
}: Pick<Asked, 'own' | 'period' | 'tz' | 'interval'>): Period => {
  let from = period.from;
  if (own.rolling === undefined || interval === null) return period;
  from = startOf(tz, interval, from);
  for (let n = 1; n < own.rolling; n += 1) from = startOf(tz, interval, from - 1);
  return { from, to: period.to };
};

function measured(asking: Asked): Sql {
  const { own, interval } = asking;
  const series = seriesOf(own);
  const rows = seriesRows({ ...asking, period: readPeriod(asking) }, series, own.group_by);
  return measuredRows({
    rows,
    series,
    groups: groupNames(asking),
    byBucket: interval !== null,
    limit: groupsKept(asking, own.limit),
    onlyFirst: own.cumulative,
  });
}

/** A group’s values: `at(k, bucket)`, undefined where nothing happened. */
interface Chart {
  readonly group: Row;
  readonly at: (series: number, bucket: string) => number | null | undefined;
}

/** Rows by group, the largest first; without groups there is one, whether or not anything happened. */
function chartsOf(rows: readonly Row[], asking: Asked): readonly Chart[] {
  const { interval, tz } = asking;
  const byPlace = new Map<number, { readonly group: Row; readonly values: Map<string, number | null> }>();
  if (groupNames(asking).length === 0) byPlace.set(0, { group: {}, values: new Map() });
  for (const row of rows) {
    const place = Number(row.place ?? 0);
    const chart = byPlace.get(place) ?? { group: groupCells(row, asking), values: new Map() };
    byPlace.set(place, chart);
    const bucket = interval === null ? '' : bucketStart(row.bucket ?? null, tz, interval);
    chart.values.set(`${Number(row.k ?? 1) - 1} ${bucket}`, row.value === null ? null : Number(row.value));
  }
  return [...byPlace]
    .toSorted(([a], [b]) => a - b)
    .map(([, { group, values }]) => ({ group, at: (k, bucket) => values.get(`${k} ${bucket}`) }));
}

/** One row for each bucket of the period and each group, by bucket. */
function filledRows(charts: readonly Chart[], asking: Asked) {
  const { own } = asking;
  const read = bucketsOf({ ...asking, period: readPeriod(asking) });
  const shown = new Set(bucketsOf(asking));
  const runs = charts.map(({ group, at }) => {
    const columns = own.series.map((one, k) =>
      moved(
        read.map((bucket) => at(k, bucket) ?? ofNone(one, own)),
        own,
      ),
    );
    return { group, columns };
  });
  return read.flatMap((bucket, n) =>
    shown.has(bucket)
      ? runs.map(({ group, columns }) => ({
          group,
          bucket,
          values: columns.map((column) => column[n] ?? null),
        }))
      : [],
  );
}

/** A column as a rolling mean or a running total, or as it is. */
function moved(values: readonly (number | null)[], { rolling, cumulative }: Own): readonly (number | null)[] {
  if (cumulative) {
    let total = 0;
    return values.map((value) => {
      total += value ?? 0;
      return total;
    });
  }
  if (rolling === undefined) return values;
  return values.map((_, n) => {
    const known = values.slice(Math.max(0, n + 1 - rolling), n + 1).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
  });
}
