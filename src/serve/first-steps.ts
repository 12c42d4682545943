/** What a person does first with an installation, keys filled in, ready to paste: an event, a question, and how agents come in. `url` has no slash at the end. */
export const firstSteps = (url: string, { sk, rk }: { readonly sk: string; readonly rk: string }): string => `
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
