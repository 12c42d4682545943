import * as fc from 'fast-check';
import * as z from 'zod';
import type { Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import { groupBy, present } from '../worlds/arguments.ts';
import { gentle } from '../worlds/conditions.ts';
import { groupOf } from './field.ts';
import { compareValues, counted, type Item, itemsOf, measureOf, metric, plainMetrics } from './get-stats.ts';
import {
  interval as intervals,
  limit as limitOf,
  list,
  oracleOf,
  shared,
  text,
  timed,
  where,
} from './oracle.ts';
import { compareGroups } from './order.ts';
import type { Context, Shared } from './stored.ts';
import { holds } from './where.ts';
import { bucketOf, bucketsIn, type Interval } from './zone.ts';

const series = z.strictObject({
  event: text,
  metric: metric.default('count'),
  property: text,
  where,
  label: text,
});
type Series = z.output<typeof series>;

/** The arguments of trends, resolved. Formulas of the worlds are sums of labels or one quotient. */
export interface Trends extends Shared {
  readonly series: readonly Series[];
  readonly formula?: string;
  readonly group_by: readonly string[];
  readonly interval?: Interval;
  readonly rolling?: number;
  readonly cumulative: boolean;
  readonly per_person: boolean;
}

/** What trends must answer. */
export const trends = (stored: readonly Event[], args: Trends, context: Context): readonly Row[] => {
  const { interval, tz, rolling, limit } = args;
  const fields = [...(context.byProject ? ['project_id'] : []), ...args.group_by];
  const shown = interval === undefined ? [] : bucketsIn(args, tz, interval);
  const before: number[] = [];
  if (interval !== undefined && rolling !== undefined)
    for (let n = 1, at = shown[0] ?? 0; n < rolling; n += 1) {
      at = bucketOf(at - 1, tz, interval);
      before.unshift(at);
    }
  const buckets = [...before, ...shown];
  const read = {
    ...args,
    from: before.length > 0 ? (before[0] ?? 0) : rolling === undefined ? args.from : (shown[0] ?? args.from),
  };
  const all = args.series.map((one) => {
    const kept = (e: Event): boolean =>
      (one.event === undefined || e.event_name === one.event) && one.where.every((entry) => holds(e, entry));
    const items = itemsOf(stored, { ...read, metric: one.metric }, context, kept);
    const people = itemsOf(stored, { ...read, metric: 'people' }, context, kept);
    return { one, items: placed(items), people: placed(people) };
  });
  function placed(items: readonly Item[]) {
    return items.map((item) => ({
      ...item,
      at: interval === undefined ? 0 : bucketOf(item.ts, tz, interval),
      values: fields.map((field) => groupOf(item.event, field)),
    }));
  }
  const valueAt = (
    { one, items, people }: (typeof all)[number],
    within: (at: number) => boolean,
    key: string | null,
  ): number | null => {
    const own = (some: ReturnType<typeof placed>) =>
      some.filter((item) => within(item.at) && (key === null || JSON.stringify(item.values) === key));
    const value = measureOf(own(items), one.metric, one.property);
    if (!args.per_person) return value;
    const did = new Set(own(people).map(({ id }) => id)).size;
    return did === 0 ? null : (value ?? 0) / did;
  };
  const groups =
    fields.length === 0
      ? [{ key: null, values: [], size: 0 }]
      : [
          ...new Map(
            all.flatMap(({ items }) =>
              items.map((item) => [JSON.stringify(item.values), item.values] as const),
            ),
          ),
        ]
          .map(([key, values]) => {
            const [first] = all;
            const any = first?.items.some((item) => JSON.stringify(item.values) === key) ?? false;
            return {
              key,
              values,
              size: first === undefined || !any ? null : valueAt(first, () => true, key),
            };
          })
          .toSorted((a, b) => compareValues(a.size, b.size) || compareGroups(a.values, b.values));
  const most =
    interval === undefined
      ? limit
      : Math.max(1, Math.min(limit, Math.floor(20_000 / Math.max(1, shown.length))));
  const names = args.series.map(({ label }, i) => label ?? 'ABCDEF'[i] ?? '');
  const rowOf = (
    values: readonly (string | null)[],
    bucket: number | null,
    numbers: readonly (number | null)[],
  ): Row => ({
    ...Object.fromEntries(fields.map((field, i) => [field, values[i] ?? null])),
    ...(bucket === null ? {} : { bucket: new Date(bucket).toISOString() }),
    ...Object.fromEntries(names.map((name, i) => [name, numbers[i] ?? null])),
    ...(args.formula === undefined ? {} : { formula: formulaOf(args.formula, names, numbers) }),
  });
  const charts = groups.slice(0, fields.length === 0 ? 1 : most);
  if (interval === undefined)
    return charts.map(({ key, values }) =>
      rowOf(
        values,
        null,
        all.map((one) => valueAt(one, () => true, key)),
      ),
    );
  const drawn = charts.map(({ key, values }) => ({
    values,
    numbers: all.map((one) =>
      buckets.map((bucket) => valueAt(one, (at) => (args.cumulative ? at <= bucket : at === bucket), key)),
    ),
  }));
  return shown.flatMap((bucket, n) =>
    drawn.map(({ values, numbers }) =>
      rowOf(
        values,
        bucket,
        numbers.map((column) => mean(column.slice(n, n + before.length + 1))),
      ),
    ),
  );
};

const mean = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
};

