import { describe, expect, test } from 'vitest';
import { Problem } from '../../src/problems.ts';
import { visible } from '../../src/tools/visible.ts';
import { fixtureHost } from './fixtures.ts';
import { type Heard, meta, modernly, plainly, send } from './wire.ts';

const { beyond: _, ...host } = fixtureHost();
const divide = (divisor: number) => ({ name: 'divide', arguments: { dividend: 6, divisor } });

/** Dividing by these fails as the contract’s table says (§6). */
const failures = [
  { divisor: -1, code: -32002, message: 'plan_limit', reason: 'plan_limit' },
  { divisor: -2, code: -32000, message: 'insufficient_scope', reason: 'insufficient_scope' },
  { divisor: -3, code: -32000, message: 'tool_failed', reason: 'query_timeout' },
  { divisor: 0, code: -32000, message: 'tool_failed', reason: 'internal_error' },
  { divisor: -4, code: -32004, message: 'unknown_project_slug', reason: 'unknown_project_slug' },
  { divisor: -6, code: -32004, message: 'unknown_project_id', reason: 'unknown_project_id' },
  { divisor: -5, code: -32005, message: 'no_projects_visible', reason: 'no_projects_visible' },
] as const;

describe('legacy', () => {
  test.each([
    ...['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'].map((version) => ({
      asked: version,
      given: version,
    })),
    ...['2026-07-28', '2019-01-01', 'banana', undefined].map((version) => ({
      asked: version,
      given: '2025-11-25',
    })),
  ])('who asks for $asked gets $given', async ({ asked, given }) => {
    const told = await plainly('initialize', {
      protocolVersion: asked,
      capabilities: {},
      clientInfo: { name: 'x', version: '1' },
    });
    expect(told).toMatchObject({
      status: 200,
      result: {
        protocolVersion: given,
        serverInfo: { name: 'fixtures', version: '1.0.0' },
        instructions: host.instructions,
      },
    });
    expect(told.headers).not.toHaveProperty('Mcp-Session-Id');
  });

  test('a bare call works: no handshake, no Accept, no version', async () => {
    expect((await plainly('tools/call', divide(3))).body).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: { content: [{ type: 'text', text: '2' }], structuredContent: { quotient: 2 } },
    });
  });

  test.each(['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05', ' 2025-11-25 '])(
    'the version header %j is fine, whatever was negotiated',
    async (version) => {
      expect((await plainly('ping', {}, { 'mcp-protocol-version': version })).status).toBe(200);
    },
  );

  test.each(['2025-01-01', '1', ''])(
    'the version header %j is refused with those we know',
    async (version) => {
      expect(await plainly('ping', {}, { 'mcp-protocol-version': version })).toMatchObject({
        status: 400,
        error: {
          code: -32600,
          message: 'invalid_request',
          data: { reason: 'unsupported_protocol_version', supported: expect.arrayContaining(['2025-11-25']) },
        },
      });
    },
  );

  test.each([
    'nope',
    'toString',
    '__proto__',
    '',
    'logging/setLevel',
    'resources/subscribe',
    'subscriptions/listen',
    'tasks/get',
  ])('the method %j is unknown within HTTP 200, as 404 would look like a lost session', async (method) => {
    expect(await plainly(method, {}, {}, host)).toMatchObject({
      status: 200,
      error: {
        code: -32601,
        message: 'method_not_found',
        data: { reason: 'method_not_found', hint: expect.stringContaining('initialize, ping, tools/list') },
      },
    });
  });

  test('an extension is of its era only', async () => {
    expect(await plainly('logging/setLevel', { level: 'info' })).toMatchObject({
      status: 200,
      body: { result: {} },
    });
    expect((await modernly('logging/setLevel', { level: 'info' })).status).toBe(404);
  });

  test.each(failures)('$reason is $code $message', async ({ divisor, code, message, reason }) => {
    const told = await plainly('tools/call', divide(divisor));
    expect(told).toMatchObject({
      status: 200,
      body: { id: 1 },
      error: { code, message, data: { reason, message: expect.any(String) } },
    });
  });

  test('the details of a problem come along', async () => {
    expect((await plainly('tools/call', divide(-1))).error.data).toMatchObject({
      details: { feature: 'negative', plan: 'free', required_plan: 'pro' },
    });
  });
});

