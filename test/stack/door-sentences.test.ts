import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { doorBundle } from '../../bench/bundles.ts';
import document from '../../docs/openapi.json' with { type: 'json' };
import { settingNames } from '../../src/aws/settings.ts';
import { openapi } from '../../src/serve/openapi.ts';
import { version } from '../../src/version.ts';

const run = promisify(execFile);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millimetric-doors-'));
  for (const name of ['query', 'init', 'site'])
    await writeFile(join(folder, `${name}.mjs`), (await doorBundle(name)).code);
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a door’s bundle answers in a Node of its own, where nothing else has told zod how to speak. */
const said = async (door: string, event: unknown): Promise<string> => {
  const program = `
    const { handler } = await import(${JSON.stringify(join(folder, `${door}.mjs`))});
    const answer = await handler(${JSON.stringify(event)}, { getRemainingTimeInMillis: () => 20_000 }).catch((thrown) => ({ body: thrown.message }));
    process.stdout.write('\\n---\\n' + answer.body, () => process.exit(0));`;
  const env = {
    AWS_REGION: 'eu-west-1',
    ...Object.fromEntries(Object.values(settingNames).map((name) => [name, 'x'])),
  };
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], {
    env,
    maxBuffer: 8 << 20,
  });
  // Before it stands the log.
  return stdout.split('\n---\n').at(-1) ?? '';
};

const request = (resource: string, query: Readonly<Record<string, string>> = {}) => ({
  resource,
  httpMethod: 'GET',
  headers: {},
  multiValueHeaders: {},
  queryStringParameters: query,
  multiValueQueryStringParameters: Object.fromEntries(
    Object.entries(query).map(([name, text]) => [name, [text]]),
  ),
  body: null,
  isBase64Encoded: false,
  requestContext: {
    requestId: 'r',
    identity: { sourceIp: '192.0.2.1' },
    authorizer: {
      ...{ key: 'rk_live_AbCd1234', kind: 'rk', env: 'live', scope: '', account_id: 'a', plan: 'unlimited' },
      ...{ project_id: 'p', project_slug: 'demo', timezone: 'UTC', allowed_origins: '[]' },
    },
  },
});

test.each([
  [{ group_by: 'country,source,medium,path' }, 'get_stats: group_by: takes at most 3 entries; more came'],
  [
    { group_by: `properties.${'k'.repeat(400)}` },
    'get_stats: group_by: a column’s name has at most 300 characters; more came',
  ],
  [{ limit: 'many' }, 'get_stats: limit: must be a number; got "many"'],
])('a question’s door says what is wrong with %j in words', async (query, sentence) => {
  expect(JSON.parse(await said('query', request('/v1/stats', query)))).toMatchObject({
    error: 'invalid_params',
    message: sentence,
  });
});

test('a wrong order to begin with is refused in words', async () => {
  expect(await said('init', { rotate: 1 })).toBe(
    'The order does not fit: ✖ Invalid input: expected boolean, received number\n  → at rotate',
  );
});

test('the site shows the very document that the tables make', async () => {
  expect(JSON.stringify(document)).toBe(JSON.stringify(openapi(version)));
  expect(await said('site', request('/v1/openapi.json'))).toBe(JSON.stringify(openapi(version)));
});
