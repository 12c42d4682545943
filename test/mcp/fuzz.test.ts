import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { answer } from '../../src/mcp/core.ts';
import { fixtureHost } from './fixtures.ts';
import { heard, meta } from './wire.ts';

const methods = [
  'initialize',
  'ping',
  'server/discover',
  'tools/list',
  'tools/call',
  'resources/list',
  'resources/read',
  'resources/templates/list',
  'prompts/list',
  'prompts/get',
  'completion/complete',
  'notifications/x',
];
const oddKeys = ['__proto__', 'constructor', 'toString', 'then', 'toJSON'];
const oddTexts = fc.oneof(
  fc.constantFrom(
    ...oddKeys,
    '',
    '\u0000',
    '\uD800',
    '=?base64?',
    '=?base64?/w==?=',
    '2026-07-28',
    '2025-11-25',
    'divide',
  ),
  fc.string({ unit: 'binary' }),
);
const oddNumbers = fc.constantFrom('1e400', '-1e400', '12345678901234567890', '-0', '1e-400', '0.1');

/** JSON text, so that what no JavaScript value can say is sent too: keys twice, `__proto__`, huge numbers, depth. */
const anyJson: fc.Arbitrary<string> = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom('null', 'true', 'false', '{}', '[]'),
    oddNumbers,
    fc.integer().map(String),
    oddTexts.map((text) => JSON.stringify(text)),
    fc.array(tie('json'), { maxLength: 4 }).map((items) => `[${items}]`),
    fc.array(fc.tuple(oddTexts, tie('json')), { maxLength: 4 }).map((fields) => objectOf(fields)),
    fc.constantFrom(90, 150, 20_000).map((deep) => '['.repeat(deep) + ']'.repeat(deep)),
  ),
})).json;

const objectOf = (fields: readonly (readonly [string, string])[]): string =>
  `{${fields.map(([key, value]) => `${JSON.stringify(key)}:${value}`)}}`;

const mostly = (right: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof({ weight: 3, arbitrary: right }, { weight: 1, arbitrary: anyJson });
const quoted = (...texts: readonly string[]): fc.Arbitrary<string> =>
  fc.constantFrom(...texts).map((text) => JSON.stringify(text));

const params = fc
  .record(
    {
      _meta: mostly(fc.constantFrom(JSON.stringify(meta), '{"progressToken":1}')),
      name: mostly(
        quoted(
          'divide',
          'test_tool_with_progress',
          'test_input_required_result_multi_round',
          'test_prompt_with_arguments',
        ),
      ),
      uri: mostly(quoted('test://static-text', 'test://template/1/data')),
      arguments: mostly(
        fc.constantFrom(
          '{"dividend":6,"divisor":3}',
          '{"arg1":"a","arg2":"b"}',
          '{"__proto__":{"isError":true}}',
        ),
      ),
      ref: mostly(fc.constant('{"type":"ref/prompt","name":"test_simple_prompt"}')),
      argument: mostly(fc.constant('{"name":"a","value":"b"}')),
      context: anyJson,
      cursor: anyJson,
      protocolVersion: mostly(quoted('2025-11-25')),
      inputResponses: anyJson,
      requestState: anyJson,
    },
    { requiredKeys: [] },
  )
  .map((fields) => objectOf(Object.entries(fields)));

const envelope = fc
  .record(
    {
      jsonrpc: mostly(fc.constant('"2.0"')),
      id: mostly(fc.constantFrom('1', '"a"')),
      method: mostly(quoted(...methods)),
      params: mostly(params),
    },
    { requiredKeys: [] },
  )
  .map((fields) => objectOf(Object.entries(fields)));

const headers = fc.record(
  {
    'content-type': fc.constant('application/json'),
    accept: fc.constantFrom('*/*', 'application/json, text/event-stream'),
    'mcp-protocol-version': fc.oneof(fc.constantFrom('2026-07-28', '2025-11-25'), oddTexts),
    'mcp-method': fc.oneof(fc.constantFrom(...methods), oddTexts),
    'mcp-name': fc.oneof(fc.constantFrom('divide', 'test://static-text'), oddTexts),
  },
  { requiredKeys: ['content-type'] },
);

const wild = fc.record({
  body: fc.oneof(
    { weight: 8, arbitrary: envelope },
    { weight: 1, arbitrary: anyJson },
    { weight: 1, arbitrary: fc.string() },
  ),
  sent: headers,
});

const called = [
  'divide',
  'test_tool_with_progress',
  'test_input_required_result_multi_round',
  'test_error_handling',
];

/** A request that is right in all but at most one field, so that the far ends of the core are reached as well. */
const nearlyRight = fc
  .record({
    method: fc.constantFrom('tools/call', 'tools/list', 'prompts/list', 'ping', 'nope', 'server/discover'),
    name: fc.constantFrom(...called),
    modern: fc.boolean(),
    wrong: fc.option(
      fc.tuple(fc.constantFrom('_meta', 'name', 'arguments', 'inputResponses', 'requestState'), anyJson),
    ),
  })
  .map(({ method, name, modern, wrong }) => {
    const right: Record<string, string> = {
      _meta: JSON.stringify({ progressToken: 'p', ...(modern ? meta : {}) }),
      name: JSON.stringify(name),
      arguments: '{"dividend":6,"divisor":3}',
    };
    if (wrong !== null) right[wrong[0]] = wrong[1];
    const repeated = modern
      ? { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, 'mcp-name': name }
      : {};
    return {
      body: `{"jsonrpc":"2.0","id":1,"method":${JSON.stringify(method)},"params":${objectOf(Object.entries(right))}}`,
      sent: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...repeated,
      },
    };
  });

const runs = Number(process.env.FUZZ_RUNS ?? 2_000);

test(`whatever is sent gets a status and JSON, and no bug shows (${runs} messages)`, {
  timeout: 30_000 + runs * 20,
}, async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.oneof(wild, nearlyRight), async ({ body, sent }) => {
      const bugs: unknown[] = [];
      const told = await answer({ method: 'POST', headers: sent, body }, fixtureHost(bugs));
      expect([200, 202, 400, 404]).toContain(told.status);
      if (told.status === 202) {
        expect(told.body).toBe('');
      } else if (told.headers['Content-Type'] === 'text/event-stream') {
        seen.add('stream');
        expect(told.body).toMatch(/^event: message\ndata: \{/);
      } else {
        const { body: json, error } = heard(told);
        expect(json.jsonrpc).toBe('2.0');
        expect('result' in json).not.toBe('error' in json);
        seen.add(`${told.status} ${'result' in json ? 'result' : 'error'}`);
        const refused = {
          code: expect.any(Number),
          message: expect.stringMatching(/^[a-z_]+$/),
          data: { reason: expect.any(String), message: expect.any(String) },
        };
        if ('error' in json) expect(error).toMatchObject(refused);
      }
      expect(bugs).toEqual([]);
    }),
    { numRuns: runs },
  );
  expect([...seen].sort()).toEqual(['200 error', '200 result', '400 error', '404 error', 'stream']);
  expect(Object.prototype).not.toHaveProperty('isError');
});

test('a body of a million brackets is refused, not a stack overflow', async () => {
  for (const body of [
    '['.repeat(1_000_000),
    '['.repeat(1_000_000) + ']'.repeat(1_000_000),
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"divide","arguments":${'{"a":'.repeat(500_000)}1${'}'.repeat(500_000)}}}`,
  ]) {
    const told = await answer(
      { method: 'POST', headers: { 'content-type': 'application/json' }, body },
      fixtureHost(),
    );
    expect([200, 400]).toContain(told.status);
    heard(told);
  }
});
