import * as z from 'zod';
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

const name = z.string().min(1).max(128);
const step = z
  .union([name, z.strictObject({ event: name, where: where.optional() })])
  .transform(
    (given): Step =>
      typeof given === 'string'
        ? { event: given, where: [], spelled: given }
        : { event: given.event, where: given.where ?? [], spelled: JSON.stringify(given) },
  );

/** Steps as a list of names or `{event, where}`, or as comma-separated names. */
export const stepList = (least: number, most: number, says: string) =>
  z
    .union([
      z.array(step),
      z.string().transform((text) =>
        text
          .split(',')
          .map((part) => part.trim())
          .filter((part) => part !== '')
          .map((event): Step => ({ event, where: [], spelled: event })),
      ),
    ])
    .refine((steps) => steps.length >= least && steps.length <= most, `takes ${least} to ${most} steps, e.g. ["$pageview","sign_up"]`)
    .describe(says);

/** Does this event match the step? Never null. */
export const matches = ({ event, where }: Step): Sql => (where.length === 0 ? sql`event_name = ${event}` : sql`(event_name = ${event} and ${holds(where)})`);
