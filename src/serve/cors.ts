import type { Route } from '../routes.ts';

/**
 * On every answer: any page may read it, because keys travel in headers and never in cookies; which pages may *use* a browser key is
 * decided per project (access/may.ts).
 */
export const cors = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'X-Request-Id, Retry-After, WWW-Authenticate',
} as const;

/** What MCP clients in a page send beyond the rest. */
const mcpHeaders = ', Accept, MCP-Protocol-Version, Mcp-Method, Mcp-Name, Mcp-Session-Id, Last-Event-ID';

/** The answer to a preflight of this path (204). `Max-Age`: two hours, the most that browsers keep. */
export const preflight = (
  path: string,
  methods: readonly Route['method'][],
): Readonly<Record<string, string>> => ({
  ...cors,
  'Access-Control-Allow-Methods': methods.join(', '),
  'Access-Control-Allow-Headers': `Authorization, Content-Type${path.startsWith('/mcp') ? mcpHeaders : ''}`,
  'Access-Control-Max-Age': '7200',
});

/** On every 401 (contract §2). */
export const challenge = { 'WWW-Authenticate': 'Bearer realm="mcp"' } as const;
