/** A JSON object as it travels. */
export type Json = Readonly<Record<string, unknown>>;

/** The two families of protocol revisions: with a handshake (up to 2025-11-25) and without (from 2026-07-28). */
export type EraName = 'legacy' | 'modern';

/** A tool as `tools/list` shows it; both schemas are JSON Schema (2020-12) with an object at the root. */
export interface McpTool {
  readonly name: string;
  readonly title?: string;
  readonly description: string;
  readonly inputSchema: Json;
  readonly outputSchema?: Json;
  readonly annotations?: {
    readonly readOnlyHint: boolean;
    readonly destructiveHint?: boolean;
    readonly idempotentHint?: boolean;
    readonly openWorldHint: boolean;
  };
  readonly _meta?: Json;
}

/** A block of content; `text` blocks carry `text`, the other kinds of the protocol their own fields. */
export interface McpContent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** What a tool says. `structuredContent` conforms to the tool’s `outputSchema` and is left out of errors. */
export interface McpToolResult {
  readonly content: readonly McpContent[];
  readonly structuredContent?: Json;
  readonly isError?: boolean;
  readonly _meta?: Json;
}

/** Modern era only: the client asks its user or model, then sends the same request again with the answers and the state. */
export interface McpInputRequired {
  readonly resultType: 'input_required';
  readonly inputRequests: Json;
  readonly requestState?: string;
}

/** Something to read; `name` is for people, `uri` for `resources/read`. */
export interface McpResource {
  readonly uri: string;
  readonly name: string;
  readonly title?: string;
  readonly description: string;
  readonly mimeType: string;
}

/** A family of resources; `uriTemplate` as in RFC 6570. */
export interface McpTemplate {
  readonly uriTemplate: string;
  readonly name: string;
  readonly title?: string;
  readonly description: string;
  readonly mimeType: string;
}

/** The bytes of a resource: `text`, or `blob` in base64. */
export interface McpContents {
  readonly uri: string;
  readonly mimeType: string;
  readonly text?: string;
  readonly blob?: string;
}

/** A prompt as `prompts/list` shows it. */
export interface McpPrompt {
  readonly name: string;
  readonly title?: string;
  readonly description: string;
  readonly arguments?: readonly {
    readonly name: string;
    readonly description: string;
    readonly required?: boolean;
  }[];
}

/** A filled-in prompt. */
export interface McpPromptResult {
  readonly description?: string;
  readonly messages: readonly { readonly role: 'user' | 'assistant'; readonly content: McpContent }[];
}

/** Whose argument is being typed: a prompt’s by name, a template’s by its URI text. */
export type McpReference = { readonly prompt: string } | { readonly template: string };

/** One request as the host may see it beyond its plain arguments. */
export interface McpTurn {
  readonly era: EraName;
  /** All of `params`, `_meta` included, exactly as sent. */
  readonly params: Json;
  /** Says something before the result. Reaches clients that accept `text/event-stream`, all at once with the result. */
  notify(method: string, params: Json): void;
}

/** One protocol method: the host and the request in, the result out. */
export type McpMethod = (host: McpHost, turn: McpTurn) => Json | Promise<Json>;

/** What an era’s endpoint offers beyond the core’s own methods. */
export interface McpSurface {
  readonly capabilities: Json;
  readonly methods: ReadonlyMap<string, McpMethod>;
}

/**
 * What the protocol core speaks for; whoever is asking is bound inside.
 * Expected failures are thrown as a Problem, protocol errors as a Refusal; anything else is a bug and reaches `bug`.
 */
export interface McpHost {
  readonly serverInfo: {
    readonly name: string;
    readonly version: string;
    readonly title?: string;
    readonly websiteUrl?: string;
  };
  /** For the model, before its first call; hosts cut it at 2,048 characters. */
  readonly instructions: string;
  /** What this caller may call, always in the same order: prompt caches depend on it. */
  tools(): readonly McpTool[];
  /** Undefined: there is no such tool. Bad arguments are a Problem. */
  call(name: string, args: Json, turn: McpTurn): Promise<McpToolResult | McpInputRequired | undefined>;
  resources(): readonly McpResource[];
  templates(): readonly McpTemplate[];
  /** Undefined or a hint at what exists: there is no such resource. */
  read(uri: string, turn: McpTurn): Promise<readonly McpContents[] | { readonly hint: string } | undefined>;
  prompts(): readonly McpPrompt[];
  /** Undefined: there is no such prompt. Missing arguments are a Problem. */
  prompt(
    name: string,
    args: Readonly<Record<string, string>>,
    turn: McpTurn,
  ): Promise<McpPromptResult | McpInputRequired | undefined>;
  /** Values that fit what was typed so far, best first; `chosen` holds the other arguments. Undefined: no such prompt or template. */
  complete(
    of: McpReference,
    argument: { readonly name: string; readonly value: string },
    chosen: Readonly<Record<string, string>>,
  ): Promise<readonly string[] | undefined>;
  /** A body as its value, rejecting with SyntaxError; JSON.parse where a host has no better way with long ones. */
  parsed?(body: string): Promise<unknown>;
  /** Takes what was thrown by mistake, to be logged whole; callers only learn `internal_error`. */
  bug(thrown: unknown): void;
  /** Methods and capabilities of protocol extensions, by era. */
  readonly beyond?: Readonly<Partial<Record<EraName, McpSurface>>>;
}
