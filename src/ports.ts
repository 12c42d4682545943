import type { Event } from './events/columns.ts';
import type { Period, Reading } from './lake/events-of.ts';
import type { Sql } from './sql/sql.ts';

/** What a store knows at once of the events it was given. */
export interface KeepResult {
  /** How many of them were there before, by their `event_id`, and are left as they are. Left out: not known yet. */
  readonly repeats?: number;
}

/** Where events are kept. Resolves only when they would survive a power cut; rejects having kept none. */
export interface Sink {
  keep(events: readonly Event[]): Promise<KeepResult>;
}

/** A cell of an answer: times are ISO 8601 UTC with milliseconds; integers beyond 2^53 are decimal text. */
export type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, Cell>>;

/** What an engine says to one question. */
export interface Answer {
  readonly rows: readonly Row[];
  /** Everything acknowledged before this instant (ms since 1970) was seen. */
  readonly completeUntil: number;
  readonly cost: { readonly bytes: number; readonly ms: number; readonly cached: boolean };
  /** What the reader must know about this answer, e.g. a file that had to be set aside. */
  readonly notes: readonly string[];
}

/** What an engine must know beside the text. `reads`: which rows the text’s `events` and `identifies` must hold; the text itself repeats the condition, so more is harmless, less is wrong. */
export interface Reads {
  readonly reading: Reading;
  readonly period: Period;
}

/** How long an engine may take. When `signal` aborts nobody waits any more: the question is stopped and its reason thrown. */
export interface Limits {
  readonly timeMs: number;
  readonly signal?: AbortSignal;
}

/** What answers SQL. */
export interface Engine {
  /** Rejects with `query_timeout` past `timeMs` (the engine is free again), `upstream_failed` when the store is unreachable. */
  ask(question: Sql, reads: Reads, limits: Limits): Promise<Answer>;
  /**
   * Where a question may outlive its request: as `ask`, but past `timeMs` it runs on, and there is a ticket for it. With the ticket that question is waited for again; a ticket
   * for any other text is refused with `invalid_params`. Absent: questions end with their request.
   */
  readonly follow?: (
    question: Sql,
    reads: Reads,
    limits: Limits,
    ticket?: string,
  ) => Promise<Answer | { readonly ticket: string }>;
}

/** A small fact kept under an id; `group` and `at` list it in order with its like. */
export interface LedgerItem {
  readonly id: string;
  /** Listed under this, in the order of `at`. */
  readonly group?: string;
  readonly at?: string;
  /** Starts at 1 and rises by one with each change. */
  readonly version: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Keys, projects, plans: single items and conditions only, so that one DynamoDB table can keep its promise. */
export interface Ledger {
  read(id: string): Promise<LedgerItem | undefined>;
  /**
   * Creates (`ifVersion: 0`) or replaces the item that has `ifVersion`; false when the stored version is another. `expiresAt`: from this instant on (ms since 1970) nobody needs
   * the item, and a twin that can may erase it by itself.
   */
  write(item: Omit<LedgerItem, 'version'>, ifVersion: number, expiresAt?: number): Promise<boolean>;
  /** False when the stored version is another or nothing is there. */
  erase(id: string, ifVersion: number): Promise<boolean>;
  /** Ascending by `at`, then `id`. `after` is a previous page's `next`. */
  list(
    group: string,
    page?: { readonly after?: string; readonly limit?: number },
  ): Promise<{ readonly items: readonly LedgerItem[]; readonly next?: string }>;
}

/** What a number of a counter may be bound to, and how long it is needed. */
export interface CounterTerms {
  /** Where one of these numbers would become larger than this, nothing is added. */
  readonly atMost?: Readonly<Record<string, number>>;
  /** From this instant on (ms since 1970) nobody needs the counter, and a twin may erase it. */
  readonly expiresAt?: number;
}

/** Whether something was added, and the numbers it was about as they were then. */
export interface Counted {
  readonly done: boolean;
  readonly numbers: Readonly<Record<string, number>>;
}

/** Whole numbers (up to 2^53) that many processes add to, several under one id. */
export interface Counters {
  /**
   * Adds to some numbers of one counter, all or, where a bound is in the way, none. However often the twin has to try, and whoever adds at the same time, each is added once; what was not
   * there counts as 0.
   */
  add(id: string, by: Readonly<Record<string, number>>, terms?: CounterTerms): Promise<Counted>;
  /** Moves the number `at` of a counter on by `by`, from `floor` where it is less, and not beyond `most`. */
  advance(
    id: string,
    move: { readonly by: number; readonly floor: number; readonly most: number },
    expiresAt?: number,
  ): Promise<Counted>;
  /** All numbers of a counter; none where it was never added to. */
  read(id: string): Promise<Counted['numbers']>;
}

/** Removes all of a project’s events at once, where the store can. */
export interface Eraser {
  /** How many events of it are stored. */
  count(projectId: string): Promise<number>;
  /** Removes them, for good, and what was derived from them; how many they were. All of them or, where it fails, none. */
  erase(projectId: string): Promise<number>;
}

/** Named bytes: what must outlive a process and is not an event. */
export interface Store {
  get(name: string): Promise<Uint8Array | undefined>;
  /** Whole or not at all. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  delete(name: string): Promise<void>;
  /** Names that start with `prefix`, ascending. */
  list(prefix: string): Promise<readonly string[]>;
}

/** One line of the operator's log. Never a key, a body or an address. */
export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Everything outside: the same product runs in the cloud, on a laptop and in a test. */
export interface World {
  readonly sink: Sink;
  readonly engine: Engine;
  readonly ledger: Ledger;
  readonly counters: Counters;
  /** Left out: here events of a project cannot be removed at once. */
  readonly eraser?: Eraser;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Resolves once all else that waits for this process has had a turn: long work asks for it between its pieces, so that nobody waits for the whole. */
  readonly breathe: () => Promise<void>;
  /** n random bytes, fit for secrets. */
  readonly random: (n: number) => Uint8Array;
  /** The key that keys are hashed with; cached by the twin. */
  readonly pepper: () => Promise<Uint8Array>;
  /** The country (ISO 3166-1, two letters) an address belongs to, from a table that needs no network; null where unknown. */
  readonly country: (ip: string) => string | null;
  /**
   * The header, in lower case, in which an edge before us says where a visitor is, whatever the caller sent under that name. Left out: nobody stands before us,
   * so such a header is the caller’s word and is not believed.
   */
  readonly countryHeader?: string;
  readonly log: Log;
  /** How questions read this world's lake: cleaned on arrival, or raw with repeats removed at question time. */
  readonly lake: 'clean' | 'raw';
  /** How long a question may take, ms; past it `query_timeout`. */
  readonly questionTimeMs: number;
}

/** What taking events needs of the world: a function in the cloud that only takes them holds nothing else. */
export type IntakeWorld = Pick<
  World,
  'sink' | 'ledger' | 'counters' | 'country' | 'countryHeader' | 'clock' | 'breathe' | 'random' | 'log'
>;

/** What answering questions needs of the world. */
export type QuestionWorld = Pick<
  World,
  'engine' | 'ledger' | 'counters' | 'clock' | 'breathe' | 'random' | 'log' | 'lake' | 'questionTimeMs'
>;
