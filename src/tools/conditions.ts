import * as z from 'zod/mini';
import { dimensions } from '../events/columns.ts';
import {
  type About,
  comparisonsIn,
  type Did,
  didsIn,
  type Entry,
  type Narrowing,
  sessionWords,
} from '../people/narrow.ts';
import { fieldFrom } from '../sql/field.ts';
import { type Comparison, type Condition, operators } from '../sql/filter.ts';
import { eventName, field, holding, limits } from './fields.ts';
import { isWindow, lengthMs } from './window.ts';

const scalar = z.union([z.string().check(z.maxLength(limits.value)), z.number(), z.boolean()]);
const compareWith = z.union([scalar, z.array(scalar).check(z.minLength(1), z.maxLength(200))]);
type Value = Comparison['value'];

const comparedOf = (also: string) =>
  z.strictObject({
    field: z
      .string()
      .check(
        z.describe(
          `${dimensions.join(', ')}, or properties.<key> (a dot descends; properties["a.b"] for a key with a dot)${also}`,
        ),
      ),
    op: z.enum(operators),
    value: z.optional(compareWith),
  });
const [compared, wideCompared] = [
  comparedOf(''),
  comparedOf(
    `; of who did it person.<trait>; of the visit ${sessionWords.map((word) => `session.${word}`).join(', ')}`,
  ),
];
type Given = z.output<typeof compared>;

