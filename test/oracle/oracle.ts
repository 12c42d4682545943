import type * as fc from 'fast-check';
import * as z from 'zod';
import type { Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import type { Raw } from '../worlds/arguments.ts';
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
  /** The period that raw arguments mean, in ms since 1970. */
  readonly period: (raw: unknown, asking: Asking) => Pick<Shared, 'from' | 'to'>;
  /** What it must answer over these stored events (repeats included), asked with raw arguments. */
  readonly truth: (
    stored: readonly Event[],
    raw: unknown,
    context: Context,
    asking: Asking,
  ) => readonly Row[];
}

/** An oracle from its parts. `read` fills in defaults; `answer` is the slow, obvious implementation. */
export const oracleOf = <Args extends Shared>({
  draws,
  measures,
  filled = false,
  read,
  answer,
}: {
  readonly draws: fc.Arbitrary<Raw>;
  readonly measures: readonly string[];
  readonly filled?: boolean;
  readonly read: (raw: unknown, asking: Asking) => Args;
  readonly answer: (stored: readonly Event[], args: Args, context: Context, asking: Asking) => readonly Row[];
}): Oracle => ({
  draws,
  measures,
  filled,
  period: read,
  truth: (stored, raw, context, asking) => answer(stored, read(raw, asking), context, asking),
});

const isCondition = (value: unknown): value is Condition =>
  typeof value === 'object' && value !== null && ('field' in value || 'any' in value);

/** Schemas that several oracles read arguments with. */
export const where = z.array(z.custom<Condition>(isCondition)).default([]);
export const list = z
  .union([z.string().transform((text) => text.split(',')), z.array(z.string())])
  .default([]);
export const text = z.string().exactOptional();
export const shared = { from: text, to: text, tz: text, where, include_bots: z.boolean().default(false) };
export const limit = (usual: number) => z.int().default(usual);
export const per = z.enum(['person', 'visitor', 'session']).default('person');
export const interval = z.enum(['hour', 'day', 'week', 'month']).exactOptional();

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
  return { ...args, ...period, to: next > from ? next : to };
};
