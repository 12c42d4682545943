import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Running, startProduct } from '../local/product.ts';
import { parseAnswer } from '../local/raw.ts';
import { bytesOf, exchange, wrongWith } from './exchange.ts';

const limit = 4 * 1024 * 1024;
const deep = (levels: number, open = '[', close = ']') => open.repeat(levels) + close.repeat(levels);

let product: Running;
beforeAll(async () => {
  product = await startProduct({ patience: { headMs: 300, requestMs: 600, lookMs: 50 } });
});
afterAll(() => product.stop());

const head = (path: string, lines: readonly string[], key = product.keys.sk) =>
  [
    `POST ${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: close',
    `Authorization: Bearer ${key}`,
    'Content-Type: application/json',
    ...lines,
    '',
    '',
  ].join('\r\n');
const told = async (bytes: string | Uint8Array, path: string, how: Parameters<typeof exchange>[2] = {}) => {
  const text = await exchange(
    product.url,
    typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes,
    how,
  );
  expect(wrongWith(text, { method: 'POST', target: path }), text.slice(0, 500)).toBeUndefined();
  return parseAnswer(text);
};
const post = (path: string, body: string) =>
  told(
    bytesOf({
      method: 'POST',
      target: path,
      headers: [
        ['Authorization', `Bearer ${product.keys.sk}`],
        ['Content-Type', 'application/json'],
      ],
      body,
    }),
    path,
  );

describe('bodies', () => {
  const bodies: readonly (readonly [string, string])[] = [
    ['100,000 lists in one another', deep(100_000)],
    ['100,000 objects in one another', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['100,000 levels in properties', `{"event":"x","properties":{"a":${deep(100_000)}}}`],
    [
      '100,000 levels in MCP arguments',
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_stats","arguments":{"where":${deep(100_000)}}}}`,
    ],
    ['100,000 open brackets', '['.repeat(100_000)],
    ['a number of 100,000 digits', `{"event":"x","properties":{"n":${'9'.repeat(100_000)}}}`],
    [
      'numbers no double holds',
      '{"event":"x","properties":{"a":1e400,"b":-1e400,"c":1e-400,"d":12345678901234567890}}',
    ],
    [
      'lone surrogates everywhere',
      '{"event":"\\ud800x","anonymous_id":"\\udfff","properties":{"\\ud800":"\\udc00\\ud800"}}',
    ],
    [
      'NUL everywhere',
      '{"event":"a\\u0000b","anonymous_id":"\\u0000","url":"https://a.example/\\u0000","properties":{"\\u0000":"\\u0000"}}',
    ],
    ['a raw NUL', '{"event":"a\0b"}'],
    ['the same key twice', '{"event":"one","event":"two","event":3}'],
    [
      '__proto__, constructor and toString as keys',
      '{"event":"x","__proto__":{"event_id":5,"polluted":1},"constructor":{"prototype":{"polluted":1}},"properties":{"__proto__":{"polluted":1},"toString":"x"}}',
    ],
    [
      '__proto__ as MCP method and tool',
      '{"jsonrpc":"2.0","id":1,"method":"__proto__","params":{"name":"__proto__","arguments":{"__proto__":1}}}',
    ],
    ['an empty body', ''],
    ['a byte order mark', '\ufeff{"event":"x"}'],
    ['only white space', ' \r\n\t '],
    ['a million items', `{"events":[${'1,'.repeat(1_000_000)}1]}`],
    [
      '100,000 keys',
      `{"event":"x","properties":{${Array.from({ length: 100_000 }, (_, i) => `"k${i}":1`).join()}}}`,
    ],
  ];
  const paths = ['/v1/track', '/v1/batch', '/v1/identify', '/mcp', '/mcp/account'];
  test.each(bodies.flatMap(([what, body]) => paths.map((path) => [what, path, body] as const)))(
    '%s on %s',
    async (_, path, body) => {
      expect((await post(path, body)).status).toBeLessThan(500);
      expect('polluted' in {}).toBe(false);
    },
  );

  test('4 MiB and one byte are 413', async () => {
    expect((await post('/v1/batch', `{"events":["${'x'.repeat(limit + 1 - 14)}"]}`)).status).toBe(413);
  });
  test('4 MiB and one byte that are only announced are 413 before they are sent', async () => {
    expect((await told(head('/v1/batch', [`Content-Length: ${limit + 1}`]), '/v1/batch')).status).toBe(413);
  });
  test('4 MiB and more in chunks are 413', async () => {
    const chunk = `100000\r\n${'x'.repeat(0x100000)}\r\n`;
    expect(
      (await told(head('/v1/batch', ['Transfer-Encoding: chunked']) + chunk.repeat(5), '/v1/batch')).status,
    ).toBe(413);
  });
});