/** A list that came as JSON text, where only a list can be meant. */
const listIn = (op: string, value: Value): Value => {
  if ((op !== 'in' && op !== 'not_in') || typeof value !== 'string' || !/^\s*\[/.test(value)) return value;
  try {
    const read = compareWith.safeParse(JSON.parse(value));
    return read.success ? read.data : value;
  } catch {
    return value;
  }
};

/** What a value may be compared with: a text column knows no true and false, a length only numbers. */
type Holds = 'anything' | 'text' | 'boolean' | 'number';

/** Why an operator and a value do not go together; undefined where they do. */
function mismatch({ field: spelled, op }: Given, value: Value, kinds: Holds): string | undefined {
  const needsNone = op === 'exists' || op === 'not_exists';
  if (needsNone !== (value === undefined))
    return needsNone ? `${op} takes no value; remove it` : `${op} needs a value`;
  if ((op === 'in' || op === 'not_in') !== Array.isArray(value))
    return Array.isArray(value)
      ? `${op} takes one value; for a list use in or not_in`
      : `${op} takes a list, e.g. ["a","b"]`;
  const values = value === undefined ? [] : typeof value === 'object' ? value : [value];
  if (new Set(values.map((v) => typeof v)).size > 1)
    return `${op} takes a list of one kind: texts, numbers or booleans`;
  const kind = typeof values[0];
  if (kind === 'boolean' && kinds === 'text') return `${spelled} is text; compare it with text`;
  if (values.length > 0 && kinds === 'boolean' && kind !== 'boolean')
    return `${spelled} is true or false; compare it with one of these`;
  if (values.length > 0 && kinds === 'number' && kind !== 'number')
    return `${spelled} is a number of seconds; compare it with a number, e.g. 30`;
  if (kind === 'boolean' && op !== 'eq' && op !== 'neq' && op !== 'in' && op !== 'not_in')
    return `${op} does not compare booleans; use eq or neq`;
  if (/contains|starts_with/.test(op) && (kind !== 'string' || values[0] === ''))
    return `${op} takes a text that is not empty`;
  return undefined;
}

const [ofSession, ofPerson] = [/^session(?:\.|$)/, /^person(?:[.[]|$)/];

const comparison = z.pipe(
  compared,
  z.transform((given: Given, { issues }): Comparison => {
    const value = listIn(given.op, given.value);
    const read = field.safeParse(given.field);
    const wrong =
      ofSession.test(given.field) || ofPerson.test(given.field)
        ? `${given.field} is no part of an event; compare it in the where of the question itself, which goes for all of it`
        : read.success
          ? mismatch(given, value, 'column' in read.data ? 'text' : 'anything')
          : (read.error.issues[0]?.message ?? 'unknown field');
    if (wrong === undefined && read.success) return { field: read.data, op: given.op, value };
    issues.push({ code: 'custom', input: given, message: wrong ?? 'unknown field' });
    return z.NEVER;
  }),
);
const condition = z.union([
  comparison,
  z.strictObject({ any: z.array(comparison).check(z.minLength(1), z.maxLength(limits.entries)) }),
]);

/** Conditions on an event that must all hold, as a step, a series or an anchor takes them. */
export const where = z.array(condition).check(
  z.maxLength(limits.entries),
  holding<readonly Condition[]>(
    (all) => valuesIn(all) <= limits.values,
    `compares with at most ${limits.values} values in all; more came`,
  ),
);

/** What of a session or a person is spelled so; why not, where nothing is. */
function aboutFrom(spelled: string): About | string {
  if (ofSession.test(spelled)) {
    const session = sessionWords.find((word) => `session.${word}` === spelled);
    return session === undefined
      ? `unknown ${JSON.stringify(spelled)}; of a session there are ${sessionWords.map((word) => `session.${word}`).join(', ')}`
      : { spelled, session };
  }
  const read = fieldFrom(`properties${spelled.slice('person'.length)}`);
  return read !== undefined && 'keys' in read
    ? { spelled, trait: read.keys }
    : `cannot read ${JSON.stringify(spelled)}; a trait that $identify sent is written person.<trait>, e.g. person.plan or person["a.b"]`;
}

const holdsOf = (about: About): Holds =>
  'trait' in about
    ? 'anything'
    : about.session === 'bounce'
      ? 'boolean'
      : about.session === 'duration_seconds'
        ? 'number'
        : 'text';

const wideComparison = z.pipe(
  wideCompared,
  z.transform((given: Given, { issues }): Entry => {
    if (!ofSession.test(given.field) && !ofPerson.test(given.field)) {
      const plain = comparison.safeParse(given);
      if (plain.success) return plain.data;
      issues.push({
        ...{ code: 'custom', input: given },
        message: plain.error.issues[0]?.message ?? 'unknown field',
      });
      return z.NEVER;
    }
    const value = listIn(given.op, given.value);
    const about = aboutFrom(given.field);
    const wrong = typeof about === 'string' ? about : mismatch(given, value, holdsOf(about));
    if (typeof about !== 'string' && wrong === undefined) return { about, op: given.op, value };
    issues.push({ code: 'custom', input: given, message: wrong ?? 'unknown field' });
    return z.NEVER;
  }),
);

const described = z.strictObject({
  event: eventName,
  where: z.optional(where),
  at_least: z.optional(z.int().check(z.minimum(1), z.maximum(100_000))),
  within: z.optional(z.string().check(isWindow)),
});
const done = z
  .union([eventName, described])
  .check(
    z.describe(
      'Only people who did this: an event’s name, or {event, where?, at_least?, within?} with at_least so often, in the period or, with within such as 7d, that long before its end.',
    ),
  );
const didOf = (given: z.output<typeof done>, not: boolean): Did => {
  const {
    event,
    where: only = [],
    at_least = 1,
    within,
  } = typeof given === 'string' ? { event: given } : given;
  const withinMs = within === undefined ? null : lengthMs(within);
  return { did: { event, where: only, atLeast: at_least, withinMs }, not };
};
const entries = [
  wideComparison,
  z.pipe(
    z.strictObject({ did: done }),
    z.transform(({ did }: { did: z.output<typeof done> }): Entry => didOf(did, false)),
  ),
  z.pipe(
    z.strictObject({ did_not: done }),
    z.transform(({ did_not }: { did_not: z.output<typeof done> }): Entry => didOf(did_not, true)),
  ),
] as const;
const narrowing = z.union([
  ...entries,
  z.strictObject({
    any: z.array(z.union(entries)).check(z.minLength(1), z.maxLength(limits.entries)),
  }),
]);

/** How many values conditions compare with; one that needs none counts as one, for its statement is as long. */
export const valuesIn = (all: readonly Narrowing[]): number =>
  comparisonsIn(all).reduce((sum, { value }) => sum + (Array.isArray(value) ? value.length : 1), 0) +
  didsIn(all).reduce((sum, { did }) => sum + 1 + valuesIn(did.where), 0);

/** What must hold in a question as a whole: of an event, of its session, of who did it, and of what they did. */
export const wideWhere = z.array(narrowing).check(
  z.maxLength(limits.entries),
  holding<readonly Narrowing[]>(
    (all) => valuesIn(all) <= limits.values,
    `compares with at most ${limits.values} values in all; more came`,
  ),
);

/** The events that conditions ask whether they were done. */
export const eventsDone = (all: readonly Narrowing[]): readonly string[] =>
  didsIn(all).map(({ did }) => did.event);
