import type { Keys } from './first-start.ts';

/** What a person needs at a start: everything at the first, little afterwards. */
export const welcome = ({ url, dir, keys, first }: { readonly url: string; readonly dir: string; readonly keys: Keys; readonly first: boolean }): string =>
  first ? `${headline(url, dir)}\n${firstSteps(url, keys.keys)}` : headline(url, dir);

const headline = (url: string, dir: string): string => `
  Millimetric runs on ${url}
  Data: ${dir} (keys in keys.json)
  Stop: Ctrl-C
`;

const firstSteps = (url: string, { sk, rk }: Keys['keys']): string => `
  Track an event:

curl ${url}/v1/track -H 'Authorization: Bearer ${sk}' -H 'Content-Type: application/json' \\
  -d '{"event":"sign_up","anonymous_id":"visitor-1","url":"https://example.com/pricing?utm_source=newsletter"}'

  Ask a question:

curl '${url}/v1/sources?from=last:7d' -H 'Authorization: Bearer ${rk}'

  Ask with an agent. Claude Code:

claude mcp add --transport http millimetric ${url}/mcp --header "Authorization: Bearer ${rk}"

  Cursor, in .cursor/mcp.json:

${JSON.stringify({ mcpServers: { millimetric: { url: `${url}/mcp`, headers: { Authorization: `Bearer ${rk}` } } } }, null, 2)}

  MCP Inspector:

npx mcp-inspector --cli ${url}/mcp --transport http --header "Authorization: Bearer ${rk}" --method tools/list

`;
