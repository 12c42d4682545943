import * as z from 'zod/mini';
import { dimensions } from '../events/columns.ts';
import type { Period, Reading } from '../lake/events-of.ts';
import type { Cell } from '../ports.ts';
import { Problem } from '../problems.ts';
import { cursorFrom } from './cursor.ts';
import { fromOf, presentation, projectChoice, resumption, type SharedName, shared } from './inputs.ts';
import { nearest } from './nearest.ts';
import { type OtherPeriod, otherPeriod } from './other-period.ts';
import { begunOf, isDate, periodFrom, timeZoneFrom } from './period.ts';
import type { Asking, Question } from './question.ts';
import { argumentsProblem, invalidParam } from './refusal.ts';
import { judgedIn } from './relations.ts';

/** Who asks, where and when: everything about an answer that is not in its arguments. */
export interface Asker {
  readonly projects: readonly string[];
  /** True for an account key: rows carry project_id. */
  readonly byProject: boolean;
  readonly env: Reading['env'];
  readonly lake: Reading['lake'];
  /** Of a page that goes on: when what it goes on in was asked (ms since 1970). */
  readonly until?: number | undefined;
  /** The project’s own time zone. */
  readonly timezone: string;
  /** ms since 1970. */
  readonly now: number;
}

/** Arguments understood: what to ask, and the same arguments with every default applied, fit to be sent back. */
export interface Resolved {
  readonly asking: Asking<z.output<z.ZodMiniObject>>;
  readonly given: Readonly<Record<string, unknown>>;
  readonly resolved: Readonly<Record<string, unknown>>;
  readonly skip: number;
  /** How rows are to be written, where the caller said so. */
  readonly format: 'rows' | 'table' | null;
  /** The period to compare with, where one was asked for. */
  readonly before: OtherPeriod | null;
  readonly notes: readonly string[];
}

/** A question’s whole input: its own, the shared ones it honours, the way back to a running one, and the choice of projects. */
export const inputOf = (question: Question): z.ZodMiniObject => {
  const known = inputs.get(question);
  if (known !== undefined) return known;
  const common = Object.fromEntries(
    question.shared.map((name) => [
      name,
      name === 'from' && question.since !== undefined ? fromOf(question.since) : shared[name],
    ]),
  );
  const whole = z.strictObject({
    ...question.input.shape,
    ...common,
    ...presentation,
    ...resumption,
    ...projectChoice,
  });
  inputs.set(question, whole);
  return whole;
};
/** A schema is made ready when it first reads, so each is made once. */
const inputs = new WeakMap<Question, z.ZodMiniObject>();
/** Everything that is not a question’s own. What a question does not take of it has been refused by name before this reads. */
const common = z.object({ ...shared, ...presentation, ...resumption, ...projectChoice });

/** Understands a question’s arguments, or throws a Problem that teaches: what was wrong, what is allowed, the nearest real name. */
export function resolve(question: Question, args: Readonly<Record<string, unknown>>, asker: Asker): Resolved {
  // Which answer is waited for is no part of what is asked.
  const { cursor, query_id: _, ...plain } = args;
  if (cursor !== undefined && !question.shared.includes('cursor')) throw unknown(question, 'cursor');
  if (cursor === undefined) return understood(question, plain, plain, asker, 0, null);
  if (typeof cursor !== 'string')
    throw invalidParam('cursor', `${question.name}: cursor must be the text of next_cursor`);
  const page = cursorFrom(cursor);
  if (page.tool !== question.name)
    throw invalidParam('cursor', `cursor: belongs to ${page.tool}, not to ${question.name}`);
  if (
    Object.keys(plain).length > 0 &&
    same(plain) !== same(page.given) &&
    same(plain) !== same(page.resolved)
  )
    throw invalidParam(
      'cursor',
      'cursor: belongs to other arguments; send the same arguments with it, or the cursor alone',
    );
  return understood(
    question,
    page.given,
    page.resolved,
    { ...asker, until: page.until },
    page.skip,
    page.after,
  );
}

