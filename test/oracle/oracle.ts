import type * as fc from 'fast-check';
import * as z from 'zod';
import type { Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import type { Raw } from '../worlds/arguments.ts';
import { type Judged, narrowing } from './narrow.ts';
import { type Manner, periodOf } from './period.ts';
import type { Context, Shared } from './stored.ts';
import type { Condition } from './where.ts';
import { bucketsIn, type Interval } from './zone.ts';

/** When and in which time zone a question is asked: `now` in ms since 1970. */
export interface Asking {
  readonly now: number;
  readonly timezone: string;
}

/** All that one tool’s tests are made of: which arguments to draw, how they are read, what must come out. */
export interface Oracle {
  /** Arguments of its own, beside the shared ones. */
  readonly draws: fc.Arbitrary<Raw>;
  /** The columns of its rows that are measures; every other one names a group. */
  readonly measures: readonly string[];
  /** Does it say every bucket of the period, so that `limit` cuts groups alone? */
  readonly filled: boolean;
  /** Does it say more as time goes by, the ends of its period being what they are? */
  readonly ripens: boolean;
  /** The length of its buckets, where its rows have some though no `interval` says so. */
  readonly every?: ((raw: Raw) => Interval) | undefined;
  /** Does it take `limit`? */
  readonly limited: boolean;
  /** The period that raw arguments mean, in ms since 1970. */
  readonly period: (raw: unknown, asking: Asking) => Pick<Shared, 'from' | 'to'>;
  /** What it must answer over these stored events (repeats included), asked with raw arguments. */
  readonly truth: (
    stored: readonly Event[],
    raw: unknown,
    context: Context,
    asking: Asking,
    reach?: Judged['reach'],
  ) => readonly Row[];
}

/** An oracle from its parts. `read` fills in defaults; `answer` is the slow, obvious implementation. */
export const oracleOf = <Args extends Shared>({
  draws,
  measures,
  filled = false,
  ripens = false,
  limited = true,
  every,
  read,
  answer,
}: {
  readonly draws: fc.Arbitrary<Raw>;
  readonly measures: readonly string[];
  readonly filled?: boolean;
  readonly ripens?: boolean;
  readonly limited?: boolean;
  readonly every?: (raw: Raw) => Interval;
  readonly read: (raw: unknown, asking: Asking) => Args;
  readonly answer: (stored: readonly Event[], args: Args, context: Context, asking: Asking) => readonly Row[];
}): Oracle => ({
  draws,
  measures,
  filled,
  ripens,
  limited,
  every,
  period: read,
  truth: (stored, raw, context, asking, reach) => {
    const args = read(raw, asking);
    const period = { from: args.from, to: args.to };
    const judged = { period, reach: reach ?? period, now: asking.now };
    return answer(stored, { ...args, judged }, context, asking);
  },
});

const isCondition = (value: unknown): value is Condition =>
  typeof value === 'object' && value !== null && ('field' in value || 'any' in value);

/** Schemas that several oracles read arguments with. */
export const where = z.array(z.custom<Condition>(isCondition)).default([]);
export const list = z
  .union([z.string().transform((text) => text.split(',')), z.array(z.string())])
  .default([]);
export const text = z.string().exactOptional();
/** A question’s own `where`. */
export const wide = z.array(narrowing).default([]);
export const shared = {
  from: text,
  to: text,
  tz: text,
  where: wide,
  include_bots: z.boolean().default(false),
};
export const limit = (usual: number) => z.int().default(usual);
export const per = z.enum(['person', 'visitor', 'session']).default('person');
export const interval = z.enum(['hour', 'day', 'week', 'month']).exactOptional();

const unitMs = new Map([
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
]);
/** A length of time, in ms. */
export const windowOf = (usual: string) =>
  z
    .string()
    .default(usual)
    .transform((said) => Number(said.slice(0, -1)) * (unitMs.get(said.slice(-1)) ?? Number.NaN));

/** The arguments with every time an instant. */
export const timed = <
  T extends {
    readonly from?: string;
    readonly to?: string;
    readonly tz?: string;
    readonly interval?: Interval;
  },
>(
  args: T,
  manner: Manner,
  asking: Asking,
) => {
  const period = periodOf(args, manner, asking);
  const { from, to, tz } = period;
  const { interval } = args;
  if (interval === undefined || to <= asking.now + 1) return { ...args, ...period };
  // Buckets that have not begun are not there.
  const [, next = to] = bucketsIn({ from: asking.now, to }, tz, interval);
  const begun = Math.max(next, asking.now + 1);
  return { ...args, ...period, to: begun > from ? begun : to };
};
