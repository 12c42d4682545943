import { once } from 'node:events';
import { connect } from 'node:net';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authorize } from '../../src/access/authorize.ts';
import { mintKey } from '../../src/accounts/keys.ts';
import { connectionsFor } from '../../src/local/gateway/connections.ts';
import { gateway } from '../../src/local/gateway/gateway.ts';
import { openLocalLog } from '../../src/local/log.ts';
import { problems } from '../../src/problems.ts';
import { routes } from '../../src/routes.ts';
import type { RoutedRequest } from '../../src/serve/asked.ts';
import { door, type Handler } from '../../src/serve/door.ts';
import { bodyLimitBytes, gatewayAnswers } from '../../src/serve/gateway-answers.ts';
import { site } from '../../src/serve/site.ts';
import { openBooks, openShop } from '../access/books.ts';
import { parseAnswer, sendRaw } from './raw.ts';

/** A gateway before doors that say what they were asked; `/v1/funnel` is a door with a bug in it. */
const open = async (roomBytes?: number, connections?: number) => {
  const books = openBooks();
  const { project } = await openShop(books);
  const keyFor = async (kind: 'pk' | 'sk' | 'rk') =>
    (await mintKey(books, { kind, env: 'live', projectId: project.project_id })).key;
  const keys = { pk: await keyFor('pk'), sk: await keyFor('sk'), rk: await keyFor('rk') };
  const lines: string[] = [];
  const log = openLocalLog((text) => lines.push(text), Date.now);
  const world = { log, clock: Date.now };
  const asked: RoutedRequest[] = [];
  const events: APIGatewayProxyEvent[] = [];
  const letGo = Promise.withResolvers<void>();
  const echo = door(world, async (one) => {
    asked.push(one);
    if (one.query.wait) await letGo.promise;
    if (one.route.path === '/v1/funnel')
      throw new Error(`cannot read ${one.headers['x-secret'] ?? ''} of ${one.headers.authorization}`, {
        cause: new Error(one.body),
      });
    return { status: 200, body: { bytes: Buffer.byteLength(one.body), query: one.query } };
  });
  const watched: Handler = (event, context) => {
    events.push(event);
    return echo(event, context);
  };
  const made = gateway(
    world,
    authorize(books),
    {
      admin: watched,
      collect: watched,
      dialects: watched,
      query: watched,
      mcp: watched,
      site: site(world, {
        version: '1.2.3',
        loader: 'void 0;',
        app: { html: '', hashes: { style: '', script: '' } },
        openapi: '{"openapi":"3.1.0"}',
      }),
    },
    { headMs: 300, requestMs: 600, lookMs: 50 },
    roomBytes,
    connections,
  );
  made.server.listen(0, '127.0.0.1');
  await once(made.server, 'listening');
  const address = made.server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const logged = () => {
    log.flush();
    return lines.join('');
  };
  return {
    url: `http://127.0.0.1:${port}`,
    keys,
    asked,
    events,
    logged,
    letGo: letGo.resolve,
    close: made.close,
  };
};

let on: Awaited<ReturnType<typeof open>>;
beforeAll(async () => {
  on = await open();
});
afterAll(() => on.close(100));

const raw = async (...lines: string[]) =>
  parseAnswer(await sendRaw(on.url, [`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`]));
const errorOf = (body: string) => {
  const { error, message, ...rest } = JSON.parse(body);
  expect(Object.keys(rest).filter((name) => name !== 'details')).toEqual([]);
  expect(message.length).toBeGreaterThan(20);
  return { error, message };
};
const expectErrorForm = (
  answer: { status: number; headers: Readonly<Record<string, string>>; body: string },
  error: keyof typeof problems,
) => {
  expect(answer.status).toBe(problems[error].status);
  expect(answer.headers['content-type']).toBe('application/json');
  expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  expect(answer.headers['access-control-allow-origin']).toBe('*');
  expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  expect(answer.headers['www-authenticate']).toBe(answer.status === 401 ? 'Bearer realm="mcp"' : undefined);
  expect(errorOf(answer.body).error).toBe(error);
};

