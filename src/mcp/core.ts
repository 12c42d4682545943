import { asProblem, Problem } from '../problems.ts';
import { mostLevels, shallow } from '../tools/shallow.ts';
import { shownFields } from '../tools/shown.ts';
import { type Era, isObject, type McpCall, type McpHeaders } from './era.ts';
import type { Json, McpHost } from './host.ts';
import { legacy } from './legacy.ts';
import { methods } from './methods.ts';
import { isModern, modern } from './modern.ts';
import { RpcError } from './refusal.ts';

/** One HTTP request to an MCP endpoint: the key is already known good, the origin allowed. */
export interface McpRequest {
  readonly method: string;
  readonly headers: McpHeaders;
  readonly body: string;
}

/** What goes back; `body` is JSON, empty at 202, or an event stream that is already over. */
export interface McpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers one MCP request of either era (spec/mcp.md §1–4). Never rejects; what the host throws by mistake goes to its `bug`. */
export const answer = async (request: McpRequest, host: McpHost): Promise<McpAnswer> => {
  const wrong = wrongTransport(request);
  if (wrong !== undefined) return json(wrong.status, shownFields(wrong.body), wrong.headers);
  const call = await readCall(request.body, host);
  if (call === 'heard') return { status: 202, headers: { 'Cache-Control': 'no-store' }, body: '' };
  if ('refusal' in call)
    return json(call.refusal.status, { jsonrpc: '2.0', id: call.id, error: call.refusal.error });

  const era = isModern(call, request.headers) ? modern : legacy;
  const said: Json[] = [];
  try {
    era.check(call, request.headers);
    const result = await resultOf(call, era, host, (method, params) =>
      said.push({ jsonrpc: '2.0', method, params }),
    );
    const message = { jsonrpc: '2.0', id: call.id, result: era.dress(call.method, result, host) };
    return said.length > 0 && request.headers.accept?.includes('text/event-stream')
      ? stream([...said, message])
      : json(200, message);
  } catch (thrown) {
    return failed(thrown, call, era, host);
  }
};

const resultOf = (
  call: McpCall,
  era: Era,
  host: McpHost,
  notify: (method: string, params: Json) => void,
): Json | Promise<Json> => {
  const method =
    methods.get(call.method) ??
    era.methods.get(call.method) ??
    host.beyond?.[era.name]?.methods.get(call.method);
  if (method !== undefined) return method(host, { era: era.name, params: call.params, notify });
  throw new RpcError(
    -32601,
    'method_not_found',
    `There is no method ${JSON.stringify(call.method.slice(0, 200))} here.`,
    {
      status: era.unknownMethod,
      data: { hint: `One of: ${[...era.methods.keys(), ...methods.keys()].join(', ')}.` },
    },
  );
};

const failed = (thrown: unknown, call: McpCall, era: Era, host: McpHost): McpAnswer => {
  if (!(thrown instanceof RpcError) && !(thrown instanceof Problem)) host.bug(thrown);
  const failure =
    thrown instanceof RpcError
      ? thrown
      : call.method === 'tools/call'
        ? era.toolFailure(asProblem(thrown))
        : era.otherFailure(asProblem(thrown));
  return failure instanceof RpcError
    ? json(failure.status, { jsonrpc: '2.0', id: call.id, error: failure.error })
    : json(200, { jsonrpc: '2.0', id: call.id, result: era.dress(call.method, { ...failure }, host) });
};

const wrongTransport = ({ method, headers }: McpRequest): Problem | undefined => {
  if (method !== 'POST') {
    return new Problem(
      'method_not_allowed',
      `${method} is not for this endpoint, which keeps no streams or sessions: use POST.`,
      {
        headers: { Allow: 'POST' },
      },
    );
  }
  if (/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) return undefined;
  return new Problem(
    'unsupported_media_type',
    `Content-Type is ${headers['content-type'] ?? 'missing'}: send application/json.`,
  );
};

/** `heard`: a notification or a client’s answer, which want none. */
const readCall = async (
  body: string,
  host: McpHost,
): Promise<McpCall | 'heard' | { readonly id: string | number | null; readonly refusal: RpcError }> => {
  let message: unknown;
  try {
    const text = body.replace(/^\ufeff/, '');
    message = host.parsed === undefined ? JSON.parse(text) : await host.parsed(text);
  } catch {
    return {
      id: null,
      refusal: new RpcError(-32700, 'parse_error', 'The body is not JSON.', { status: 400 }),
    };
  }
  if (!isObject(message))
    return notAnEnvelope(
      null,
      Array.isArray(message)
        ? 'Batches are not taken: send one message.'
        : 'The body must be one JSON-RPC object.',
    );
  if (!shallow(message, mostLevels))
    return notAnEnvelope(null, `The message is nested more than ${mostLevels} levels deep.`);
  const { jsonrpc, id, method } = message;
  const params = message.params ?? {};
  // Other numbers would not come back as they were sent.
  const readable = typeof id === 'string' || (typeof id === 'number' && Number.isSafeInteger(id)) ? id : null;
  if (jsonrpc !== '2.0') return notAnEnvelope(readable, 'jsonrpc must be "2.0".');
  if (method === undefined && ('result' in message || 'error' in message)) return 'heard';
  if (typeof method !== 'string') return notAnEnvelope(readable, 'method must be text, e.g. "tools/list".');
  if (id === undefined) return 'heard';
  if (readable === null) return notAnEnvelope(null, 'id must be text or a whole number below 2^53.');
  if (!isObject(params)) return notAnEnvelope(readable, 'params must be an object.');
  return { id: readable, method, params, meta: isObject(params._meta) ? params._meta : {} };
};

const notAnEnvelope = (
  id: string | number | null,
  message: string,
): { readonly id: string | number | null; readonly refusal: RpcError } => ({
  id,
  refusal: new RpcError(-32600, 'invalid_request', message, { status: 400 }),
});

const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): McpAnswer => ({
  status,
  headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers },
  body: JSON.stringify(body),
});

const stream = (messages: readonly Json[]): McpAnswer => ({
  status: 200,
  headers: { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' },
  body: messages.map((message) => `event: message\ndata: ${JSON.stringify(message)}\n\n`).join(''),
});
