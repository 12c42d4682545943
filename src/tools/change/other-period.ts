import * as z from 'zod/mini';
import { earliest, latest } from '../../events/instant.ts';
import type { Period } from '../../lake/events-of.ts';
import { firstInstantOf, offsetsOf } from '../../sql/zone.ts';
import { periodFrom } from '../period.ts';
import type { Asking } from '../question.ts';

const day = z.string().check(z.maxLength(40));

/** The period a question compares its own with; `previous` where none is named. */
export const compareInput = z
  ._default(z.union([z.enum(['previous', 'year']), z.strictObject({ from: day, to: day })]), 'previous')
  .check(
    z.describe(
      'The other period: previous (as long, just before), year (same dates a year earlier) or {"from","to"}. Default previous.',
    ),
  );
type Compare = z.output<typeof compareInput>;

/** Two periods of which one is compared with the other. */
export interface Compared {
  readonly before: Period;
  readonly after: Period;
  /** Does the later one still run, so that only an equal part of the other is looked at? */
  readonly running: boolean;
}

/**
 * The asked period as far as it has come, and the equally long part of the other one. `previous` ends where the
 * asked one begins; `year` has the same dates of the zone’s calendar a year earlier. Problem `invalid_params` where
 * `{from, to}` cannot be read.
 */
export const comparedOf = (
  asking: Pick<Asking<unknown>, 'period' | 'tz' | 'now'>,
  compare: Compare,
): Compared => {
  const { before, ...rest } = meant(asking, compare);
  // Before the first year an event may have there is nothing.
  const from = Math.max(earliest, before.from);
  return { ...rest, before: { from, to: Math.max(from + 1, before.to) } };
};

const meant = (
  { period, tz, now }: Pick<Asking<unknown>, 'period' | 'tz' | 'now'>,
  compare: Compare,
): Compared => {
  const until = Math.max(period.from + 1, Math.min(period.to, now + 1));
  const after = { from: period.from, to: until };
  const running = until < period.to;
  const passed = until - period.from;
  if (compare === 'previous') {
    const from = period.from - (period.to - period.from);
    return { before: { from, to: from + passed }, after, running };
  }
  if (compare === 'year')
    return {
      before: { from: yearBefore(tz, period.from), to: yearBefore(tz, until) },
      after,
      running,
    };
  const { from, to } = periodFrom(compare, now, tz, 'whole-days');
  return { before: { from, to: running ? Math.min(to, from + passed) : to }, after, running };
};

/** The same date and time on the zone’s clock, a year earlier; 29 February is the 28th there. */
const yearBefore = (tz: string, instant: number): number => {
  const at = Math.max(earliest, Math.min(instant, latest));
  const wall = new Date(at + (offsetsOf(tz, at, at + 1)[0]?.offsetMs ?? 0));
  const [month, date] = [wall.getUTCMonth(), wall.getUTCDate()];
  const last = new Date(Date.UTC(wall.getUTCFullYear() - 1, month + 1, 0)).getUTCDate();
  wall.setUTCFullYear(wall.getUTCFullYear() - 1, month, Math.min(date, last));
  return firstInstantOf(tz, wall.getTime());
};