describe('paths', () => {
  test.each([
    ['/v2', undefined],
    ['/v1/trak', 'POST /v1/track'],
    ['/v1/stat', 'GET /v1/stats'],
    ['/v1/track//', 'POST /v1/track'],
    ['//', undefined],
    ['//v1/track', 'POST /v1/track'],
    ['/v1//track', 'POST /v1/track'],
    ['/v1/%74rack', undefined],
    ['/v1/./track', 'POST /v1/track'],
    ['/v1/../v1/track', undefined],
    ['/V1/Track', 'POST /v1/track'],
    ['/v1/track%2f', 'POST /v1/track'],
    ['/v1/track;a=b', undefined],
    ['/healthz%00', 'GET /healthz'],
    ['/__proto__', undefined],
    ['/.well-known/oauth-authorization-server', undefined],
    ['/.well-known/oauth-protected-resource/mcp', undefined],
    [`/${'a'.repeat(8_000)}`, undefined],
    ['*', undefined],
  ])('%s is no route and is told in JSON, naming %s', async (path, nearest) => {
    const answer = await raw(`GET ${path} HTTP/1.1`, 'Host: x', `Authorization: Bearer ${on.keys.sk}`);
    expectErrorForm(answer, 'not_found');
    if (nearest) expect(errorOf(answer.body).message).toContain(`The nearest is ${nearest}.`);
    expect(answer.body).toContain('/v1/openapi.json');
  });

  test('a slash more at its end is the same route: same key, same answer, same methods', async () => {
    const rk = `Authorization: Bearer ${on.keys.rk}`;
    expect((await raw('GET /v1/stats/ HTTP/1.1', 'Host: x', rk)).status).toBe(200);
    expect((await raw('GET /v1/stats/?metric=count HTTP/1.1', 'Host: x', rk)).status).toBe(200);
    expect((await raw('GET /healthz/ HTTP/1.1', 'Host: x')).status).toBe(200);
    expectErrorForm(await raw('POST /v1/track/ HTTP/1.1', 'Host: x'), 'missing_bearer_token');
    const wrong = await raw('GET /mcp/ HTTP/1.1', 'Host: x');
    expect([wrong.status, wrong.headers.allow]).toEqual([405, 'POST']);
    const { status, headers } = await fetch(`${on.url}/mcp/`, { method: 'OPTIONS' });
    expect([status, headers.get('access-control-allow-headers')]).toEqual([
      204,
      expect.stringContaining('Mcp-Session-Id'),
    ]);
    const listed = await fetch(`${on.url}/mcp/`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${on.keys.rk}`, 'Content-Type': 'application/json' },
      body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
    });
    expect(listed.status).toBe(200);
  });

  test('a whole URL as target, as proxies send it, is its path', async () => {
    expect((await raw('GET http://elsewhere.example/healthz HTTP/1.1', 'Host: x')).status).toBe(200);
  });
});

describe('methods', () => {
  test.each([
    ['GET', '/mcp', 'POST'],
    ['DELETE', '/mcp', 'POST'],
    ['PUT', '/v1/track', 'POST'],
    ['HEAD', '/v1/track', 'POST'],
    ['POST', '/v1/stats', 'GET, HEAD'],
    ['PROPFIND', '/healthz', 'GET, HEAD'],
    ['TRACE', '/healthz', 'GET, HEAD'],
  ])('%s %s is 405 with Allow: %s, key or no key', async (method, path, allow) => {
    const answer = await raw(`${method} ${path} HTTP/1.1`, 'Host: x');
    expect([answer.status, answer.headers.allow]).toEqual([405, allow]);
    if (method !== 'HEAD') expectErrorForm(answer, 'method_not_allowed');
  });

  test('CONNECT is answered and hung up on', async () => {
    expectErrorForm(await raw('CONNECT example.com:443 HTTP/1.1', 'Host: x'), 'invalid_payload');
  });

  test('HEAD is GET without the body', async () => {
    const [get, head] = [
      await raw('GET /healthz HTTP/1.1', 'Host: x'),
      await raw('HEAD /healthz HTTP/1.1', 'Host: x'),
    ];
    expect(get.body).toBe('{"ok":true,"version":"1.2.3"}');
    expect([head.status, head.body, head.headers['content-length']]).toEqual([
      200,
      '',
      String(get.body.length),
    ]);
    expect((await raw('HEAD /v1/stats HTTP/1.1', 'Host: x')).status).toBe(401);
  });

  test.each([
    ['/v1/track', 'POST', 'Authorization, Content-Type, Content-Encoding'],
    ['/v1/stats', 'GET', 'Authorization, Content-Type, Content-Encoding'],
    ['/v1/a.js', 'GET', 'Authorization, Content-Type, Content-Encoding'],
    [
      '/mcp',
      'POST',
      'Authorization, Content-Type, Content-Encoding, Accept, MCP-Protocol-Version, Mcp-Method, Mcp-Name, Mcp-Session-Id, Last-Event-ID',
    ],
  ])('a preflight of %s is 204 without a key and allows %s with %s', async (path, methods, headers) => {
    const answer = await fetch(on.url + path, {
      method: 'OPTIONS',
      headers: { Origin: 'https://anywhere.example', 'Access-Control-Request-Method': 'POST' },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-allow-methods')).toBe(methods);
    const allowed = answer.headers.get('access-control-allow-headers') ?? '';
    expect(allowed.startsWith(`${headers}, `)).toBe(true);
    // Browsers compare in lower case, each name on its own.
    expect(allowed.split(', ')).toEqual(
      expect.arrayContaining(['baggage', 'sentry-trace', 'traceparent', 'tracestate', 'b3', 'newrelic']),
    );
    expect(answer.headers.get('access-control-max-age')).toBe('7200');
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await answer.text()).toBe('');
  });

  test('a preflight of nothing is 404', async () => {
    expect((await fetch(`${on.url}/v1/nothing`, { method: 'OPTIONS' })).status).toBe(404);
  });
});

describe('keys', () => {
  test('without a key the gateway answers 401 with the same bytes on every route', async () => {
    const bodies = await Promise.all(
      routes
        .filter(({ needs }) => needs !== null)
        .map(async ({ method, path }) => raw(`${method} ${path} HTTP/1.1`, 'Host: x', 'Content-Length: 0')),
    );
    for (const answer of bodies) expectErrorForm(answer, 'missing_bearer_token');
    expect(new Set(bodies.map(({ body }) => body)).size).toBe(1);
  });

  test('several keys are answered as none is', async () => {
    const { sk } = on.keys;
    for (const headers of [
      [`Authorization: Bearer ${sk}`, `authorization: Bearer ${sk}`],
      [`Authorization: Bearer ${sk}, Bearer ${sk}`],
    ])
      expectErrorForm(await raw('GET /v1/stats HTTP/1.1', 'Host: x', ...headers), 'missing_bearer_token');
    expectErrorForm(
      await raw(`POST /v1/beacon?k=${sk}&k=${sk} HTTP/1.1`, 'Host: x', 'Content-Length: 0'),
      'missing_bearer_token',
    );
    expect(on.logged()).not.toContain('"level":"error"');
  });

  test('a kind that may not is 403 before its body is read', async () => {
    const answer = await raw(
      'POST /v1/track HTTP/1.1',
      'Host: x',
      `Authorization: Bearer ${on.keys.rk}`,
      'Content-Length: 1000000',
    );
    expectErrorForm(answer, 'insufficient_scope');
  });

  test.each([
    ['the listed origin', 'https://shop.example', 200],
    ['another scheme', 'http://shop.example', 403],
    ['a subdomain', 'https://www.shop.example', 403],
    ['another port', 'https://shop.example:8443', 403],
    ['the word null', 'null', 403],
    ['no origin', undefined, 403],
  ])('a pk_ key on a page of %s (%s) is answered %i', async (_, origin, status) => {
    const headers = {
      Authorization: `Bearer ${on.keys.pk}`,
      'Content-Type': 'application/json',
      ...(origin && { Origin: origin }),
    };
    const answer = await fetch(`${on.url}/v1/track`, { method: 'POST', headers, body: '{}' });
    expect(answer.status).toBe(status);
    if (status === 403) expect(await answer.json()).toMatchObject({ error: 'origin_not_allowed' });
  });
});

const post = (headers: Record<string, string>, body?: string | Uint8Array<ArrayBuffer> | ReadableStream) =>
  fetch(`${on.url}/v1/track`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${on.keys.sk}`, ...headers },
    ...(body !== undefined && { body, ...(body instanceof ReadableStream && { duplex: 'half' as const }) }),
  });

describe('bodies', () => {
  test.each([
    ['application/json', 200],
    ['Application/JSON; charset=utf-8', 200],
    ['text/plain', 415],
    ['application/jsonp', 415],
    ['application/x-www-form-urlencoded', 415],
    ['', 415],
  ])('Content-Type %j on /v1/track is answered %i', async (type, status) => {
    expect((await post({ 'Content-Type': type }, new TextEncoder().encode('{}'))).status).toBe(status);
  });

  test.each(['deflate', 'br', 'zstd', 'gzip, gzip', 'chunked'])(
    'a body packed with %s is refused, and told what is taken',
    async (coding) => {
      const answer = await post({ 'Content-Type': 'application/json', 'Content-Encoding': coding }, '{}');
      expect([answer.status, await answer.json()]).toEqual([
        415,
        {
          error: 'unsupported_media_type',
          message: expect.stringMatching(
            /came\. Send the body plain, or packed with Content-Encoding: gzip\.$/,
          ),
        },
      ]);
      expect(answer.headers.get('accept-encoding')).toBe('gzip');
    },
  );

  test('exactly 4 MiB is taken, counted in bytes and not in characters', async () => {
    const answer = await post({ 'Content-Type': 'application/json' }, 'é'.repeat(bodyLimitBytes / 2));
    expect(await answer.json()).toMatchObject({ bytes: bodyLimitBytes });
  });

  test('one byte more is 413 though the sender sends it all', async () => {
    const answer = await post({ 'Content-Type': 'application/json' }, new Uint8Array(bodyLimitBytes + 1));
    expect([answer.status, await answer.json()]).toEqual([
      413,
      { error: 'payload_too_large', message: expect.stringContaining('4 MiB') },
    ]);
  });

  test('a body that only announces too much is 413 before a byte of it is sent', async () => {
    const asked = on.asked.length;
    const answer = parseAnswer(
      await sendRaw(on.url, [
        `POST /v1/track HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${on.keys.sk}\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\nExpect: 100-continue\r\n\r\n`,
      ]),
    );
    expectErrorForm(answer, 'payload_too_large');
    expect(answer.headers.connection).toBe('close');
    expect(on.asked.length).toBe(asked);
  });

  test('a body without an announced length is counted and 413 when it goes over', async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536));
      },
    });
    const answer = await post({ 'Content-Type': 'application/json' }, endless);
    expect(answer.status).toBe(413);
    expect(sent).toBeGreaterThan(bodyLimitBytes);
  });

  test('a sender that asks first is told to go on, once its key is good', async () => {
    const head = (key: string) =>
      `POST /v1/track HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`;
    expect(await sendRaw(on.url, [head(on.keys.sk), '{}'], { pauseMs: 30 })).toMatch(
      /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/,
    );
    expect(await sendRaw(on.url, [head(on.keys.rk)])).toMatch(/^HTTP\/1\.1 403 /);
  });

  test('a half-closed sender still gets its answer', async () => {
    const text = await sendRaw(on.url, ['GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'], { end: true });
    expect(parseAnswer(text).status).toBe(200);
  });

  test('requests sent one behind the other are answered in order', async () => {
    const text = await sendRaw(on.url, [
      'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/none HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/a.js HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    ]);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200']);
  });
});

