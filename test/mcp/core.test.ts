import { describe, expect, test } from 'vitest';
import { answer } from '../../src/mcp/core.ts';
import { fixtureHost } from './fixtures.ts';
import { heard, modernly, plainly, send } from './wire.ts';

describe('before any message is read', () => {
  test.each(['GET', 'DELETE', 'PUT', 'HEAD'])('%s is refused and told to POST', async (method) => {
    const told = heard(await answer({ method, headers: {}, body: '' }, fixtureHost()));
    expect(told).toMatchObject({
      status: 405,
      headers: { Allow: 'POST', 'Cache-Control': 'no-store' },
      body: { error: 'method_not_allowed' },
    });
  });

  test.each(['text/plain', 'application/jsonp', 'application/x-www-form-urlencoded', ''])(
    'the content type %j is refused',
    async (type) => {
      expect(await send('{}', { 'content-type': type })).toMatchObject({
        status: 415,
        body: { error: 'unsupported_media_type' },
      });
    },
  );

  test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset=UTF-8'])(
    'the content type %j is taken',
    async (type) => {
      expect(await plainly('ping', {}, { 'content-type': type })).toMatchObject({
        status: 200,
        body: { jsonrpc: '2.0', id: 1, result: {} },
      });
    },
  );
});

describe('envelopes', () => {
  test.each([
    { body: '', code: -32700, word: 'parse_error', id: null },
    { body: '{"jsonrpc":', code: -32700, word: 'parse_error', id: null },
    { body: '[{"jsonrpc":"2.0","id":1,"method":"ping"}]', code: -32600, word: 'invalid_request', id: null },
    { body: '[]', code: -32600, word: 'invalid_request', id: null },
    { body: '"ping"', code: -32600, word: 'invalid_request', id: null },
    { body: 'null', code: -32600, word: 'invalid_request', id: null },
    { body: '{}', code: -32600, word: 'invalid_request', id: null },
    { body: '{"id":1,"method":"ping"}', code: -32600, word: 'invalid_request', id: 1 },
    { body: '{"jsonrpc":"1.0","id":1,"method":"ping"}', code: -32600, word: 'invalid_request', id: 1 },
    { body: '{"jsonrpc":"2.0","id":1}', code: -32600, word: 'invalid_request', id: 1 },
    { body: '{"jsonrpc":"2.0","id":"a","method":7}', code: -32600, word: 'invalid_request', id: 'a' },
    { body: '{"jsonrpc":"2.0","id":null,"method":"ping"}', code: -32600, word: 'invalid_request', id: null },
    { body: '{"jsonrpc":"2.0","id":{},"method":"ping"}', code: -32600, word: 'invalid_request', id: null },
    { body: '{"jsonrpc":"2.0","id":1.5,"method":"ping"}', code: -32600, word: 'invalid_request', id: null },
    { body: '{"jsonrpc":"2.0","id":1e400,"method":"ping"}', code: -32600, word: 'invalid_request', id: null },
    {
      body: '{"jsonrpc":"2.0","id":12345678901234567890,"method":"ping"}',
      code: -32600,
      word: 'invalid_request',
      id: null,
    },
    {
      body: '{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}',
      code: -32600,
      word: 'invalid_request',
      id: 1,
    },
    {
      body: `{"jsonrpc":"2.0","id":1,"method":"ping","params":${'{"a":'.repeat(100)}1${'}'.repeat(100)}}`,
      code: -32600,
      word: 'invalid_request',
      id: null,
    },
    {
      body: '{"jsonrpc":"2.0","id":1,"method":"ping","params":"x"}',
      code: -32600,
      word: 'invalid_request',
      id: 1,
    },
  ])('$body is refused', async ({ body, code, word, id }) => {
    const told = await send(body);
    expect(told).toMatchObject({
      status: 400,
      body: { jsonrpc: '2.0', id },
      error: { code, message: word, data: { reason: word } },
    });
  });

  test.each([
    '{"jsonrpc":"2.0","method":"notifications/initialized"}',
    '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}',
    '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"divide"}}',
    '{"jsonrpc":"2.0","id":7,"result":{}}',
    '{"jsonrpc":"2.0","id":7,"error":{"code":1,"message":"no"}}',
  ])('%s is heard and wants no answer', async (body) => {
    for (const headers of [{}, { 'mcp-protocol-version': '2026-07-28' }]) {
      const told = await answer(
        { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body },
        fixtureHost(),
      );
      expect(told).toEqual({ status: 202, headers: { 'Cache-Control': 'no-store' }, body: '' });
    }
  });

  test.each(['x', '', 'é\u0000', 0, -5, Number.MAX_SAFE_INTEGER])(
    'the id %j comes back as it was sent',
    async (id) => {
      expect((await send(JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' }))).body).toEqual({
        jsonrpc: '2.0',
        id,
        result: {},
      });
    },
  );
});

describe('which era', () => {
  const both = { ttlMs: expect.any(Number) };
  test.each([
    { says: 'nothing', era: 'legacy', ask: () => plainly('tools/list') },
    {
      says: 'a known older version in the header',
      era: 'legacy',
      ask: () => plainly('tools/list', {}, { 'mcp-protocol-version': '2025-03-26' }),
    },
    {
      says: 'an unrelated _meta',
      era: 'legacy',
      ask: () => plainly('tools/list', { _meta: { progressToken: 1 } }),
    },
    { says: 'the version in _meta and header', era: 'modern', ask: () => modernly('tools/list') },
  ])('a request that says $says is $era', async ({ era, ask }) => {
    const { status, result } = await ask();
    expect(status).toBe(200);
    if (era === 'modern') expect(result).toMatchObject({ resultType: 'complete', ...both });
    else expect(Object.keys(result)).toEqual(['tools']);
  });

  test.each([
    {
      says: 'the modern version in the header alone',
      ask: () => plainly('tools/list', {}, { 'mcp-protocol-version': '2026-07-28' }),
      code: -32602,
    },
    {
      says: 'a later version in the header',
      ask: () => plainly('tools/list', {}, { 'mcp-protocol-version': '2027-01-01' }),
      code: -32022,
    },
    { says: 'server/discover and nothing else', ask: () => plainly('server/discover'), code: -32602 },
    {
      says: 'the version in _meta alone',
      ask: () => modernly('tools/list', {}, { 'mcp-protocol-version': null }),
      code: -32020,
    },
  ])('a request that says $says is held to the modern rules', async ({ ask, code }) => {
    expect(await ask()).toMatchObject({ status: 400, error: { code } });
  });

  test('a handshake is legacy even under the modern header, as some clients send it after discovery', async () => {
    const told = await plainly(
      'initialize',
      { protocolVersion: '2025-11-25', capabilities: {} },
      { 'mcp-protocol-version': '2026-07-28' },
    );
    expect(told).toMatchObject({ status: 200, result: { protocolVersion: '2025-11-25' } });
  });
});

describe('what both eras share', () => {
  const eras = [
    { era: 'legacy', ask: plainly },
    { era: 'modern', ask: modernly },
  ] as const;

  describe.each(eras)('$era', ({ ask }) => {
    test('answers are JSON that nobody may store', async () => {
      expect((await ask('tools/list', {})).headers).toEqual({
        'Content-Type': 'application/json',
        'Cache-Control': 'no-store',
      });
    });

    test('tools come in one order', async () => {
      const [once, again] = [await ask('tools/list', {}), await ask('tools/list', {})];
      expect(once.result.tools).toEqual(fixtureHost().tools());
      expect(again.result.tools).toEqual(once.result.tools);
    });

    test.each(['tools/list', 'resources/list', 'resources/templates/list', 'prompts/list'])(
      '%s has one page',
      async (method) => {
        expect(await ask(method, { cursor: 'x' })).toMatchObject({
          status: 200,
          error: { code: -32602, message: 'invalid_params' },
        });
      },
    );

    test.each([
      {
        method: 'tools/call',
        params: { name: 'no_such' },
        word: 'unknown_tool',
        data: { name: 'no_such', hint: expect.stringContaining('divide') },
      },
      {
        method: 'tools/call',
        params: { name: 'constructor' },
        word: 'unknown_tool',
        data: { name: 'constructor' },
      },
      {
        method: 'tools/call',
        params: { name: '__proto__' },
        word: 'unknown_tool',
        data: { name: '__proto__' },
      },
      { method: 'tools/call', params: {}, word: 'unknown_tool', data: {} },
      { method: 'tools/call', params: { name: 7 }, word: 'unknown_tool', data: {} },
      {
        method: 'resources/read',
        params: { uri: 'no:such' },
        word: 'unknown_resource',
        data: { uri: 'no:such', hint: expect.stringContaining('test://template/{id}/data') },
      },
      { method: 'resources/read', params: { uri: null }, word: 'unknown_resource', data: {} },
      {
        method: 'prompts/get',
        params: { name: 'toString' },
        word: 'unknown_prompt',
        data: { name: 'toString' },
      },
      {
        method: 'prompts/get',
        params: { name: 'test_prompt_with_arguments', arguments: { arg1: 1 } },
        word: 'invalid_params',
        data: {},
      },
      {
        method: 'prompts/get',
        params: { name: 'test_prompt_with_arguments', arguments: { arg1: 'a' } },
        word: 'invalid_params',
        data: { message: expect.stringContaining('arg2') },
      },
      { method: 'completion/complete', params: {}, word: 'invalid_params', data: {} },
      {
        method: 'completion/complete',
        params: { ref: { type: 'ref/prompt' }, argument: { name: 'a', value: '' } },
        word: 'invalid_params',
        data: {},
      },
      {
        method: 'completion/complete',
        params: {
          ref: { type: 'ref/prompt', name: 'test_simple_prompt' },
          argument: { name: 'a', value: '' },
          context: { arguments: { b: 1 } },
        },
        word: 'invalid_params',
        data: {},
      },
      {
        method: 'tools/call',
        params: { name: 'x'.repeat(300) },
        word: 'unknown_tool',
        data: { name: 'x'.repeat(300), message: `There is no tool "${'x'.repeat(200)}" for this key.` },
      },
      {
        method: 'completion/complete',
        params: { ref: { type: 'ref/prompt', name: 'no' }, argument: { name: 'a', value: '' } },
        word: 'unknown_prompt',
        data: {},
      },
      {
        method: 'completion/complete',
        params: { ref: { type: 'ref/resource', uri: 'no:{x}' }, argument: { name: 'x', value: '' } },
        word: 'unknown_resource',
        data: {},
      },
    ])('$method of $params is $word', async ({ method, params, word, data }) => {
      expect(await ask(method, params)).toMatchObject({
        status: 200,
        error: { code: -32602, message: word, data: { reason: word, message: expect.any(String), ...data } },
      });
    });

    test.each([
      { args: { dividend: 'x' }, says: /^invalid_params: dividend and divisor must be numbers, e\.g\./ },
      { args: [1], says: /^invalid_params: arguments must be an object/ },
      { args: 'x', says: /^invalid_params: arguments must be an object/ },
      {
        args: { dividend: 1, divisor: -7 },
        says: /^invalid_group_by: Cannot group by "colour"\.\n\{"allowed":\["country","path"\]\}$/,
      },
    ])('bad arguments ($args) are a result that teaches', async ({ args, says }) => {
      const { status, result } = await ask('tools/call', { name: 'divide', arguments: args });
      expect(status).toBe(200);
      expect(result).toMatchObject({
        isError: true,
        content: [{ type: 'text', text: expect.stringMatching(says) }],
      });
      expect(result).not.toHaveProperty('structuredContent');
    });

    test('a tool’s own error loses its structured content, which would not fit the schema of success', async () => {
      const host = {
        ...fixtureHost(),
        call: async () => ({ content: [], structuredContent: { a: 1 }, isError: true }),
      };
      const { result } = await ask('tools/call', { name: 'divide' }, {}, host);
      expect(result).toMatchObject({ isError: true, content: [] });
      expect(result).not.toHaveProperty('structuredContent');
    });

    test('at most 100 completions are shown, and it is said that there are more', async () => {
      const complete = (value: string) =>
        ask('completion/complete', {
          ref: { type: 'ref/prompt', name: 'test_simple_prompt' },
          argument: { name: 'arg1', value },
        });
      const { completion } = (await complete('park')).result;
      expect(completion).toMatchObject({
        total: 150,
        hasMore: true,
        values: expect.objectContaining({ length: 100 }),
      });
      expect((await complete('park149')).result.completion).toEqual({
        values: ['park149'],
        total: 1,
        hasMore: false,
      });
    });

    test('notifications reach those who read event streams, and only them', async () => {
      const params = {
        name: 'test_tool_with_progress',
        _meta: { ...(ask === modernly ? (await import('./wire.ts')).meta : {}), progressToken: 'p' },
      };
      expect((await ask('tools/call', params)).headers['Content-Type']).toBe('application/json');
      const right =
        ask === modernly
          ? { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': params.name }
          : {};
      const request = {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...right,
        },
      };
      const streamed = await answer(
        { ...request, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }) },
        fixtureHost(),
      );
      expect(streamed.headers['Content-Type']).toBe('text/event-stream');
      const messages = streamed.body
        .split('\n\n')
        .filter(Boolean)
        .map((event) => JSON.parse(event.replace('event: message\ndata: ', '')));
      expect(messages.map((message) => message.params?.progress ?? message.id)).toEqual([0, 50, 100, 1]);
    });

    test('a bug is told to the operator whole and to the caller not at all', async () => {
      const bugs: unknown[] = [];
      const told = await ask(
        'tools/call',
        { name: 'divide', arguments: { dividend: 1, divisor: 0 } },
        {},
        fixtureHost(bugs),
      );
      expect(bugs).toEqual([expect.any(TypeError)]);
      expect(JSON.stringify(told)).not.toContain('secret');
      expect(JSON.stringify(told)).toContain('X-Request-Id');
    });

    test('a result that is no JSON is a bug too', async () => {
      const bugs: unknown[] = [];
      const host = {
        ...fixtureHost(bugs),
        call: async () => ({ content: [], structuredContent: { rows: 1n } }),
      };
      expect((await ask('tools/call', { name: 'divide' }, {}, host)).status).toBe(200);
      expect(bugs).toHaveLength(1);
    });
  });

  test.each(eras)('nothing is promised that needs a stream ($era)', async ({ era, ask }) => {
    const { beyond: _, ...host } = fixtureHost();
    const { result } =
      era === 'legacy'
        ? await ask('initialize', { protocolVersion: '2025-11-25' }, {}, host)
        : await ask('server/discover', {}, {}, host);
    expect(result.capabilities).toEqual({ tools: {}, resources: {}, prompts: {}, completions: {} });
  });
});
