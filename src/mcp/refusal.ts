import { type Problem, problems } from '../problems.ts';
import { shownFields, shownText } from '../tools/shown.ts';
import { visible } from '../tools/visible.ts';
import type { Json, McpToolResult } from './host.ts';

/** A JSON-RPC error: a stable word as `message`, the sentence for people in `data.message` (contract §6). */
export class RpcError extends Error {
  readonly code: number;
  readonly word: string;
  readonly status: number;
  readonly data: Json;

  /** `status` is the HTTP status, 200 unless said otherwise: old clients take most 4xx for a broken connection. */
  constructor(
    code: number,
    word: string,
    message: string,
    more: { readonly status?: number; readonly data?: Json } = {},
  ) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.word = word;
    this.status = more.status ?? 200;
    this.data = { reason: word, message, ...more.data };
  }

  /** As it is shown: what came from outside in it can be seen (visible.ts). */
  get error(): Json {
    return { code: this.code, message: this.word, data: shownFields(this.data) };
  }
}

const details = (problem: Problem): Json =>
  problem.details === undefined ? {} : { details: problem.details };

/** A failed tool call as a result a model can read and mend: the stable word, the sentence, and the details as JSON where there are any. */
export const forTheModel = (problem: Problem): McpToolResult => ({
  content: [
    {
      type: 'text',
      text: `${problem.code}: ${visible(problem.message)}${problem.details === undefined ? '' : `\n${shownText(problem.details)}`}`,
    },
  ],
  isError: true,
});

/** A problem with its code and word of contract §6; problems of the caller’s own making that have none are -32602. */
export const legacyRefusal = (problem: Problem): RpcError => {
  const { rpc } = problems[problem.code];
  const word = rpc === -32000 && problem.code !== 'insufficient_scope' ? 'tool_failed' : problem.code;
  return new RpcError(rpc ?? -32602, word, problem.message, {
    data: { reason: problem.code, ...details(problem) },
  });
};

/** A problem outside of a tool call: the modern era leaves -32000 to -32019 alone and forbids -32002. */
export const modernRefusal = (problem: Problem): RpcError =>
  new RpcError(problem.status >= 500 ? -32603 : -32602, problem.code, problem.message, {
    data: details(problem),
  });
