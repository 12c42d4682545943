import { capabilities, type Era, isObject, type McpCall, type McpHeaders } from './era.ts';
import type { McpMethod } from './host.ts';
import { forTheModel, modernRefusal, RpcError } from './refusal.ts';

/** The only revision of its era so far. */
const modernVersion = '2026-07-28';

/** Where a request names its revision. */
const versionKey = 'io.modelcontextprotocol/protocolVersion';

const capabilitiesKey = 'io.modelcontextprotocol/clientCapabilities';
const serverInfoKey = 'io.modelcontextprotocol/serverInfo';

/** How long clients may keep an answer, never shared between keys: what is listed depends on the key. */
const list = { ttlMs: 3_600_000, cacheScope: 'private' } as const;
/** An event is in the very next answer, so a read is good for one look only. */
const read = { ttlMs: 0, cacheScope: 'private' } as const;
const cache = {
  'server/discover': list,
  'tools/list': list,
  'prompts/list': list,
  'resources/list': list,
  'resources/templates/list': list,
  'resources/read': read,
} as const;

const cacheable = (method: string): method is keyof typeof cache => Object.hasOwn(cache, method);

const discover: McpMethod = (host) => ({
  supportedVersions: [modernVersion],
  capabilities: capabilities(host, 'modern'),
  instructions: host.instructions,
});

/** Revision 2026-07-28: each request says all there is to know about itself, twice where gateways look (spec/mcp.md §3). */
export const modern: Era = {
  name: 'modern',
  check: (call, headers) => {
    checkVersion(call, headers);
    checkMeta(call);
    checkHeader('Mcp-Method', call.method, headers);
    const named =
      call.method === 'resources/read'
        ? call.params.uri
        : ['tools/call', 'prompts/get'].includes(call.method)
          ? call.params.name
          : undefined;
    if (typeof named === 'string') checkHeader('Mcp-Name', named, headers);
  },
  methods: new Map([['server/discover', discover]]),
  unknownMethod: 404,
  dress: (method, result, host) => ({
    resultType: 'complete',
    ...(cacheable(method) ? cache[method] : {}),
    ...result,
    _meta: { ...(isObject(result._meta) ? result._meta : {}), [serverInfoKey]: host.serverInfo },
  }),
  toolFailure: forTheModel,
  otherFailure: modernRefusal,
};

/** Said before all else: an unknown version is what tells a client of both eras to fall back. */
const checkVersion = ({ meta }: McpCall, headers: McpHeaders): void => {
  const stated = meta[versionKey];
  if (typeof stated === 'string') checkHeader('MCP-Protocol-Version', stated, headers);
  const requested = typeof stated === 'string' ? stated : headers['mcp-protocol-version']?.trim();
  if (requested === undefined || requested === modernVersion) return;
  throw new RpcError(
    -32022,
    'unsupported_protocol_version',
    `This endpoint speaks ${modernVersion} without a handshake, or older versions after initialize.`,
    {
      status: 400,
      data: { supported: [modernVersion], requested },
    },
  );
};

const checkMeta = ({ meta }: McpCall): void => {
  const missing = [
    ...(typeof meta[versionKey] === 'string' ? [] : [versionKey]),
    ...(isObject(meta[capabilitiesKey]) ? [] : [capabilitiesKey]),
  ];
  if (missing.length === 0) return;
  throw new RpcError(
    -32602,
    'invalid_params',
    `params._meta lacks ${missing.join(' and ')}; every request of ${modernVersion} carries both.`,
    {
      status: 400,
      data: { missing },
    },
  );
};

const checkHeader = (name: string, stated: string, headers: McpHeaders): void => {
  const sent = headers[name.toLowerCase()]?.trim();
  if (sent !== undefined && decoded(sent) === stated) return;
  const why =
    sent === undefined ? `The header ${name} is missing` : `The header ${name} differs from the body`;
  throw new RpcError(-32020, 'header_mismatch', `${why}; it repeats what the body says.`, {
    status: 400,
    data: { header: name },
  });
};

/** A header’s text; values outside plain ASCII travel as `=?base64?…?=`. Undefined where that is not base64 of UTF-8. */
const decoded = (value: string): string | undefined => {
  const encoded = /^=\?base64\?(.*)\?=$/.exec(value)?.[1];
  if (encoded === undefined) return value;
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(encoded)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      Uint8Array.from(atob(encoded), (byte) => byte.charCodeAt(0)),
    );
  } catch {
    return undefined;
  }
};

/** Whether a request is of this era: its `_meta` names a version, or the header names this one or a later, or only this era knows the method (spec/mcp.md §1). */
export const isModern = ({ method, params, meta }: McpCall, headers: McpHeaders): boolean => {
  const named = Object.hasOwn(meta, versionKey);
  // A handshake is legacy even from clients that have learned the new revision; one inside the new envelope is no handshake but a removed method.
  if (method === 'initialize') return named && params.protocolVersion === undefined;
  return (
    named || method === 'server/discover' || (headers['mcp-protocol-version']?.trim() ?? '') >= modernVersion
  );
};