describe('modern', () => {
  test('discovery says all that a handshake did', async () => {
    expect((await modernly('server/discover', {}, {}, host)).result).toEqual({
      resultType: 'complete',
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: {}, resources: {}, prompts: {}, completions: {} },
      instructions: host.instructions,
      ttlMs: 3_600_000,
      cacheScope: 'private',
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'fixtures', version: '1.0.0' } },
    });
  });

  test.each([
    { method: 'server/discover', params: {}, ttlMs: 3_600_000 },
    { method: 'tools/list', params: {}, ttlMs: 3_600_000 },
    { method: 'prompts/list', params: {}, ttlMs: 3_600_000 },
    { method: 'resources/list', params: {}, ttlMs: 3_600_000 },
    { method: 'resources/templates/list', params: {}, ttlMs: 3_600_000 },
    { method: 'resources/read', params: { uri: 'test://static-text' }, ttlMs: 0 },
    { method: 'tools/call', params: divide(3), ttlMs: undefined },
    { method: 'prompts/get', params: { name: 'test_simple_prompt' }, ttlMs: undefined },
    {
      method: 'completion/complete',
      params: { ref: { type: 'ref/prompt', name: 'test_simple_prompt' }, argument: { name: 'a', value: '' } },
      ttlMs: undefined,
    },
  ])(
    '$method says whether it may be kept, that it is complete, and by whom',
    async ({ method, params, ttlMs }) => {
      const { result } = await modernly(method, params);
      expect(result).toMatchObject({
        resultType: 'complete',
        _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'fixtures' } },
      });
      expect([result.ttlMs, result.cacheScope]).toEqual([ttlMs, ttlMs === undefined ? undefined : 'private']);
    },
  );

  test.each([
    'nope',
    'constructor',
    'ping',
    'initialize',
    'logging/setLevel',
    'resources/subscribe',
    'resources/unsubscribe',
    'subscriptions/listen',
    'tasks/get',
  ])('the method %j is unknown and 404', async (method) => {
    expect(await modernly(method)).toMatchObject({
      status: 404,
      body: { id: 1 },
      error: { code: -32601, message: 'method_not_found' },
    });
  });

  const [version, capabilities] = [
    'io.modelcontextprotocol/protocolVersion',
    'io.modelcontextprotocol/clientCapabilities',
  ];
  test.each([
    { sent: undefined, missing: [version, capabilities] },
    { sent: null, missing: [version, capabilities] },
    { sent: {}, missing: [version, capabilities] },
    { sent: { [version]: '2026-07-28' }, missing: [capabilities] },
    { sent: { [version]: '2026-07-28', [capabilities]: [] }, missing: [capabilities] },
    { sent: { [capabilities]: {} }, missing: [version] },
    { sent: { [version]: 2026, [capabilities]: {} }, missing: [version] },
  ])('_meta $sent lacks $missing', async ({ sent, missing }) => {
    expect(await modernly('tools/list', { _meta: sent })).toMatchObject({
      status: 400,
      error: { code: -32602, message: 'invalid_params', data: { missing } },
    });
  });

  test.each(['v999.0.0', '2025-11-25', '2027-01-01', ''])(
    'the version %j is refused with those there are',
    async (requested) => {
      const told = await modernly(
        'tools/list',
        { _meta: { ...meta, [version]: requested } },
        { 'mcp-protocol-version': requested },
      );
      expect(told).toMatchObject({
        status: 400,
        error: { code: -32022, data: { supported: ['2026-07-28'], requested } },
      });
    },
  );

  const base64 = (text: string) => `=?base64?${Buffer.from(text).toString('base64')}?=`;
  const call = (name: string, headers: Readonly<Record<string, string | null>>): Promise<Heard> =>
    modernly('tools/call', { ...divide(3), name }, headers);

  test.each([
    {
      what: 'the version is missing',
      ask: () => call('divide', { 'mcp-protocol-version': null }),
      header: 'MCP-Protocol-Version',
    },
    {
      what: 'the version differs',
      ask: () => call('divide', { 'mcp-protocol-version': '2025-11-25' }),
      header: 'MCP-Protocol-Version',
    },
    {
      what: 'the method is missing',
      ask: () => call('divide', { 'mcp-method': null }),
      header: 'Mcp-Method',
    },
    {
      what: 'the method differs',
      ask: () => call('divide', { 'mcp-method': 'tools/list' }),
      header: 'Mcp-Method',
    },
    {
      what: 'the method differs in case',
      ask: () => call('divide', { 'mcp-method': 'TOOLS/CALL' }),
      header: 'Mcp-Method',
    },
    { what: 'the name is missing', ask: () => call('divide', { 'mcp-name': null }), header: 'Mcp-Name' },
    { what: 'the name differs', ask: () => call('divide', { 'mcp-name': 'multiply' }), header: 'Mcp-Name' },
    {
      what: 'the encoded name differs',
      ask: () => call('divide', { 'mcp-name': base64('multiply') }),
      header: 'Mcp-Name',
    },
    {
      what: 'the padding is cut',
      ask: () => call('divide!', { 'mcp-name': base64('divide!').replace('==', '=') }),
      header: 'Mcp-Name',
    },
    {
      what: 'the encoding is not base64',
      ask: () => call('divide', { 'mcp-name': '=?base64?ZGl2!!!WRl?=' }),
      header: 'Mcp-Name',
    },
    {
      what: 'there is a space in the base64',
      ask: () => call('divide', { 'mcp-name': '=?base64?ZGl2 aWRl?=' }),
      header: 'Mcp-Name',
    },
    {
      what: 'the bytes are not UTF-8',
      ask: () => call('\uFFFD', { 'mcp-name': '=?base64?/w==?=' }),
      header: 'Mcp-Name',
    },
    {
      what: 'a prompt’s name differs',
      ask: () => modernly('prompts/get', { name: 'test_simple_prompt' }, { 'mcp-name': 'x' }),
      header: 'Mcp-Name',
    },
    {
      what: 'a resource’s URI differs',
      ask: () => modernly('resources/read', { uri: 'test://static-text' }, { 'mcp-name': 'x' }),
      header: 'Mcp-Name',
    },
  ])('headers must repeat the body: $what', async ({ ask, header }) => {
    expect(await ask()).toMatchObject({
      status: 400,
      body: { id: 1 },
      error: { code: -32020, message: 'header_mismatch', data: { header } },
    });
  });

  test.each([
    { what: 'with space around', name: 'divide', sent: '  divide ' },
    { what: 'in base64', name: 'divide', sent: base64('divide') },
    { what: 'that begins with a byte order mark', name: '\uFEFFx', sent: base64('\uFEFFx') },
    { what: 'beyond ASCII in base64', name: 'zählen', sent: base64('zählen') },
    {
      what: 'that begins like base64 but does not end so',
      name: '=?base64?ZGl2aWRl',
      sent: '=?base64?ZGl2aWRl',
    },
    { what: 'that holds base64 itself', name: 'ZGl2aWRl', sent: 'ZGl2aWRl' },
  ])('a name $what is the same name', async ({ name, sent }) => {
    const told = await call(name, { 'mcp-name': sent });
    expect(told.status).toBe(200);
    if (name !== 'divide')
      expect(told.error).toMatchObject({ message: 'unknown_tool', data: { name: visible(name) } });
  });

  test('a missing client capability is 400 and named', async () => {
    expect(await modernly('tools/call', { name: 'test_missing_capability' })).toMatchObject({
      status: 400,
      error: { code: -32021, data: { requiredCapabilities: { sampling: {} } } },
    });
  });

  test.each(failures)(
    '$reason is a result for the model, with no code of the old range',
    async ({ divisor, reason }) => {
      const { status, body, result } = await modernly('tools/call', divide(divisor));
      expect({ status, ...body }).not.toHaveProperty('error');
      expect(result).toMatchObject({
        resultType: 'complete',
        isError: true,
        content: [{ type: 'text', text: expect.stringMatching(new RegExp(`^${reason}: `)) }],
      });
      expect(result).not.toHaveProperty('structuredContent');
    },
  );

  test.each([
    {
      problem: new Problem('upstream_failed', 'The store is away.'),
      modern: -32603,
      legacy: -32000,
      word: 'tool_failed',
    },
    {
      problem: new Problem('plan_limit', 'Not on this plan.'),
      modern: -32602,
      legacy: -32002,
      word: 'plan_limit',
    },
    {
      problem: new Problem('invalid_params', 'No such limit.'),
      modern: -32602,
      legacy: -32602,
      word: 'invalid_params',
    },
  ])(
    '$problem.code while reading is $modern here and $legacy before',
    async ({ problem, modern, legacy, word }) => {
      const failing = { ...host, read: () => Promise.reject(problem) };
      const read = { uri: 'test://static-text' };
      expect(await modernly('resources/read', read, {}, failing)).toMatchObject({
        status: 200,
        error: { code: modern, message: problem.code, data: { reason: problem.code } },
      });
      expect(await plainly('resources/read', read, {}, failing)).toMatchObject({
        status: 200,
        error: { code: legacy, message: word, data: { reason: problem.code } },
      });
    },
  );

  test('details of a problem while reading come along', async () => {
    const failing = {
      ...host,
      read: () => Promise.reject(new Problem('invalid_params', 'No.', { details: { allowed: ['a'] } })),
    };
    expect((await modernly('resources/read', { uri: 'x:y' }, {}, failing)).error.data).toMatchObject({
      details: { allowed: ['a'] },
    });
  });

  test('a tool’s own _meta stays beside ours', async () => {
    const marked = { ...host, call: async () => ({ content: [], _meta: { 'example/mark': 1 } }) };
    expect((await modernly('tools/call', divide(3), {}, marked)).result._meta).toMatchObject({
      'example/mark': 1,
      'io.modelcontextprotocol/serverInfo': {},
    });
  });

  test('what the client is asked for is no complete result', async () => {
    const { result } = await modernly('tools/call', { name: 'test_input_required_result_elicitation' });
    expect(result).toMatchObject({
      resultType: 'input_required',
      inputRequests: { user_name: { method: 'elicitation/create' } },
    });
  });

  test('notifications need no headers', async () => {
    expect(
      (await send('{"jsonrpc":"2.0","method":"notifications/x"}', { 'mcp-protocol-version': '2026-07-28' }))
        .status,
    ).toBe(202);
  });
});