const same = (args: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(Object.entries(args).toSorted(([a], [b]) => (a < b ? -1 : 1)));

function understood(
  question: Question,
  given: Readonly<Record<string, unknown>>,
  args: Readonly<Record<string, unknown>>,
  asker: Asker,
  skip: number,
  after: readonly Cell[] | null,
): Resolved {
  const input = inputOf(question);
  for (const name of Object.keys(args)) if (!Object.hasOwn(input.shape, name)) throw unknown(question, name);
  const [own, others] = [question.input.safeParse(args), common.safeParse(since(question, args))];
  if (!own.success || !others.success)
    throw argumentsProblem(
      question.name,
      [...(own.error?.issues ?? []), ...(others.error?.issues ?? [])],
      args,
    );
  const { where, per, include_bots: bots } = others.data;
  // A tool that compares by itself takes `compare` as its own, with a default.
  const compare = shared.compare.safeParse(own.data.compare).data ?? others.data.compare;
  // A tool whose rows always have an interval says itself which there are.
  const interval =
    question.every?.(own.data) ??
    shared.interval.safeParse(own.data.interval).data ??
    others.data.interval ??
    null;
  const tz = timeZoneFrom(others.data.tz ?? asker.timezone);
  // The contract’s dates are midnight UTC; whoever names a zone means that zone.
  const zone = question.dates === 'whole-days' || others.data.tz !== undefined ? tz : 'UTC';
  const { dates } = question;
  const countsDays = compare !== undefined && /^last:/.test(others.data.from);
  const asked = periodFrom(others.data, asker.now, zone, { dates, daysIn: countsDays ? tz : undefined });
  const clock = { zone: countsDays ? tz : zone, datesIn: zone, dates, now: asker.now };
  const before =
    compare === undefined
      ? null
      : otherPeriod(compare, { ...asked, open: others.data.to === undefined }, clock);
  const period = { from: asked.from, to: begunOf(asked, tz, interval, asker.now) };
  const notes = dateNote(others.data.to, asked.wholeLastDay, zone);
  const shown = Object.entries(input.shape).flatMap(([name, type]) => {
    const value = args[name] ?? (type instanceof z.ZodMiniDefault ? type.def.defaultValue : undefined);
    return value === undefined ? [] : [[name, value]];
  });
  const asking = {
    own: own.data,
    reading: {
      ...{ projects: asker.projects, env: asker.env, bots, lake: asker.lake },
      ...(asker.until === undefined ? {} : { until: asker.until }),
    },
    period,
    tz,
    interval,
    groups: question.groups?.(own.data) ?? [],
    where,
    per,
    now: asker.now,
    byProject: asker.byProject,
    before,
    after,
  };
  return {
    asking: {
      ...asking,
      judged: judgedIn(question, asking),
    },
    given,
    resolved: {
      ...Object.fromEntries(shown),
      ...instantsOf(period),
      ...(question.shared.includes('tz') ? { tz } : {}),
      ...(before === null ? {} : { compare: instantsOf(before) }),
    },
    skip,
    format: others.data.format ?? null,
    before: question.shared.includes('compare') ? before : null,
    notes,
  };
}

/** The arguments with the question’s own beginning where none was sent. */
const since = (question: Question, args: Readonly<Record<string, unknown>>) =>
  question.since === undefined ? args : { from: question.since, ...args };

/** A date alone in `to` is read in two ways, so which one is said. */
const dateNote = (to: string | undefined, wholeLastDay: boolean, zone: string): readonly string[] => {
  if (to === undefined || !isDate(to)) return [];
  return wholeLastDay
    ? [`to is a date alone: that whole day in ${zone} is included.`]
    : [`to is a date alone: here it is exclusive, its midnight in ${zone}, so nothing of ${to} is included.`];
};

const instantsOf = ({ from, to }: Period): Readonly<Record<'from' | 'to', string>> => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
});

/** An argument the question does not have: another’s shared input, or a slip. */
function unknown(question: Question, name: string): Problem {
  const allowed = Object.keys(inputOf(question).shape).filter((n) => !Object.hasOwn(projectChoice, n));
  const close = nearest(name, allowed, 1)[0];
  const isShared = (word: string): word is SharedName | 'group_by' | 'limit' =>
    Object.hasOwn(shared, word) || word === 'group_by' || word === 'limit';
  const message = isShared(name)
    ? `${question.name} cannot honour ${name}; remove it${name === 'group_by' ? ' (get_stats groups)' : ''}`
    : `${question.name} has no argument ${JSON.stringify(name.slice(0, 64))}${close === undefined ? '' : `, did you mean ${close}?`}; it takes ${allowed.join(', ')}`;
  const column = name === 'event' ? 'event_name' : name;
  const isDimension = dimensions.some((d) => d === column);
  return new Problem(
    'invalid_params',
    isDimension && allowed.includes('where')
      ? `${message}. To filter by ${name} use where=[{"field":"${column}","op":"eq","value":…}]`
      : message,
    { details: { formErrors: [message], fieldErrors: {}, allowed } },
  );
}
