import * as z from 'zod/mini';
import { columnNames, dimensions } from '../events/columns.ts';
import { type Field, fieldFrom } from '../sql/field.ts';
import { type Comparison, type Condition, operators } from '../sql/filter.ts';
import { instantText as instant, otherPeriodInput } from './compare-input.ts';
import { nearest } from './nearest.ts';

/** What must hold of a value as a whole; not asked where a part of it was refused already, for what it would look into is not there. */
export const holding = <T>(
  test: (value: T) => boolean,
  error: string | ((issue: { readonly input?: unknown }) => string),
) => z.refine<T>(test, { error, when: ({ issues }) => issues.length === 0 });

/** The most of what a caller may send: characters of a field’s name, a value and a comma-separated list, entries of a list, values compared with in all. */
export const limits = { field: 300, value: 2048, entries: 20, list: 8192, values: 1000 } as const;

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

/** A groupable column or `properties.<key>`. */
export const field = z.pipe(
  z
    .string()
    .check(z.maxLength(limits.field, `a column’s name has at most ${limits.field} characters; more came`)),
  z.transform((text: string, { issues }): Field => {
    const read = fieldFrom(text);
    if (read !== undefined) return read;
    issues.push({
      code: 'custom',
      input: text,
      message: `unknown column ${JSON.stringify(text)}; allowed: ${dimensions.join(', ')}, or properties.<key>${hintAt(text)}`,
      params: { allowed: dimensions },
    });
    return z.NEVER;
  }),
);

function hintAt(word: string): string {
  const close = nearest(word, dimensions, 1)[0];
  if (close !== undefined) return `; nearest: ${close}`;
  if (columnNames.some((column) => column === word)) return `; ${word} is no column to group or filter by`;
  return /^\w{1,64}$/.test(word) ? `; a property is written properties.${word}` : '';
}

const scalar = z.union([z.string().check(z.maxLength(limits.value)), z.number(), z.boolean()]);
const compareWith = z.union([scalar, z.array(scalar).check(z.minLength(1), z.maxLength(200))]);
const compared = z.strictObject({
  field: z
    .string()
    .check(
      z.describe(
        `${dimensions.join(', ')}, or properties.<key> (a dot descends; properties["a.b"] for a key with a dot)`,
      ),
    ),
  op: z.enum(operators),
  value: z.optional(compareWith),
});
/** A list that came as JSON text, where only a list can be meant. */
const listIn = (op: string, value: z.output<typeof compareWith> | undefined) => {
  if ((op !== 'in' && op !== 'not_in') || typeof value !== 'string' || !/^\s*\[/.test(value)) return value;
  try {
    const read = compareWith.safeParse(JSON.parse(value));
    return read.success ? read.data : value;
  } catch {
    return value;
  }
};

const comparison = z.pipe(
  compared,
  z.transform((given: z.output<typeof compared>, { issues }): Comparison => {
    const { field: spelled, op } = given;
    const needsNone = op === 'exists' || op === 'not_exists';
    const value = listIn(op, given.value);
    const refuse = (message: string) => {
      issues.push({ code: 'custom', input: given, message });
      return z.NEVER;
    };
    const read = field.safeParse(spelled);
    if (!read.success) return refuse(read.error.issues[0]?.message ?? 'unknown field');
    if (needsNone !== (value === undefined))
      return refuse(needsNone ? `${op} takes no value; remove it` : `${op} needs a value`);
    if ((op === 'in' || op === 'not_in') !== Array.isArray(value))
      return refuse(
        Array.isArray(value)
          ? `${op} takes one value; for a list use in or not_in`
          : `${op} takes a list, e.g. ["a","b"]`,
      );
    const values = value === undefined ? [] : Array.isArray(value) ? value : [value];
    if (new Set(values.map((v) => typeof v)).size > 1)
      return refuse(`${op} takes a list of one kind: texts, numbers or booleans`);
    const kind = typeof values[0];
    if (kind === 'boolean' && 'column' in read.data)
      return refuse(`${spelled} is text; compare it with text`);
    if (kind === 'boolean' && op !== 'eq' && op !== 'neq' && op !== 'in' && op !== 'not_in')
      return refuse(`${op} does not compare booleans; use eq or neq`);
    if (/contains|starts_with/.test(op) && (kind !== 'string' || values[0] === ''))
      return refuse(`${op} takes a text that is not empty`);
    return { field: read.data, op, value };
  }),
);
const condition = z.union([
  comparison,
  z.strictObject({ any: z.array(comparison).check(z.minLength(1), z.maxLength(limits.entries)) }),
]);

/** How many values conditions compare with; one that needs none counts as one, for its statement is as long. */
export const valuesIn = (all: readonly Condition[]): number =>
  all
    .flatMap((one) => ('any' in one ? one.any : [one]))
    .reduce((sum, { value }) => sum + (Array.isArray(value) ? value.length : 1), 0);

/** Conditions that must all hold. */
export const where = z.array(condition).check(
  z.maxLength(limits.entries),
  holding<readonly Condition[]>(
    (all) => valuesIn(all) <= limits.values,
    `compares with at most ${limits.values} values in all; more came`,
  ),
);

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
    ._default(where, [])
    .check(
      z.describe(
        'Filters that must all hold: [{"field":"country","op":"eq","value":"DE"}] or {"any":[…]}. Default: none.',
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

/** One event’s name. */
export const eventName = z.string().check(z.minLength(1), z.maxLength(128));

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
