import * as z from 'zod';
import { dimensions } from '../events/columns.ts';
import { type Field, fieldFrom } from '../sql/field.ts';
import { type Comparison, type Condition, operators } from '../sql/filter.ts';

/** How a query-string text becomes the value an input wants: REST has only text. Inputs not listed here take text. Registered last: zod’s methods make copies. */
export const spelling = z.registry<{ readonly text: 'number' | 'boolean' | 'json' }>();

const limits = { field: 300, value: 2048, entries: 20 } as const;

/** A list, or its comma-separated spelling. */
export const listOf = <T extends z.ZodType<unknown, string>>(item: T, most: number) =>
  z.union([z.array(z.string()).max(most), z.string()]).transform((given, context) => {
    const words = (typeof given === 'string' ? given.split(',') : given).map((word) => word.trim()).filter((word) => word !== '');
    const read = z.array(item).max(most).safeParse(words);
    if (read.success) return read.data;
    for (const issue of read.error.issues)
      context.addIssue({ code: 'custom', message: issue.message, params: issue.code === 'custom' ? issue.params : undefined });
    return z.NEVER;
  });

/** A groupable column or `properties.<key>`. */
export const field = z
  .string()
  .max(limits.field)
  .transform((text, context): Field => {
    const read = fieldFrom(text);
    if (read !== undefined) return read;
    context.addIssue({
      code: 'custom',
      message: `unknown column ${JSON.stringify(text)}; allowed: ${dimensions.join(', ')}, or properties.<key>`,
      params: { allowed: dimensions },
    });
    return z.NEVER;
  });

const scalar = z.union([z.string().max(limits.value), z.number(), z.boolean()]);
const comparison = z
  .strictObject({
    field: z.string().describe(`${dimensions.join(', ')}, or properties.<key> (a dot descends; properties["a.b"] for a key with a dot)`),
    op: z.enum(operators),
    value: z.union([scalar, z.array(scalar).min(1).max(200)]).optional(),
  })
  .transform(({ field: spelled, op, value }, context): Comparison => {
    const refuse = (message: string) => {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    const read = field.safeParse(spelled);
    if (!read.success) return refuse(read.error.issues[0]?.message ?? 'unknown field');
    const needsNone = op === 'exists' || op === 'not_exists';
    if (needsNone !== (value === undefined)) return refuse(needsNone ? `${op} takes no value; remove it` : `${op} needs a value`);
    if ((op === 'in' || op === 'not_in') !== Array.isArray(value))
      return refuse(Array.isArray(value) ? `${op} takes one value; for a list use in or not_in` : `${op} takes a list, e.g. ["a","b"]`);
    const values = value === undefined ? [] : Array.isArray(value) ? value : [value];
    if (new Set(values.map((v) => typeof v)).size > 1) return refuse(`${op} takes a list of one kind: texts, numbers or booleans`);
    const kind = typeof values[0];
    if (kind === 'boolean' && 'column' in read.data) return refuse(`${spelled} is text; compare it with text`);
    if (kind === 'boolean' && op !== 'eq' && op !== 'neq' && op !== 'in' && op !== 'not_in') return refuse(`${op} does not compare booleans; use eq or neq`);
    if (/contains|starts_with/.test(op) && (kind !== 'string' || values[0] === '')) return refuse(`${op} takes a text that is not empty`);
    return { field: read.data, op, value };
  });
const condition = z.union([comparison, z.strictObject({ any: z.array(comparison).min(1).max(limits.entries) })]);

/** Conditions that must all hold. */
export const where = z
  .array(condition)
  .max(limits.entries)
  .transform((all): readonly Condition[] => all);

const instant = z.string().max(40);

/** The inputs that questions share, declared once: one spelling and one meaning everywhere (analytics.md). */
export const shared = {
  from: instant.default('last:7d').describe('Start, inclusive: ISO 8601 (2026-05-01 or 2026-05-01T08:00:00Z) or last:7d, last:24h, last:4w. Default last:7d.'),
  to: instant.optional().describe('End, exclusive: ISO 8601. Default: now.'),
  tz: z.string().max(64).optional().describe('IANA time zone of buckets and dates, e.g. Europe/Berlin. Default: the project’s.'),
  interval: z.enum(['hour', 'day', 'week', 'month']).optional().describe('One row per bucket of this length; weeks start on Monday. Default: none.'),
  where: where
    .default([])
    .describe('Filters that must all hold: [{"field":"country","op":"eq","value":"DE"}] or {"any":[…]}. Default: none.')
    .register(spelling, { text: 'json' }),
  per: z.enum(['person', 'visitor', 'session']).default('person').describe('Whom to count: person (default), visitor (anonymous_id) or session.'),
  include_bots: z.boolean().default(false).describe('Count bots too. Default false.').register(spelling, { text: 'boolean' }),
  cursor: z.string().max(60_000).optional().describe('next_cursor of a previous answer, to go on below it.'),
} as const;
export type SharedName = keyof typeof shared;

/** How many rows or groups at most. */
export const limitOf = (most: number, usual: number, of: string) =>
  z.int().min(1).max(most).default(usual).describe(`At most this many ${of}, 1–${most}. Default ${usual}.`).register(spelling, { text: 'number' });

/** Up to `most` fields to group by. */
export const groupBy = (most: number) =>
  listOf(field, most)
    .refine((fields) => new Set(fields.map((f) => f.spelled)).size === fields.length, 'the same column twice; name each once')
    .default([])
    .describe(`Split by up to ${most} of: ${dimensions.join(', ')}, properties.<key>; comma-separated or a list. Default: none.`);

/** An account key’s choice of projects; refused on a project’s key. */
export const projectChoice = {
  project_id: z.string().max(64).optional().describe('Only this project (account keys).'),
  project_slug: z.string().max(64).optional().describe('Only the project with this slug (account keys).'),
  project_ids: listOf(z.string(), 100).optional().describe('Only these projects, comma-separated or a list (account keys).'),
} as const;
