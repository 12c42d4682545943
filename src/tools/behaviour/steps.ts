import * as z from 'zod/mini';
import { type Condition, holds } from '../../sql/filter.ts';
import { join, type Sql, sql } from '../../sql/sql.ts';
import { valuesIn, where } from '../conditions.ts';
import { holding, limits } from '../fields.ts';
import { wordsOf } from '../inputs.ts';

/** Events of one name, `*` for any but system ones, and only those that fit `where`; or several of these, any of which will do. */
export interface Step {
  /** Its name; of several all of them, to be read. */
  readonly event: string;
  readonly where: readonly Condition[];
  /** The steps any of which will do; empty: this one. */
  readonly anyOf: readonly Step[];
  /** As the caller spelled it: two steps that spell the same are the same. */
  readonly spelled: string;
}

const longest = 128;
const name = z.string().check(z.minLength(1), z.maxLength(longest));
const named = (event: string): Step => ({ event, where: [], anyOf: [], spelled: event });
const either = z.union([name, z.strictObject({ event: name, where: z.optional(where) })]);
const stepFrom = (given: z.output<typeof either>): Step =>
  typeof given === 'string'
    ? named(given)
    : { event: given.event, where: given.where ?? [], anyOf: [], spelled: JSON.stringify(given) };
const step = z.pipe(either, z.transform(stepFrom));

const several = z.strictObject({
  event: z.optional(name),
  where: z.optional(where),
  any_of: z.optional(z.array(either).check(z.minLength(2), z.maxLength(limits.entries))),
});
const eitherOrSeveral = z.union([name, several]);
/** A step, or several of which any will do. */
const wideStep = z.pipe(
  eitherOrSeveral,
  z.transform((given: z.output<typeof eitherOrSeveral>, { issues }): Step => {
    if (typeof given === 'string') return named(given);
    const { event, where: conditions, any_of } = given;
    if (event !== undefined && any_of === undefined)
      return stepFrom(conditions === undefined ? { event } : { event, where: conditions });
    if (any_of !== undefined && event === undefined && conditions === undefined) {
      const anyOf = any_of.map(stepFrom);
      return {
        ...{ event: anyOf.map((one) => one.event).join(' or '), where: [], anyOf },
        spelled: JSON.stringify(given),
      };
    }
    const message =
      'a step is a name, {"event":…,"where":[…]}, or {"any_of":[…]} of such without event and where beside it';
    issues.push({ code: 'custom', input: given, message });
    return z.NEVER;
  }),
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
  steps.reduce((sum, { where, anyOf }) => sum + valuesIn(where) + compared(anyOf), 0);
const came = ({ input }: { readonly input?: unknown }): number => (Array.isArray(input) ? input.length : 0);

/** One step: a name or `{event, where}`. */
export const oneStep = (says: string) => step.check(z.describe(says));

/** Steps as a list of names or `{event, where}`, or as comma-separated names. */
export const stepList = (least: number, most: number, says: string) =>
  z.union([z.array(wideStep), names]).check(
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

/** Any event but system ones: what a site names, and views. */
const anyEvent = sql`(strpos(event_name, '$') <> 1 or event_name = '$pageview')`;

/** Does this event match the step? Never null. */
export const matches = ({ event, where, anyOf }: Step): Sql => {
  if (anyOf.length > 0) return sql`(${join(anyOf.map(matches), ' or ')})`;
  const called = event === '*' ? anyEvent : sql`event_name = ${event}`;
  return where.length === 0 ? called : sql`(${called} and ${holds(where)})`;
};

/** The event names these steps look for. */
export const namesIn = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap(({ event, anyOf }) => (anyOf.length > 0 ? namesIn(anyOf) : event === '*' ? [] : [event]));
