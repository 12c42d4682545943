import type { Problem } from '../problems.ts';
import type { EraName, Json, McpHost, McpMethod, McpToolResult } from './host.ts';
import type { RpcError } from './refusal.ts';

/** A request, its envelope already read. */
export interface McpCall {
  readonly id: string | number;
  readonly method: string;
  readonly params: Json;
  /** `params._meta`, or nothing. */
  readonly meta: Json;
}

/** Names in lower case. */
export type McpHeaders = Readonly<Record<string, string | undefined>>;

/** What the two families of revisions do differently. */
export interface Era {
  readonly name: EraName;
  /** Throws a Refusal where headers or `_meta` break the era’s rules. */
  check(call: McpCall, headers: McpHeaders): void;
  /** Beside those both eras share. */
  readonly methods: ReadonlyMap<string, McpMethod>;
  /** HTTP status beside -32601. */
  readonly unknownMethod: 200 | 404;
  /** The result as this era wants it. */
  dress(method: string, result: Json, host: McpHost): Json;
  toolFailure(problem: Problem): McpToolResult | RpcError;
  otherFailure(problem: Problem): RpcError;
}

/** Nothing here needs a stream: no list changes, subscriptions, logging or tasks (spec/mcp.md §4). */
export const capabilities = (host: McpHost, era: EraName): Json => ({
  tools: {},
  resources: {},
  prompts: {},
  completions: {},
  ...host.beyond?.[era]?.capabilities,
});

/** Whether a JSON value is an object (no array, not null). */
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
