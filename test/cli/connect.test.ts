import { describe, expect, test } from 'vitest';
import { steps } from '../../src/serve/first-steps.ts';
import { desk, saveKeys } from './desk.ts';

const typed = async (...args: string[]) => {
  const at = desk({ errIsTty: true });
  saveKeys(at);
  return { exit: await at.type('connect', ...args), ...at.said };
};

test('without a name it prints the lines of every way in, keys filled in', async () => {
  const { exit, out } = await typed('--url', 'https://api.example');
  expect(exit).toBe(0);
  for (const line of [
    'data-key="pk_live_a" data-host="https://api.example"',
    "curl https://api.example/v1/track -H 'Authorization: Bearer sk_live_secret'",
    'claude mcp add --transport http millimetric https://api.example/mcp --header "Authorization: Bearer rk_live_read"',
    'npx @modelcontextprotocol/inspector --cli https://api.example/mcp',
  ])
    expect(out).toContain(line);
  expect(out).not.toContain('npx mcp-inspector');
});

describe('one way alone', () => {
  const url = 'http://127.0.0.1:8787/mcp';
  const headers = { Authorization: 'Bearer rk_live_read' };
  test.each([
    ['cursor', { mcpServers: { millimetric: { url, headers } } }],
    ['vscode', { servers: { millimetric: { type: 'http', url, headers } } }],
  ])('%s is the whole file, as JSON', async (name, whole) => {
    const { out, err } = await typed(name);
    expect(JSON.parse(out)).toEqual(whole);
    expect(err).toContain('mcp.json');
  });

  test('codex is a table of config.toml', async () => {
    expect((await typed('codex')).out).toBe(
      `[mcp_servers.millimetric]\nurl = "${url}"\nhttp_headers = { Authorization = "Bearer rk_live_read" }\n`,
    );
  });

  test.each(Object.keys(steps))('%s holds the keys it needs and no ak_ key', async (name) => {
    const { exit, out } = await typed(name);
    expect(exit).toBe(0);
    expect(out).toMatch(/[prs]k_live_/);
    expect(out).not.toContain('ak_live');
  });
});

test.each([
  [['cluade'], 'Nothing is known of `cluade`. Did you mean `claude`? There are: page, curl, claude, '],
  [['page', 'curl'], 'One at a time: `connect page`, then `connect curl`; or all: `connect`.'],
  [['--key', 'x'], 'There is no flag `--key` here.'],
])('%j is wrong usage', async (args, sentence) => {
  const { exit, err } = await typed(...args);
  expect([exit, err.startsWith(sentence)]).toEqual([2, true]);
});

test('before the first start it says what to do', async () => {
  const at = desk();
  expect(await at.type('connect')).toBe(1);
  expect(at.said.err).toContain('Start the product once (`npm start`)');
});