describe('broken and slow senders', () => {
  test.each([
    ['garbage', ['hello\r\n\r\n']],
    ['a wrong version', ['GET / HTTP/9.9\r\n\r\n']],
    ['no Host header', ['GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n']],
    ['two Host headers', ['GET /healthz HTTP/1.1\r\nHost: a\r\nhost: b\r\nConnection: close\r\n\r\n']],
    ['two Host headers alike', ['GET /healthz HTTP/1.1\r\nHost: a\r\nHost: a\r\nConnection: close\r\n\r\n']],
    ['two Host headers of an older HTTP', ['GET /healthz HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n']],
    [
      'two Host headers of a preflight',
      ['OPTIONS /v1/track HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n'],
    ],
    ['a Host that is no host', ['GET /healthz HTTP/1.1\r\nHost: a/b c\r\nConnection: close\r\n\r\n']],
    [
      'two lengths',
      ['POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
    ],
    [
      'a length and chunks',
      ['POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}'],
    ],
    ['a header with a line feed inside', ['GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\nc\r\n\r\n']],
    ['a method nobody knows', ['BREW /healthz HTTP/1.1\r\nHost: x\r\n\r\n']],
  ])('%s is 400 in JSON', async (_, pieces) => {
    expectErrorForm(parseAnswer(await sendRaw(on.url, pieces)), 'invalid_payload');
  });

  test.each([
    ['one huge header', `A: ${'a'.repeat(17_000)}\r\n`],
    ['a flood of small ones', 'a: b\r\n'.repeat(3_000)],
    ['a flood of empty ones', 'a:\r\n'.repeat(15_000)],
  ])('%s is 431 in JSON', async (_, headers) => {
    expectErrorForm(
      parseAnswer(
        await sendRaw(on.url, [`GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`]),
      ),
      'headers_too_large',
    );
  });

  test('a head that never ends is 408 in JSON', async () => {
    expectErrorForm(
      parseAnswer(await sendRaw(on.url, ['GET /healthz HTTP/1.1\r\nHost: x\r\n'])),
      'request_timeout',
    );
  });

  test('a body that never ends is 408 in JSON and reaches no door', async () => {
    const asked = on.asked.length;
    const head = `POST /v1/track HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${on.keys.sk}\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{`;
    expectErrorForm(parseAnswer(await sendRaw(on.url, [head])), 'request_timeout');
    expect(on.asked.length).toBe(asked);
  });

  test('a sender that hangs up in the middle of its body reaches no door, and the next is served', async () => {
    const asked = on.asked.length;
    await sendRaw(
      on.url,
      [
        `POST /v1/track HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${on.keys.sk}\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{`,
      ],
      { end: true },
    );
    expect((await fetch(`${on.url}/healthz`)).status).toBe(200);
    expect(on.asked.length).toBe(asked);
  });
});

describe('what a door is given', () => {
  test('the event is API Gateway’s: every value of every header and parameter, the route, the caller’s address', async () => {
    await fetch(`${on.url}/v1/stats?a=1&b=x%20y&a=2&__proto__=p`, {
      headers: { Authorization: `Bearer ${on.keys.rk}`, 'X-Thing': 'tea' },
    });
    const event = on.events.at(-1);
    expect(event).toMatchObject({
      resource: '/v1/stats',
      path: '/v1/stats',
      httpMethod: 'GET',
      body: null,
      isBase64Encoded: false,
      queryStringParameters: { a: '2', b: 'x y' },
      multiValueQueryStringParameters: { a: ['1', '2'], b: ['x y'] },
      headers: { 'x-thing': 'tea' },
      multiValueHeaders: { 'x-thing': ['tea'] },
      requestContext: {
        resourcePath: '/v1/stats',
        httpMethod: 'GET',
        identity: { sourceIp: '127.0.0.1' },
        authorizer: { kind: 'rk', project_slug: 'shop' },
      },
    });
    expect(Object.keys(event?.queryStringParameters ?? {})).toContain('__proto__');
  });

  test('a parameter sent twice is the caller’s mistake, named', async () => {
    const answer = await fetch(`${on.url}/v1/stats?from=1&from=2`, {
      headers: { Authorization: `Bearer ${on.keys.rk}` },
    });
    expect([answer.status, await answer.json()]).toEqual([
      400,
      {
        error: 'invalid_params',
        message: expect.stringContaining('"from"'),
        details: { formErrors: [], fieldErrors: { from: [expect.any(String)] } },
      },
    ]);
  });

  test('the request id in the answer is the one the door saw', async () => {
    const answer = await fetch(`${on.url}/v1/stats`, {
      headers: { Authorization: `Bearer ${on.keys.rk}`, 'X-Request-Id': 'mine' },
    });
    expect(answer.headers.get('x-request-id')).toBe(on.asked.at(-1)?.requestId);
    expect(answer.headers.get('access-control-expose-headers')).toBe(
      'X-Request-Id, Retry-After, WWW-Authenticate, X-Quota-Remaining, X-Quota-Warning',
    );
  });

  test('a base64 body, as API Gateway sends some, is the text it stands for', async () => {
    const event = on.events.findLast(({ httpMethod }) => httpMethod === 'POST');
    const seen: RoutedRequest[] = [];
    const handler = door({ log: openLocalLog(() => {}, Date.now), clock: Date.now }, async (asked) => {
      seen.push(asked);
      return { status: 204 };
    });
    if (event === undefined) throw new Error('no event came yet');
    const context = {
      callbackWaitsForEmptyEventLoop: false,
      functionName: '',
      functionVersion: '',
      invokedFunctionArn: '',
      memoryLimitInMB: '',
      awsRequestId: '',
      logGroupName: '',
      logStreamName: '',
      getRemainingTimeInMillis: () => 29_000,
      done: () => {},
      fail: () => {},
      succeed: () => {},
    };
    await handler(
      {
        ...event,
        body: Buffer.from('{"é":1}').toString('base64'),
        isBase64Encoded: true,
        headers: { ...event.headers, 'Content-Type': 'application/json' },
      },
      context,
    );
    expect(seen[0]?.body).toBe('{"é":1}');
    const bare = await handler(
      { ...event, requestContext: { ...event.requestContext, authorizer: undefined } },
      context,
    );
    expect([bare.statusCode, JSON.parse(bare.body).error]).toEqual([401, 'missing_bearer_token']);
    // A gateway may remember the verdict about one key and let a request with two of them through.
    const two = await handler(
      {
        ...event,
        multiValueHeaders: { Authorization: [`Bearer ${on.keys.sk}`], AUTHORIZATION: ['Bearer x'] },
      },
      context,
    );
    expect([two.statusCode, two.body]).toEqual([401, JSON.stringify(gatewayAnswers.noKey.body)]);
  });
});

describe('bugs and the log', () => {
  test('a bug is internal_error outside and whole inside, without what the caller sent', async () => {
    const answer = await fetch(`${on.url}/v1/funnel?steps=my-private-step-name`, {
      headers: { Authorization: `Bearer ${on.keys.rk}`, 'X-Secret': 'correct horse battery' },
    });
    expect([answer.status, await answer.json()]).toEqual([
      500,
      { error: 'internal_error', message: expect.not.stringContaining('cannot read') },
    ]);
    const [failure] = on
      .logged()
      .split('\n')
      .filter((line) => line.includes(answer.headers.get('x-request-id') ?? '-') && line.includes('"error"'));
    expect(failure).toContain('cannot read');
    expect(failure).toContain('gateway.test.ts');
    expect(failure).not.toContain('horse');
    expect(failure).not.toContain(on.keys.rk.slice(17));
  });

  test('each request is one line; no line holds a key, a parameter, a body, an address or a path that is no route', async () => {
    const before = on.logged().split('\n').length;
    const { pk, sk, rk } = on.keys;
    const page = { Origin: 'https://shop.example' };
    await fetch(`${on.url}/v1/beacon?k=${pk}`, {
      method: 'POST',
      headers: page,
      body: '{"event":"a-private-event"}',
    });
    await post(
      { 'Content-Type': 'application/json', 'User-Agent': 'private-agent' },
      '{"event":"a-private-event"}',
    );
    await fetch(`${on.url}/v1/stats?event=a-private-event`, { headers: { Authorization: `Bearer ${rk}` } });
    await fetch(`${on.url}/v1/stats?event=a-private-event`, {
      headers: { Authorization: `Bearer ${rk.slice(0, -2)}` },
    });
    await fetch(`${on.url}/v1/stats/${rk}?k=${rk}`);
    await fetch(`${on.url}/v1/track`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${rk}` },
      body: 'a-private-event',
    });
    const lines = on
      .logged()
      .split('\n')
      .slice(before - 1, -1);
    expect(
      lines
        .map((line) => JSON.parse(line))
        .map(({ method, route, status, key }) => [method, route, status, key]),
    ).toEqual([
      ['POST', '/v1/beacon', 200, pk.slice(0, 16)],
      ['POST', '/v1/track', 200, sk.slice(0, 16)],
      ['GET', '/v1/stats', 200, rk.slice(0, 16)],
      ['GET', '/v1/stats', 401, null],
      ['GET', null, 404, null],
      ['POST', '/v1/track', 403, null],
    ]);
    const all = on.logged();
    for (const secret of [
      pk.slice(17),
      sk.slice(17),
      rk.slice(17),
      'a-private-event',
      'private-agent',
      'private-step',
      '127.0.0.1',
      'shop.example',
      'Bearer',
    ])
      expect(all).not.toContain(secret);
  });
});

describe('connections', () => {
  const socketTo = async (url: string) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) }).on('error', () => {});
    await once(socket, 'connect');
    return socket;
  };

  test('that are idle make way, the oldest first, and a request under way is never cut', async () => {
    const here = await open(undefined, 3);
    const slow = fetch(`${here.url}/v1/stats?wait=1`, {
      headers: { Authorization: `Bearer ${here.keys.rk}` },
    });
    while (here.asked.length === 0) await new Promise(setImmediate);
    const [first, second] = [await socketTo(here.url), await socketTo(here.url)];
    const ended = once(first, 'close');
    const third = await socketTo(here.url);
    await ended;
    expect([second.destroyed, third.destroyed]).toEqual([false, false]);
    // However many idle ones come, a question gets through.
    for (let i = 0; i < 20; i++) await socketTo(here.url);
    expect((await fetch(`${here.url}/healthz`, { headers: { Connection: 'close' } })).status).toBe(200);
    here.letGo();
    expect((await slow).status).toBe(200);
    await here.close(100);
  });

  test('that all have a request under way let nobody else in until one is answered', async () => {
    const here = await open(undefined, 1);
    const slow = fetch(`${here.url}/v1/stats?wait=1`, {
      headers: { Authorization: `Bearer ${here.keys.rk}`, Connection: 'close' },
    });
    while (here.asked.length === 0) await new Promise(setImmediate);
    await once(await socketTo(here.url), 'close');
    here.letGo();
    expect((await slow).status).toBe(200);
    let answered: number | undefined;
    while (answered === undefined)
      answered = await fetch(`${here.url}/healthz`).then(
        ({ status }) => status,
        () => undefined,
      );
    expect(answered).toBe(200);
    await here.close(100);
  });

  test.each([
    [256, 128],
    [1_024, 512],
    [16, 16],
    [1_048_576, 8_192],
    [Number.POSITIVE_INFINITY, 8_192],
  ])('where a process may open %d files are at most %d', (descriptors, connections) => {
    expect(connectionsFor(descriptors)).toBe(connections);
  });
});

test('closing takes no more, lets what is under way finish and then hangs up', async () => {
  const own = await open();
  const slow = fetch(`${own.url}/v1/stats?wait=1`, { headers: { Authorization: `Bearer ${own.keys.rk}` } });
  while (own.asked.length === 0) await new Promise(setImmediate);
  const closed = own.close(5_000);
  await expect(fetch(`${own.url}/healthz`)).rejects.toThrow();
  own.letGo();
  const answer = await slow;
  expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
  await closed;
});

describe('large bodies under way at once', () => {
  const large = JSON.stringify({ text: 'x'.repeat(600_000) });
  const post = (url: string, key: string, body: string) =>
    fetch(url, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      body,
    });

  test('share a room: one that does not fit is told to come again in a second, small ones pass, and an answer makes room', async () => {
    const here = await open(1_000_000);
    const held = post(`${here.url}/v1/track?wait=1`, here.keys.sk, large);
    while (here.asked.length === 0) await new Promise(setImmediate);
    const refused = await post(`${here.url}/v1/track`, here.keys.sk, large);
    expectErrorForm(
      { status: refused.status, headers: Object.fromEntries(refused.headers), body: await refused.text() },
      'rate_limited',
    );
    expect(refused.headers.get('retry-after')).toBe('1');
    expect((await post(`${here.url}/v1/track`, here.keys.sk, '{"event":"small"}')).status).toBe(200);
    here.letGo();
    expect((await held).status).toBe(200);
    expect((await post(`${here.url}/v1/track`, here.keys.sk, large)).status).toBe(200);
    await here.close(100);
  });

  test('that stop halfway hold their room no longer than they may take to arrive, and none once their sender is gone', async () => {
    const here = await open(1_000_000);
    const { hostname, port } = new URL(here.url);
    const head = `POST /v1/track HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${here.keys.sk}\r\nContent-Type: application/json\r\nContent-Length: ${large.length}\r\n\r\n`;
    for (const leaves of [true, false]) {
      const slow = connect({ host: hostname, port: Number(port) }).on('error', () => {});
      slow.write(head + large.slice(0, -1));
      const statusOfLarge = async () => (await post(`${here.url}/v1/track`, here.keys.sk, large)).status;
      while ((await statusOfLarge()) !== 429);
      if (leaves) slow.destroy();
      while ((await statusOfLarge()) !== 200);
      slow.destroy();
    }
    await here.close(100);
  });
});
