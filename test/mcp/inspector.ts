import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isObject } from '../../src/mcp/era.ts';
import type { EraName, Json } from '../../src/mcp/host.ts';
import { type Expectations, productExpectations } from './expectations.ts';
import { textOf } from './official-clients.ts';
import { installPeers, peer } from './peers.ts';

const bin = peer('mcp-inspector');

/** Rejects with the first thing the Inspector’s command line finds otherwise than expected; some five seconds. */
export const inspectorAgrees = async (
  era: EraName,
  url: string,
  headers: Readonly<Record<string, string>>,
  expected: Expectations,
): Promise<void> => {
  // The Inspector keeps a catalog in the home folder; this one has none to find and leaves none.
  const home = await mkdtemp(join(tmpdir(), 'inspector-'));
  const sent = Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
  const inspect = (...args: readonly string[]): Promise<Said> =>
    run(home, [
      '--cli',
      url,
      '--transport',
      'http',
      ...sent,
      '--protocol-era',
      era,
      '--stored-auth-only',
      '--format',
      'json',
      '-q',
      '--method',
      ...args,
    ]);
  const call = (name: string, args: Json): Promise<Said> =>
    inspect('tools/call', '--tool-name', name, '--tool-args-json', JSON.stringify(args));
  const prompt = (name: string, args: Json): Promise<Said> =>
    inspect(
      'prompts/get',
      '--prompt-name',
      name,
      ...(Object.keys(args).length === 0
        ? []
        : ['--prompt-args', ...Object.entries(args).map(([key, value]) => `${key}=${value}`)]),
    );
  try {
    const { result: met } = ok(await inspect('initialize'));
    assert.partialDeepStrictEqual(met, { protocolVersion: era === 'modern' ? '2026-07-28' : '2025-11-25' });

    // `--strict` goes with tools/list alone, and exits 6 where a schema would trouble some host.
    const { result: listed } = ok(await inspect('tools/list', '--strict'));
    const names = Array.isArray(listed.tools)
      ? listed.tools.map((tool: unknown) => (isObject(tool) ? tool.name : undefined))
      : [];
    for (const name of expected.tools) assert.ok(names.includes(name), `${name} is not among ${names}`);

    const { result: called } = ok(await call(expected.call.name, expected.call.args));
    assert.partialDeepStrictEqual(called.structuredContent, expected.call.structured);
    assert.match(
      JSON.stringify(ok(await inspect('resources/read', '--uri', expected.resource.uri)).result),
      expected.resource.says,
    );
    assert.match(
      JSON.stringify(ok(await prompt(expected.prompt.name, expected.prompt.args)).result),
      expected.prompt.says,
    );

    const bad = await call(expected.badArguments.name, expected.badArguments.args);
    assert.equal(bad.code, exits.isError, bad.stderr);
    assert.match(textOf(bad.result), expected.badArguments.says);
    assert.equal((await call('no_such_thing', {})).code, exits.isError);
    refused(await inspect('resources/read', '--uri', expected.unknownResource), 'unknown_resource');
    refused(await prompt('no_such_thing', {}), 'unknown_prompt');
  } finally {
    await rm(home, { recursive: true });
  }
};

const exits = { ok: 0, refused: 1, isError: 5 } as const;

interface Said {
  readonly code: number;
  readonly result: Json;
  readonly stderr: string;
}

const ok = (said: Said): Said => {
  assert.equal(said.code, exits.ok, said.stderr);
  return said;
};

const refused = ({ code, stderr }: Said, word: string): void => {
  assert.equal(code, exits.refused, stderr);
  assert.partialDeepStrictEqual(JSON.parse(stderr), { error: { message: word } });
};

const run = (home: string, args: readonly string[]): Promise<Said> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [bin, ...args],
      { env: { ...process.env, HOME: home }, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        const said: unknown = stdout === '' ? {} : JSON.parse(stdout);
        const result = isObject(said) && isObject(said.result) ? said.result : {};
        resolve({ code: error === null ? 0 : Number(error.code), result, stderr });
      },
    );
  });

if (import.meta.main) {
  installPeers();
  const [url, key] = process.argv.slice(2);
  if (url === undefined || key === undefined)
    throw new Error('usage: node test/mcp/inspector.ts http://127.0.0.1:8787/mcp KEY');
  for (const era of ['legacy', 'modern'] as const) {
    await inspectorAgrees(era, url, { Authorization: `Bearer ${key}` }, productExpectations);
    console.log(`✓ Inspector, ${era}`);
  }
}
