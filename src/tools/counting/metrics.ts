import * as z from 'zod/mini';
import { type Field, fieldFrom } from '../../sql/field.ts';
import { double, type Sql, sql } from '../../sql/sql.ts';
import { limits } from '../fields.ts';
import type { AnswerColumn } from '../question.ts';
import { invalidParam } from '../refusal.ts';

/** What may be counted of events, and how its number is read. */
interface About {
  readonly unit?: NonNullable<AnswerColumn['unit']>;
  /** Which share of the sorted values lies below it. */
  readonly share?: number;
  /** Is it made of the values of a property? */
  readonly of?: 'property';
  /** What it is where there is nothing to measure. */
  readonly ofNone: 0 | null;
}

const about = {
  count: { unit: 'events', ofNone: 0 },
  uniques: { unit: 'visitors', ofNone: 0 },
  people: { unit: 'people', ofNone: 0 },
  sessions: { unit: 'sessions', ofNone: 0 },
  sum: { of: 'property', ofNone: 0 },
  average: { of: 'property', ofNone: null },
  median: { of: 'property', share: 0.5, ofNone: null },
  min: { of: 'property', ofNone: null },
  max: { of: 'property', ofNone: null },
  p75: { of: 'property', share: 0.75, ofNone: null },
  p90: { of: 'property', share: 0.9, ofNone: null },
  p95: { of: 'property', share: 0.95, ofNone: null },
  p99: { of: 'property', share: 0.99, ofNone: null },
  distinct: { of: 'property', ofNone: 0 },
} as const satisfies Record<string, About>;

/** A way to count events. */
export type Metric = keyof typeof about;
const isMetric = (word: string): word is Metric => Object.hasOwn(about, word);
/** All of them. */
export const metrics: readonly Metric[] = Object.keys(about).filter(isMetric);
/** What is known of one. */
export const aboutMetric = (metric: Metric): About => about[metric];

/** `metric`, with `count` where nothing is said. */
export const metricInput = z
  ._default(z.enum(metrics), 'count')
  .check(
    z.describe(
      'count: events (default). uniques: visitors (anonymous_id). people: persons. sessions: those that hold such an event. The others are of property: distinct counts its different values.',
    ),
  );

/** `property`: a place inside the events’ properties, bare or spelled out. */
export const propertyInput = z
  .optional(
    z.pipe(
      z.string().check(z.minLength(1), z.maxLength(limits.field)),
      z.transform((text: string, { issues }): Field => {
        const read = fieldFrom(/^properties[.[]/.test(text) ? text : `properties.${text}`);
        if (read !== undefined) return read;
        issues.push({
          code: 'custom',
          input: text,
          message: `cannot read ${JSON.stringify(text)}; name one property, e.g. price, cart.total or properties["a.b"]`,
        });
        return z.NEVER;
      }),
    ),
  )
  .check(
    z.describe('Whose values sum, average … p99 and distinct are of, e.g. price or properties.cart.total.'),
  );

/** Problem `invalid_params` where a metric lacks its property, or has one it does not read. `at`: the argument to name. */
export const checkProperty = (metric: Metric, property: Field | undefined, at: string): void => {
  if (aboutMetric(metric).of === 'property' && property === undefined)
    throw invalidParam(at, `${at}: metric ${metric} is of a property; send property too, e.g. "price"`);
  if (aboutMetric(metric).of === undefined && property !== undefined)
    throw invalidParam(
      at,
      `${at}: metric ${metric} reads no property; remove property, or ask for ${metrics.filter((m) => aboutMetric(m).of === 'property').join(', ')}`,
    );
};

/** Rows of values with how often each occurs: `x`, `n`, `upto` (values up to this one) and `whole` (all of them) of its group. */
export const weightedPercentileOf = (share: number): Sql => {
  const rank = sql`(whole - 1) * ${double(share)}`;
  const at = (place: Sql): Sql => sql`max(case when upto - n <= ${place} and upto > ${place} then x end)`;
  const low = at(sql`floor(${rank})`);
  return sql`(${low} + max(${rank} - floor(${rank})) * (${at(sql`ceil(${rank})`)} - ${low}))`;
};

/** What is said of values that a metric could not read. */
export const oddValues = (odd: number, property: Field | undefined, metric: Metric): readonly string[] =>
  odd === 0 || property === undefined
    ? []
    : [
        `${odd} event${odd === 1 ? '' : 's'} with ${property.spelled} ${odd === 1 ? 'is' : 'are'} left out: the value is ${metric === 'distinct' ? 'a list or an object' : 'no number'}.`,
      ];
