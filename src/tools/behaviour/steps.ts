import * as z from 'zod/mini';
import { type Condition, holds } from '../../sql/filter.ts';
import { type Sql, sql } from '../../sql/sql.ts';
import { holding, limits, valuesIn, where, wordsOf } from '../inputs.ts';

/** Events of one name, and only those that fit `where`. */
export interface Step {
  readonly event: string;
  readonly where: readonly Condition[];
  /** As the caller spelled it: two steps that spell the same are the same. */
  readonly spelled: string;
}

const longest = 128;
const name = z.string().check(z.minLength(1), z.maxLength(longest));
const named = (event: string): Step => ({ event, where: [], spelled: event });
const either = z.union([name, z.strictObject({ event: name, where: z.optional(where) })]);
const step = z.pipe(
  either,
  z.transform(
    (given: z.output<typeof either>): Step =>
      typeof given === 'string'
        ? named(given)
        : { event: given.event, where: given.where ?? [], spelled: JSON.stringify(given) },
  ),
);
const names = z.pipe(
  z.string().check(
    z.maxLength(limits.list),
    holding<string>(
      (text) => wordsOf(text).every((word) => word.length <= longest),
      `an event’s name has at most ${longest} characters; more came`,
    ),
  ),
  z.transform((text: string) => wordsOf(text).map(named)),
);
const compared = (steps: readonly Step[]): number =>
  steps.reduce((sum, { where }) => sum + valuesIn(where), 0);
const came = ({ input }: { readonly input?: unknown }): number => (Array.isArray(input) ? input.length : 0);

/** One step: a name or `{event, where}`. */
export const oneStep = (says: string) => step.check(z.describe(says));

/** Steps as a list of names or `{event, where}`, or as comma-separated names. */
export const stepList = (least: number, most: number, says: string) =>
  z.union([z.array(step), names]).check(
    holding<readonly Step[]>(
      (steps) => steps.length >= least && steps.length <= most,
      (issue) => `takes ${least} to ${most} steps, e.g. ["$pageview","sign_up"]; got ${came(issue)}`,
    ),
    holding<readonly Step[]>(
      (steps) => compared(steps) <= limits.values,
      `compares with at most ${limits.values} values in all; more came`,
    ),
    z.describe(says),
  );

/** Does this event match the step? Never null. */
export const matches = ({ event, where }: Step): Sql =>
  where.length === 0 ? sql`event_name = ${event}` : sql`(event_name = ${event} and ${holds(where)})`;
