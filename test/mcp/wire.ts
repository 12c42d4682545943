import { answer, type McpAnswer } from '../../src/mcp/core.ts';
import { isObject } from '../../src/mcp/era.ts';
import type { Json, McpHost } from '../../src/mcp/host.ts';
import { fixtureHost } from './fixtures.ts';

/** What came back over the wire, the body parsed (`{}` where there is none). */
export interface Heard {
  readonly status: number;
  readonly headers: McpAnswer['headers'];
  readonly body: Json;
  readonly result: Json;
  readonly error: Json;
}

/** Sends a body to the fixtures’ core as it stands. */
export const send = async (
  body: string,
  headers: Readonly<Record<string, string>> = {},
  host: McpHost = fixtureHost(),
): Promise<Heard> =>
  heard(
    await answer({ method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body }, host),
  );

/** A request without handshake, headers or `_meta`: legacy. */
export const plainly = (
  method: unknown,
  params?: unknown,
  headers: Readonly<Record<string, string>> = {},
  host?: McpHost,
): Promise<Heard> => send(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }), headers, host);

/** `_meta` as the modern era wants it. */
export const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
} as const;

/** A request in the modern envelope, its headers right unless `headers` says otherwise (null: left out). */
export const modernly = (
  method: string,
  params: Json = {},
  headers: Readonly<Record<string, string | null>> = {},
  host?: McpHost,
): Promise<Heard> => {
  const named = method === 'resources/read' ? params.uri : params.name;
  const right = {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    ...(typeof named === 'string' ? { 'mcp-name': named } : {}),
  };
  const sent = Object.entries({ ...right, ...headers }).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as const],
  );
  return send(
    JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { _meta: meta, ...params } }),
    Object.fromEntries(sent),
    host,
  );
};

/** Reads an answer; throws where its body is neither empty nor a JSON object. */
export const heard = ({ status, headers, body: text }: McpAnswer): Heard => {
  const body: unknown = text === '' ? {} : JSON.parse(text);
  if (!isObject(body)) throw new Error(`not a JSON object: ${text}`);
  return {
    status,
    headers,
    body,
    result: isObject(body.result) ? body.result : {},
    error: isObject(body.error) ? body.error : {},
  };
};
