import * as z from 'zod/mini';
import { type Condition, holds } from '../../sql/filter.ts';
import { type Sql, sql } from '../../sql/sql.ts';
import { where } from '../inputs.ts';

/** Events of one name, and only those that fit `where`. */
export interface Step {
  readonly event: string;
  readonly where: readonly Condition[];
  /** As the caller spelled it: two steps that spell the same are the same. */
  readonly spelled: string;
}

const name = z.string().check(z.minLength(1), z.maxLength(128));
const either = z.union([name, z.strictObject({ event: name, where: z.optional(where) })]);
const step = z.pipe(
  either,
  z.transform(
    (given: z.output<typeof either>): Step =>
      typeof given === 'string'
        ? { event: given, where: [], spelled: given }
        : { event: given.event, where: given.where ?? [], spelled: JSON.stringify(given) },
  ),
);
const names = z.transform((text: string) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((event): Step => ({ event, where: [], spelled: event })),
);

/** Steps as a list of names or `{event, where}`, or as comma-separated names. */
export const stepList = (least: number, most: number, says: string) =>
  z.union([z.array(step), z.pipe(z.string(), names)]).check(
    z.refine((steps) => steps.length >= least && steps.length <= most, `takes ${least} to ${most} steps, e.g. ["$pageview","sign_up"]`),
    z.describe(says),
  );

/** Does this event match the step? Never null. */
export const matches = ({ event, where }: Step): Sql => (where.length === 0 ? sql`event_name = ${event}` : sql`(event_name = ${event} and ${holds(where)})`);
