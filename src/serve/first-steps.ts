/** The keys that the lines below hold. */
export interface StepKeys {
  readonly pk: string;
  readonly sk: string;
  readonly rk: string;
}

/** One way to connect: what it is, where its lines go, and the lines, ready to paste. */
export interface FirstStep {
  readonly does: string;
  readonly lines: (url: string, keys: StepKeys) => string;
}

const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });
const json = (value: unknown): string => JSON.stringify(value, null, 2);

/** The line that a page needs which calls `mm` before the loader has come. */
export const queueStub =
  '<script>window.mm=window.mm||{q:[]};["track","identify","page","flush","getAnonymousId","setAnonymousId"].forEach(function(n){mm[n]=mm[n]||function(a,b){mm.q.push([n,a,b])}})</script>';

/** How pages, servers and agents come in. `npm start`, `millimetric connect`, `init` and the page at `/` are made from these. */
export const steps = {
  page: {
    does: 'Track a page of an allowed origin: two lines in its <head>',
    lines: (url, { pk }) =>
      `${queueStub}\n<script async src="${url}/v1/a.js" data-key="${pk}" data-host="${url}"></script>`,
  },
  curl: {
    does: 'Track an event and ask a question, from any shell',
    lines: (
      url,
      { sk, rk },
    ) => `curl ${url}/v1/track -H 'Authorization: Bearer ${sk}' -H 'Content-Type: application/json' \\
  -d '{"event":"sign_up","anonymous_id":"visitor-1","url":"https://example.com/pricing?utm_source=newsletter"}'

curl '${url}/v1/sources?from=last:7d' -H 'Authorization: Bearer ${rk}'`,
  },
  claude: {
    does: 'Ask with Claude Code',
    lines: (url, { rk }) =>
      `claude mcp add --transport http millimetric ${url}/mcp --header "Authorization: Bearer ${rk}"`,
  },
  cursor: {
    does: 'Ask with Cursor, in .cursor/mcp.json',
    lines: (url, { rk }) => json({ mcpServers: { millimetric: { url: `${url}/mcp`, headers: bearer(rk) } } }),
  },
  vscode: {
    does: 'Ask with VS Code, in .vscode/mcp.json',
    lines: (url, { rk }) =>
      json({ servers: { millimetric: { type: 'http', url: `${url}/mcp`, headers: bearer(rk) } } }),
  },
  codex: {
    does: 'Ask with Codex, in ~/.codex/config.toml',
    lines: (url, { rk }) =>
      `[mcp_servers.millimetric]\nurl = "${url}/mcp"\nhttp_headers = { Authorization = "Bearer ${rk}" }`,
  },
  inspector: {
    does: 'Look at it with the MCP Inspector',
    lines: (url, { rk }) =>
      `npx @modelcontextprotocol/inspector --cli ${url}/mcp --transport http --header "Authorization: Bearer ${rk}" --method tools/list`,
  },
} as const satisfies Readonly<Record<string, FirstStep>>;

/** What a person does first with an installation, keys filled in, ready to paste. `url` has no slash at the end. */
export const firstSteps = (url: string, keys: StepKeys): string =>
  `\n${Object.values(steps satisfies Readonly<Record<string, FirstStep>>)
    .map(({ does, lines }) => `  ${does}:\n\n${lines(url, keys)}\n\n`)
    .join('')}`;
