import type { JsonFields } from './values.ts';

/** A request in another tool’s words, its body unpacked and read. */
export interface Came {
  readonly method: string;
  /** What lies behind the dialect’s prefix, in pieces; empty ones (doubled and trailing slashes) are left out. */
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON as `exactJson` reads it, or the fields of a form; undefined where there is no body. */
  readonly body: unknown;
  /** Where the caller reaches this installation: no slash at the end. */
  readonly base: string;
}

/** A text that stands where a tool’s SDK puts its key. */
export interface Presented {
  readonly text: string;
  /** URLs stay in logs and histories, so only `pk_` keys may stand there. */
  readonly inUrl: boolean;
}

/** One event as the tool means it, in our words; what is left out was not said. Checked afterwards as every event is. */
export interface Meant {
  readonly event: unknown;
  readonly event_id?: unknown;
  readonly anonymous_id?: unknown;
  readonly user_id?: unknown;
  readonly session_id?: unknown;
  readonly ip?: unknown;
  readonly user_agent?: unknown;
  readonly url?: unknown;
  readonly path?: unknown;
  readonly referrer?: unknown;
  /** When it happened by the sender’s clock: ms since 1970, or the text that could not be read. */
  readonly at?: number | string | undefined;
  /** How long before it was sent it happened, where nothing else says when. */
  readonly agoMs?: number;
  readonly properties?: JsonFields | undefined;
}

/** Something sent that is no event of ours, and why; it is counted under the reason. */
export interface Left {
  readonly left: string;
}

/** One thing that was sent. */
export interface SentItem {
  /** The key it names for itself. */
  readonly key?: string | undefined;
  /** `trusted`: it came with a secret key. */
  readonly means: (trusted: boolean) => readonly (Meant | Left)[];
}

/** What became of a request’s events. */
export interface Outcome {
  readonly taken: number;
  /** How many were left out, by reason. */
  readonly refused: Readonly<Record<string, number>>;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

/** An answer as the tool’s SDK expects it: JSON, or text under a content type of its own. */
export interface ToolAnswer {
  readonly status?: number;
  readonly type?: string;
  readonly body: unknown;
}

/** What an adapter reads from a request. */
export interface Read {
  /** The best proof first; others that are keys of ours must be the same. */
  readonly keys: readonly Presented[];
  /** When it was sent by the sender’s clock, ms since 1970. */
  readonly sentAt?: number | undefined;
  readonly items: readonly SentItem[];
  readonly answer: (outcome: Outcome) => ToolAnswer;
  /** What an SDK is told of a request that was refused whole, where its own words differ from ours. */
  readonly refusal?: (status: number, message: string) => unknown;
}

/** One place of a dialect: events come in, or something is shown that decides whether an SDK sends at all. */
export type Place = {
  /** `POST track/*`: a method, or `*` for both, and the pieces of the path; `*` is any one piece. */
  readonly at: string;
} & ({ readonly reads: (came: Came) => Read } | { readonly shows: (came: Came) => ToolAnswer });

/** Another tool’s way of sending events: where it posts, where its key stands, how an event maps, what it must be answered. */
export interface Dialect {
  /** The word in the path: `/in/<name>/…`. */
  readonly name: string;
  /** The tool’s own name. */
  readonly tool: string;
  /** Paths that are this tool’s alone and are taken at the root too. */
  readonly roots: readonly string[];
  /** Headers beyond `Content-Type` that its SDKs send from pages, in lower case. */
  readonly headers: readonly string[];
  readonly places: readonly Place[];
}
