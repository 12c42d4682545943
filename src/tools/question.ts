import type * as z from 'zod/mini';
import type { Period, Reading } from '../lake/events-of.ts';
import type { Judged, Narrowing } from '../people/narrow.ts';
import type { Per } from '../people/who.ts';
import type { Cell, Row } from '../ports.ts';
import type { Sql } from '../sql/sql.ts';
import type { Interval } from '../sql/zone.ts';
import type { SharedName } from './inputs.ts';
import type { OtherPeriod } from './other-period.ts';

/** A question’s arguments with every default applied, and whose events it may see. */
export interface Asking<Own> {
  readonly own: Own;
  readonly reading: Reading;
  readonly period: Period;
  readonly tz: string;
  readonly interval: Interval | null;
  /** What rows are split by, as it was spelled. */
  readonly groups: readonly { readonly spelled: string }[];
  readonly where: readonly Narrowing[];
  readonly per: Per;
  /** What `where` judges sessions, traits and deeds by: the period asked for, whatever part of it is read. */
  readonly judged: Judged;
  /** The period that `compare` means, where one was asked for. */
  readonly before: OtherPeriod | null;
  /** When it is asked, ms since 1970. */
  readonly now: number;
  /** Account keys: rows carry `project_id` as their first group. */
  readonly byProject: boolean;
  /** Where the previous page ended, as this question’s `shape` put it; null on the first page. */
  readonly after: readonly Cell[] | null;
}

/** A column of an answer. */
export interface AnswerColumn {
  readonly name: string;
  readonly type: 'text' | 'number' | 'time' | 'json';
  readonly unit?: 'events' | 'people' | 'visitors' | 'sessions' | 'share' | 'seconds' | 'step';
  /** What it is where that does not follow from its type and unit: a number measures, anything else names a row; a total is 0 where nothing happened, as a count is. */
  readonly role?: 'dimension' | 'measure' | 'total';
}

/** Is this a number that was measured, and not a part of a row’s name? */
export const measures = ({ role, type }: AnswerColumn): boolean =>
  role === undefined ? type === 'number' : role !== 'dimension';

/** What a question says once the engine has answered. */
export interface Shaped {
  readonly rows: readonly Row[];
  /** Groups or rows left out by `limit`; `of` null where nobody counted. */
  readonly truncated?: {
    readonly shown: number;
    readonly of: number | null;
    readonly what: 'groups' | 'rows' | 'buckets';
  };
  readonly notes?: readonly string[];
  /** What the rows are of, where that is one thing: said beside them, on every page. */
  readonly profile?: Row;
  /** Per row, where a page that ends with it would go on; absent: rows are paged by their number. */
  readonly places?: readonly (readonly Cell[])[];
  /** Are there rows below the last one? */
  readonly more?: boolean;
}

/** An argument object and the rows it must give over the shop of the tests: run on every engine, printed in the docs. */
export interface Example {
  readonly says: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly rows: readonly Row[];
  /** What is said beside the rows, where the question says something there. */
  readonly profile?: Row;
}

/** A question people ask: one file each. Its functions are methods, so that one table can list questions of different inputs. REST, MCP, OpenAPI, docs and tests are made from it. */
export interface Question<Input extends z.ZodMiniObject = z.ZodMiniObject> {
  readonly name: string;
  readonly title: string;
  /** What it answers, when to use it, when not, what next; at most 400 characters. For the agent that chooses. */
  readonly answers: string;
  /** Its own inputs; `limit` and `group_by` too where it takes them. */
  readonly input: Input;
  /** Which shared inputs it honours; every other one is refused by name. */
  readonly shared: readonly SharedName[];
  /** Are its rows findings, so that none, or zeros in all, is an answer and no lack of data? */
  readonly finds?: true;
  /** Does the contract fix the text of its answer over MCP? Then that is the bare array of its rows. */
  readonly bare?: true;
  /** How a date without a time is read: the contract’s midnight UTC, or the zone’s day with `to` inclusive (decision 2). */
  readonly dates: 'contract' | 'whole-days';
  /** Where its period begins unless `from` is sent, where that is not the last 7 days. */
  readonly since?: string;
  /** What its rows are split by, where it splits them. */
  groups?(own: z.output<Input>): readonly { readonly spelled: string }[];
  /** The length of the buckets that its rows always have, where `interval` does not say it. */
  every?(own: z.output<Input>): Interval | null;
  /** The same arguments without what leaves small rows out: what is large in one period may have been small in the other. */
  whole?(own: z.output<Input>): z.output<Input>;
  columns(asking: Asking<z.output<Input>>): readonly AnswerColumn[];
  /** May a reader add the rows up? */
  additive(asking: Asking<z.output<Input>>): boolean;
  /** Which events the SQL looks at, where that is more than the period. */
  reaches?(asking: Omit<Asking<z.output<Input>>, 'judged'>): Period;
  /** The arguments as SQL. Pure. Throws Problems on arguments that do not go together. */
  ask(asking: Asking<z.output<Input>>): Sql;
  /** How the rows of `ask` are ordered, over their columns: what can be compared is asked twice in one statement and told apart by it. */
  order?(asking: Asking<z.output<Input>>): Sql;
  /** What SQL leaves to say: names, shares. `completeUntil`: everything acknowledged before this instant (ms) is in the rows. Pure. */
  shape(rows: readonly Row[], asking: Asking<z.output<Input>>, completeUntil: number): Shaped;
  /** Fields the contract puts beside `rows`. */
  head?(own: z.output<Input>): Readonly<Record<string, Cell>>;
  /** Event names the arguments speak of, so that a name nobody sent can be pointed out. */
  speaksOf?(own: z.output<Input>): readonly string[];
  readonly examples: readonly Example[];
}

/** Checks a question’s types where it is written and keeps them for its callers. */
export const question = <Input extends z.ZodMiniObject>(q: Question<Input>): Question<Input> => q;

/** A tool that does something rather than ask: a row beside the questions. Its deed is done in src/serve, under the word `does`. Only keys that may write see it. */
export interface ToolAction {
  readonly name: string;
  readonly title: string;
  /** As a question’s. */
  readonly answers: string;
  readonly input: z.ZodMiniObject;
  readonly does: 'track';
  /** The method and path that do the same over HTTP. */
  readonly route: string;
  /** What it takes and who sees it, for the documents. */
  readonly takes: string;
  /** What it says, as JSON Schema. */
  readonly output: Readonly<Record<string, unknown>>;
  readonly annotations: Readonly<
    Record<'readOnlyHint' | 'destructiveHint' | 'idempotentHint' | 'openWorldHint', boolean>
  >;
}