describe('senders that break the protocol', () => {
  const broken: readonly (readonly [
    string,
    () => string,
    { readonly end?: boolean; readonly answers?: readonly number[] },
  ])[] = [
    [
      'a body that stops half way',
      () => `${head('/v1/track', ['Content-Length: 100'])}{"event":`,
      { answers: [408] },
    ],
    ['a head that stops half way', () => 'POST /v1/track HTTP/1.1\r\nHost: local', { answers: [408] }],
    ['a line that says nothing at all', () => '\r\n', { answers: [408] }],
    [
      'a half-closed socket after a whole request',
      () => `${head('/v1/track', ['Content-Length: 13'])}{"event":"x"}`,
      { end: true, answers: [202] },
    ],
    [
      'a half-closed socket within the body',
      () => `${head('/v1/track', ['Content-Length: 100'])}{"event":`,
      { end: true, answers: [400] },
    ],
    [
      'a chunk longer than it says',
      () => `${head('/v1/track', ['Transfer-Encoding: chunked'])}3\r\n{"event":"x"}\r\n0\r\n\r\n`,
      { answers: [400] },
    ],
    [
      'a chunk shorter than it says',
      () => `${head('/v1/track', ['Transfer-Encoding: chunked'])}ff\r\n{"event":"x"}\r\n0\r\n\r\n`,
      { answers: [408] },
    ],
    [
      'a chunk length that is no number',
      () => `${head('/v1/track', ['Transfer-Encoding: chunked'])}zz\r\n{"event":"x"}\r\n0\r\n\r\n`,
      { answers: [400] },
    ],
    [
      'a chunk length beyond all numbers',
      () => `${head('/v1/track', ['Transfer-Encoding: chunked'])}${'f'.repeat(40)}\r\n{}`,
      { answers: [400] },
    ],
    [
      'chunks with a length beside them',
      () => `${head('/v1/track', ['Transfer-Encoding: chunked', 'Content-Length: 5'])}0\r\n\r\n`,
      { answers: [400] },
    ],
    [
      'two different lengths',
      () => `${head('/v1/track', ['Content-Length: 5', 'Content-Length: 6'])}{"event":"x"}`,
      { answers: [400] },
    ],
    ['a negative length', () => head('/v1/track', ['Content-Length: -1']), { answers: [400] }],
    ['a header of 64 KiB', () => head('/v1/track', [`X-Long: ${'x'.repeat(65_536)}`]), { answers: [431] }],
    [
      '10,000 headers',
      () =>
        head(
          '/v1/track',
          Array.from({ length: 10_000 }, (_, i) => `X${i}: ${i}`),
        ),
      { answers: [431] },
    ],
    [
      '1,000 headers without names',
      () =>
        head(
          '/v1/track',
          Array.from({ length: 1_000 }, () => ': x'),
        ),
      { answers: [400] },
    ],
    [
      'a header name with a space',
      () => head('/v1/track', ['A b: c', 'Content-Length: 0']),
      { answers: [400] },
    ],
    ['a NUL in a header', () => head('/v1/track', ['X: a\0b', 'Content-Length: 0']), { answers: [400] }],
    [
      'every byte beyond ASCII in a header',
      () =>
        head('/v1/track', [
          `User-Agent: ${String.fromCharCode(...Array.from({ length: 128 }, (_, i) => i + 128))}`,
          'Content-Length: 0',
        ]),
      { answers: [400] },
    ],
    [
      'two keys',
      () => head('/v1/track', [`Authorization: Bearer ${product.keys.rk}`, 'Content-Length: 0']),
      { answers: [400, 401] },
    ],
    [
      'a target of 60,000 characters',
      () => `GET /v1/stats?${'a'.repeat(60_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      { answers: [431] },
    ],
    ['a request that is no HTTP', () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', { answers: [400] }],
    ['HTTP/2’s first bytes', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', { answers: [400] }],
    ['HTTP/9.9', () => 'GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n', { answers: [400] }],
    [
      'a wish to change the protocol',
      () => 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n',
      { answers: [200] },
    ],
  ];
  test.each(broken)(
    '%s gets an answer of the contract’s form in time',
    async (_, bytes, { end = false, answers = [] }) => {
      expect(answers).toContain((await told(bytes(), '/v1/track', { end, withinMs: 5_000 })).status);
    },
  );

  test('two hundred that never finish hold up nobody', async () => {
    const slow = Array.from({ length: 200 }, () =>
      exchange(product.url, Buffer.from(`${head('/v1/track', ['Content-Length: 50'])}{`), {
        withinMs: 10_000,
      }),
    );
    expect((await post('/v1/track', '{"event":"meanwhile"}')).status).toBe(202);
    const answers = (await Promise.all(slow)).map((text) => parseAnswer(text).status);
    expect(new Set(answers)).toEqual(new Set([408]));
  });
});

test('after all that it is well, and knows of no failure of its own', async () => {
  const answer = await fetch(`${product.url}/v1/stats?event=meanwhile&from=last:1d`, {
    headers: { Authorization: `Bearer ${product.keys.rk}` },
  });
  expect(await answer.json()).toMatchObject({ rows: [{ value: 1 }] });
  expect(product.log()).not.toContain('"level":"error"');
});