const formulaOf = (
  formula: string,
  names: readonly string[],
  numbers: readonly (number | null)[],
): number | null => {
  const at = (name = ''): number | null => numbers[names.indexOf(name)] ?? null;
  const quotient = /^(\w) ÷ (\w)$/.exec(formula);
  const [a, b] = quotient === null ? [at('A'), at('A')] : [at(quotient[1]), at(quotient[2])];
  if (a === null || b === null) return null;
  if (quotient === null) return (a + b) * 2;
  return b === 0 ? null : a / b;
};

const schema = z.strictObject({
  ...shared,
  limit: limitOf(20),
  series: z.array(series),
  formula: text,
  group_by: list,
  interval: intervals,
  rolling: z.int().exactOptional(),
  cumulative: z.boolean().default(false),
  per_person: z.boolean().default(false),
});

const eventual = fc.record({
  event: fc.constantFrom(undefined, 'A', 'B', '$pageview'),
  where: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: gentle }),
});
const drawn = (what: fc.Arbitrary<Readonly<Record<string, unknown>>>) =>
  fc.array(
    fc.tuple(what, eventual).map(([a, b]) => present({ ...a, ...b })),
    { minLength: 1, maxLength: 3 },
  );
const adding = fc.oneof(
  fc.record({ metric: fc.constantFrom(...plainMetrics) }),
  fc.record({ metric: fc.constantFrom('sum', 'distinct'), property: fc.constant('plan') }),
);
const dividing = fc.oneof(
  fc.constant({}),
  fc.record({ metric: fc.constant('sum'), property: fc.constant('plan') }),
);
const stepped = fc.constantFrom('day', 'day', 'week', 'month', 'hour');

/** trends, for its tests. */
export const trendsOracle = oracleOf<Trends>({
  draws: fc
    .tuple(
      fc.oneof(
        fc.record({ series: drawn(counted), interval: fc.oneof(fc.constant(undefined), stepped) }),
        fc.record({ series: drawn(counted), interval: stepped, rolling: fc.constantFrom(2, 7) }),
        fc.record({ series: drawn(adding), interval: stepped, cumulative: fc.constant(true) }),
        fc.record({
          series: drawn(dividing),
          interval: fc.oneof(fc.constant(undefined), stepped),
          per_person: fc.constant(true),
        }),
      ),
      fc.constantFrom(undefined, 'A ÷ A', '(A+A)*2'),
      fc.oneof(fc.constant([]), groupBy(2)),
    )
    .map(([what, formula, group_by]) => present({ ...what, formula, group_by })),
  measures: ['bucket', 'A', 'B', 'C', 'formula'],
  filled: true,
  read: (raw, asking) => timed(schema.parse(raw), 'analysis', asking),
  answer: trends,
});
