import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isObject } from '../../src/mcp/era.ts';

/** Google’s own library, whose converter is the strictest that agents meet, and the MCP package that it reads tools with. */
const google = { 'google-genai': '3.6.1', mcp: '2.3.0' } as const;
const caches = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
const venv = join(
  process.env.MILLIMETRIC_GOOGLE_CACHE ?? join(caches, 'millimetric-google-genai'),
  google['google-genai'],
);
const run = promisify(execFile);

const program = `
import json, sys
from mcp.types import Tool
from google.genai import _mcp_utils
read = _mcp_utils.mcp_to_gemini_tools([Tool(**tool) for tool in json.load(sys.stdin)])
print(json.dumps({d.name: sorted(d.parameters.properties) for t in read for d in t.function_declarations}))
`;

/** Rejects unless google-genai’s converter reads all that `tools/list` shows, every input by its name. Installs the library into a folder of its own where it is missing. */
export const googleReads = async (
  endpoint: string,
  headers: Readonly<Record<string, string>>,
): Promise<void> => {
  if (!existsSync(join(venv, 'installed'))) await install();
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
  });
  const said: unknown = await answer.json();
  const result = isObject(said) && isObject(said.result) ? said.result : {};
  const tools = Array.isArray(result.tools) ? result.tools.filter(isObject) : [];
  const read: unknown = JSON.parse(await converted(tools));
  const wanted = Object.fromEntries(
    tools.map(({ name, inputSchema }) => [name, Object.keys(Object(inputSchema).properties).toSorted()]),
  );
  if (tools.length === 0 || JSON.stringify(read) !== JSON.stringify(wanted))
    throw new Error(`google-genai read ${JSON.stringify(read)}, listed are ${JSON.stringify(wanted)}`);
};

const install = async (): Promise<void> => {
  await rm(venv, { recursive: true, force: true });
  await run('python3', ['-m', 'venv', venv]);
  const packages = Object.entries(google).map(([name, version]) => `${name}==${version}`);
  await run(join(venv, 'bin', 'pip'), ['install', '--quiet', ...packages]);
  await run('touch', [join(venv, 'installed')]);
};

const converted = (tools: readonly unknown[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const python = spawn(join(venv, 'bin', 'python'), ['-c', program], { stdio: ['pipe', 'pipe', 'pipe'] });
    let out = '';
    let complaint = '';
    python.stdout.on('data', (text) => (out += text));
    python.stderr.on('data', (text) => (complaint += text));
    python.on('error', reject);
    python.on('close', (code) => (code === 0 ? resolve(out) : reject(new Error(complaint))));
    python.stdin.end(JSON.stringify(tools));
  });
