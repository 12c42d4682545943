import * as z from 'zod/mini';
import { dimensions } from '../events/columns.ts';
import { type Field, fieldFrom } from '../sql/field.ts';
import { instantText as instant, otherPeriodInput } from './compare-input.ts';
import { wideWhere } from './conditions.ts';
import { eventName, field, holding, limits } from './fields.ts';

/** The words of a list or of its comma-separated spelling, without spaces around them and without empty ones. Other blanks may belong to a name. */
export const wordsOf = (given: string | readonly string[]): readonly string[] =>
  (typeof given === 'string' ? given.split(',') : given)
    .map((word) => word.replace(/^ +| +$/g, ''))
    .filter((word) => word !== '');

/** A list, or its comma-separated spelling. What is wrong with an entry is said in its own words, so each check of an entry has some. */
export const listOf = <T extends z.ZodMiniType<unknown, string>>(item: T, most: number) => {
  const items = z.array(item).check(z.maxLength(most, `takes at most ${most} entries; more came`));
  const reading = z.transform((given: string | string[], { issues }) => {
    const read = items.safeParse(wordsOf(given));
    if (read.success) return read.data;
    for (const issue of read.error.issues)
      issues.push({
        code: 'custom',
        input: given,
        message: issue.message,
        params: issue.code === 'custom' ? issue.params : undefined,
      });
    return z.NEVER;
  });
  return z.pipe(
    z.union([z.array(z.string()).check(z.maxLength(most)), z.string().check(z.maxLength(limits.list))]),
    reading,
  );
};

const atMost = (length: number) => z.optional(z.string().check(z.maxLength(length)));

/** Where the period begins, and where it does when nothing is said. */
export const fromOf = (usual: string) =>
  z
    ._default(instant, usual)
    .check(
      z.describe(
        `Start, inclusive: ISO 8601 (2026-05-01 or 2026-05-01T08:00:00Z) or last:7d, last:24h, last:4w. Default ${usual}.`,
      ),
    );

/** The inputs that questions share, declared once: one spelling and one meaning everywhere (analytics.md). */
export const shared = {
  from: fromOf('last:7d'),
  to: z
    .optional(instant)
    .check(
      z.describe(
        'End, exclusive: ISO 8601. A date alone is its midnight in UTC, or in tz if sent; in funnel that whole day is included. Default: now.',
      ),
    ),
  tz: atMost(64).check(
    z.describe('IANA time zone of buckets and dates, e.g. Europe/Berlin. Default: the project’s.'),
  ),
  interval: z
    .optional(z.enum(['hour', 'day', 'week', 'month']))
    .check(z.describe('One row per bucket of this length; weeks start on Monday. Default: none.')),
  where: z
    ._default(wideWhere, [])
    .check(
      z.describe(
        'Filters that must all hold: [{"field":"country","op":"eq","value":"DE"}], {"any":[…]}, {"field":"person.plan",…} (traits), {"field":"session.entry_path",…}, {"did":{"event":"purchase","at_least":2,"within":"30d"}} or {"did_not":{…}}. Default: none.',
      ),
    ),
  per: z
    ._default(z.enum(['person', 'visitor', 'session']), 'person')
    .check(z.describe('Whom to count: person (default), visitor (anonymous_id) or session.')),
  compare: z
    .optional(otherPeriodInput)
    .check(
      z.describe(
        'Another period beside this one: previous (just before, as long), year (same dates a year earlier) or {"from":…,"to":…}. Each number x gains x_before and x_change ((x − before) ÷ before).',
      ),
    ),
  include_bots: z._default(z.boolean(), false).check(z.describe('Count bots too. Default false.')),
  cursor: atMost(60_000).check(z.describe('next_cursor of a previous answer, to go on below it.')),
} as const;
export type SharedName = keyof typeof shared;

/** How many rows or groups at most. */
export const limitOf = (most: number, usual: number, of: string) =>
  z
    ._default(z.int().check(z.minimum(1), z.maximum(most)), usual)
    .check(z.describe(`At most this many ${of}, 1–${most}. Default ${usual}.`));

/** A column, a property spelled out, or a property’s bare key. */
export const anyField = z.pipe(
  z.string().check(z.minLength(1), z.maxLength(limits.field)),
  z.transform((text: string, { issues }): Field => {
    const read = fieldFrom(text) ?? fieldFrom(`properties.${text}`);
    if (read !== undefined) return read;
    issues.push({
      code: 'custom',
      input: text,
      message: `cannot read ${JSON.stringify(text)}; name a column (${dimensions.join(', ')}) or a property, e.g. plan or properties["a.b"]`,
    });
    return z.NEVER;
  }),
);

/** Up to `most` fields to group by. */
export const groupBy = (most: number) =>
  z
    ._default(
      listOf(field, most).check(
        holding<readonly Field[]>(
          (fields) => new Set(fields.map((f) => f.spelled)).size === fields.length,
          'the same column twice; name each once',
        ),
      ),
      [],
    )
    .check(
      z.describe(
        `Split by ${most === 1 ? 'one column' : `up to ${most} columns, comma-separated or a list`}; properties.<key> is one.`,
      ),
    );

/** Up to `most` different words of these, in the order given. */
export const wordsAmong = <const Word extends string>(words: readonly Word[], most: number) =>
  z
    ._default(
      listOf(z.enum(words, `must be one of ${words.join(', ')}`), most).check(
        z.refine((given) => new Set(given).size === given.length, 'the same word twice; name each once'),
      ),
      [],
    )
    .check(
      z.describe(`Split by up to ${most} of: ${words.join(', ')}; comma-separated or a list. Default: none.`),
    );

/** An account key’s choice of projects; refused on a project’s key. */
export const projectChoice = {
  project_id: atMost(64).check(z.describe('Only this project (account keys).')),
  project_slug: atMost(64).check(z.describe('Only the project with this slug (account keys).')),
  project_ids: z
    .optional(listOf(z.string(), 100))
    .check(z.describe('Only these projects, comma-separated or a list (account keys).')),
} as const;

/** How to come back to a question that runs on: every question takes it. */
export const resumption = {
  query_id: atMost(200).check(
    z.describe(
      'query_id of an answer with status running: waits for it again. Send the same other arguments.',
    ),
  ),
} as const;

/** How rows are written: every question takes it. */
export const presentation = {
  format: z
    .optional(z.enum(['rows', 'table']))
    .check(
      z.describe(
        'rows: each an object. table: columns once, each row a list of its cells. Default: rows over REST, table over MCP but for query_events, get_stats, top_sources and funnel.',
      ),
    ),
} as const;

/** Whom a tool counts that follows people over days. */
export const whom = z
  ._default(z.enum(['person', 'visitor']), 'person')
  .check(z.describe('Whom to count: person (default) or visitor (anonymous_id).'));

/** The name of one event; `usual`: what is counted without it. */
export const onlyEvent = (usual: string) =>
  z.optional(eventName).check(z.describe(`Only this event, e.g. sign_up. Default: ${usual}.`));

/** What those tools count where no event is named. */
export const anyDoing = 'any but system events ($identify and other $ names except $pageview)';
