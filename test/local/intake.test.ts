import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { bodyLimitBytes } from '../../src/serve/gateway-answers.ts';
import { type Running, startProduct } from './product.ts';

let on: Running;
beforeAll(async () => {
  on = await startProduct();
});
afterAll(() => on.stop());

const post = async (
  path: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
  key = on.keys.sk,
) => {
  const answer = await fetch(on.url + path, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  return { status: answer.status, body: z.record(z.string(), z.unknown()).parse(await answer.json()) };
};
const read = async (path: string, args: Readonly<Record<string, string>>) => {
  const answer = await fetch(`${on.url}${path}?${new URLSearchParams(args)}`, {
    headers: { Authorization: `Bearer ${on.keys.rk}` },
  });
  return z.object({ rows: z.array(z.record(z.string(), z.unknown())) }).parse(await answer.json()).rows;
};
const track = (event: string) => JSON.stringify({ event, anonymous_id: 'a' });
const gzip = { 'Content-Encoding': 'gzip' };

describe('a packed body', () => {
  test.each(['gzip', 'GZIP', 'x-gzip', ' gzip '])('of Content-Encoding %j is read', async (coding) => {
    const event = `packed ${coding}`;
    const { status } = await post('/v1/track', gzipSync(track(event)), { 'Content-Encoding': coding });
    expect(status).toBe(202);
    expect(await read('/v1/stats', { event })).toEqual([{ value: 1 }]);
  });

  test('may be 4 MiB unpacked and not a byte more, however small it comes', async () => {
    const filled = (bytes: number) => `${track('filled')}${' '.repeat(bytes - track('filled').length)}`;
    expect((await post('/v1/track', gzipSync(filled(bodyLimitBytes)), gzip)).status).toBe(202);
    const { status, body } = await post('/v1/track', gzipSync(filled(bodyLimitBytes + 1)), gzip);
    expect([status, body.error]).toEqual([413, 'payload_too_large']);
    expect(body.message).toContain('over 4 MiB (4194304 bytes) once unpacked');
  });

  test('that goes on after it said it would end is cut there', async () => {
    const bomb = gzipSync(Buffer.alloc(256 << 20));
    bomb.writeUInt32LE(100, bomb.length - 4);
    const { status, body } = await post('/v1/track', bomb, gzip);
    expect([status, body.error]).toEqual([400, 'invalid_payload']);
  });

  const whole = gzipSync(track('never'));
  test.each([
    ['is not packed', Buffer.from(track('never'))],
    ['is cut off', whole.subarray(0, -10)],
    ['has a wrong byte', Buffer.concat([whole.subarray(0, 20), Buffer.of(255), whole.subarray(21)])],
    ['is two files', Buffer.concat([whole, whole])],
    ['is its head alone', whole.subarray(0, 10)],
  ])('that %s is 400 and says so', async (_, packed) => {
    const { status, body } = await post('/v1/track', packed, gzip);
    expect([status, body.error]).toEqual([400, 'invalid_payload']);
    expect(body.message).toContain('Content-Encoding gzip came, but the body cannot be unpacked');
  });

  test('is also taken by the other routes that take bodies', async () => {
    const event = 'packed elsewhere';
    const batch = JSON.stringify({ events: [{ event }] });
    expect((await post('/v1/batch', gzipSync(batch), gzip)).status).toBe(202);
    const call = { jsonrpc: '2.0', id: 1, method: 'tools/call' };
    const params = { name: 'track_event', arguments: { event } };
    expect((await post('/mcp', gzipSync(JSON.stringify({ ...call, params })), gzip)).status).toBe(200);
    expect(await read('/v1/stats', { event })).toEqual([{ value: 2 }]);
  });
});

describe('text', () => {
  test.each(['utf-8', 'UTF-8', '"utf-8"', 'utf8', 'us-ascii'])('in charset=%s is read', async (charset) => {
    const headers = { 'Content-Type': `application/json; charset=${charset}` };
    expect((await post('/v1/track', track('charset'), headers)).status).toBe(202);
  });

  test.each(['iso-8859-1', 'windows-1252', 'utf-16', 'shift_jis'])(
    'in charset=%s is 415 and says so',
    async (charset) => {
      const headers = { 'Content-Type': `application/json; charset=${charset}` };
      const { status, body } = await post('/v1/track', Buffer.from(track('café'), 'latin1'), headers);
      expect([status, body.error]).toEqual([415, 'unsupported_media_type']);
      expect(body.message).toContain(`A body in "${charset}" came. Bodies are UTF-8`);
    },
  );

  test.each([
    ['latin1 bytes', Buffer.from(track('café'), 'latin1'), 'some of its bytes are none'],
    ['half a character', Buffer.from(track('🦉')).subarray(0, 12), 'some of its bytes are none'],
    ['UTF-16', Buffer.from(`\ufeff${track('a')}`, 'utf16le'), 'it looks like UTF-16'],
  ])('of %s is 400 and says so', async (_, bytes, why) => {
    for (const [body, headers] of [[bytes, {}] as const, [gzipSync(bytes), gzip] as const]) {
      const answer = await post('/v1/track', body, headers);
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_payload']);
      expect(answer.body.message).toContain(`The body is not UTF-8: ${why}`);
    }
  });

  test('may begin with a byte order mark', async () => {
    const bytes = Buffer.from(`\ufeff${track('marked')}`);
    for (const [body, headers] of [[bytes, {}] as const, [gzipSync(bytes), gzip] as const])
      expect((await post('/v1/track', body, headers)).status).toBe(202);
    expect(await read('/v1/stats', { event: 'marked' })).toEqual([{ value: 2 }]);
  });

  test.each([
    ['a mark in the wrong place', `{\ufeff"event":"a"}`, '<U+FEFF>'],
    ['NUL', '\0{"event":"a"}', '<U+0000>'],
    ['a zero-width blank', '\u200b{"event":"a"}', '<U+200B>'],
    ['text that turns around', `{"event":"a","url":"no\u202eurl"}`, '<U+202E>'],
    ['a tag', `{"event":"a","url":"no\u{e0041}url"}`, '<U+E0041>'],
  ])('of %s is refused in words in which it can be seen', async (_, body, seen) => {
    const answer = await post('/v1/track', body);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(seen);
    expect(JSON.stringify(answer.body)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe('numbers in properties', () => {
  const spelled =
    '{"id":1524831183200260097,"big":123456789012345678901234567890,"price":19.90,"one":1.0,"k":1e3,"none":-0,"fine":0.12345678901234567890,"in":{"list":[1.50,2]},"text":"1.0, 1e3"}';

  test('keep the digits they were sent with, on every way in', async () => {
    const of = (event: string) => `{"event":"${event}","anonymous_id":"n","properties":${spelled}}`;
    await post('/v1/track', of('digits'));
    await post('/v1/batch', `{"events":[${of('digits')}]}`);
    await post(
      '/mcp',
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"track_event","arguments":${of('digits')}}}`,
    );
    await post('/v1/identify', `{"anonymous_id":"n","user_id":"n1","traits":${spelled}}`);
    const rows = [
      ...(await read('/v1/query', { event: 'digits' })),
      ...(await read('/v1/query', { event: '$identify', user_id: 'n1' })),
    ];
    expect(rows.map(({ properties }) => properties)).toEqual(Array(4).fill(spelled));
  });

  test('beyond 2^53 are groups of their own, and found by their digits', async () => {
    for (const id of ['1524831183200260097', '1524831183200260098'])
      await post('/v1/track', `{"event":"tweet","properties":{"tweet_id":${id}}}`);
    const group_by = 'properties.tweet_id';
    expect(await read('/v1/stats', { event: 'tweet', group_by })).toEqual([
      { [group_by]: '1524831183200260097', value: 1 },
      { [group_by]: '1524831183200260098', value: 1 },
    ]);
    const where = JSON.stringify([{ field: group_by, op: 'eq', value: '1524831183200260098' }]);
    expect(await read('/v1/stats', { event: 'tweet', where })).toEqual([{ value: 1 }]);
  });
});

describe('an answer names', () => {
  test('what nobody read', async () => {
    const { body } = await post('/v1/track', '{"event":"a","userId":"u","source":"x","sneaky\\u200b":1}');
    expect(body).toEqual({ ok: true, event_id: null, ignored: ['userId', 'source', 'sneaky<U+200B>'] });
    const batch = {
      events: [
        { event: 'a', messageId: 'm' },
        { event: 'a', messageId: 'n', context: {} },
      ],
      sentAt: 1,
    };
    expect((await post('/v1/batch', JSON.stringify(batch))).body).toEqual({
      ok: true,
      count: 2,
      ignored: ['sentAt', 'messageId', 'context'],
    });
  });

  test('repeats, of each request its own', async () => {
    const event = { event: 'a', event_id: 'again' };
    expect((await post('/v1/track', JSON.stringify(event))).body).toEqual({ ok: true, event_id: 'again' });
    expect((await post('/v1/track', JSON.stringify(event))).body).toEqual({
      ok: true,
      event_id: 'again',
      repeats: 1,
    });
    const events = [event, { ...event, event_id: 'new' }, { ...event, event_id: 'new' }, { event: 'a' }];
    expect((await post('/v1/batch', JSON.stringify({ events }))).body).toEqual({
      ok: true,
      count: 4,
      repeats: 2,
    });
  });

  test.each([
    [{ anonymous_id: 'a1', user_id: 'undefined' }, 'user_id "undefined"'],
    [{ anonymous_id: 'null', user_id: 'u1' }, 'anonymous_id "null"'],
    [{ anonymous_id: 'a1', user_id: '[object Object]' }, 'user_id "[object Object]"'],
  ])('an id that identifies nobody: %j', async (ids, which) => {
    const message = expect.stringContaining(`${which} stands for no id, so nobody was identified`);
    const identify = await post('/v1/identify', JSON.stringify(ids));
    expect(identify).toEqual({ status: 200, body: { ok: true, identified: false, message } });
    const event = await post('/v1/track', JSON.stringify({ event: '$identify', ...ids }));
    expect(event.body).toEqual({ ok: true, event_id: null, identified: false, message });
  });
});

test('a secret key in a beacon’s address is refused, with the reason', async () => {
  const answer = await fetch(`${on.url}/v1/beacon?k=${on.keys.sk}`, { method: 'POST', body: track('never') });
  expect([answer.status, await answer.json()]).toEqual([
    403,
    {
      error: 'insufficient_scope',
      message: 'A key of kind sk_ may not stand in a URL, where logs and histories keep it; use one of: pk_.',
    },
  ]);
});

test('an attack: a browser’s key neither hides a server’s purchase nor takes over a visitor', async () => {
  const page = { Origin: on.url };
  const browser = (body: unknown) => post('/v1/track', JSON.stringify(body), page, on.keys.pk);
  const server = (body: unknown) => post('/v1/track', JSON.stringify(body));
  await browser({ event: 'noise', event_id: 'order-1001', timestamp: '1999-01-01T00:00:00Z' });
  await server({ event: 'purchase', event_id: 'order-1001', anonymous_id: 'v1' });
  await browser({ event: 'purchase_', event_id: 'order-1001' });
  expect(await read('/v1/stats', { event: 'purchase' })).toEqual([{ value: 1 }]);
  expect(await read('/v1/stats', { event: 'noise', from: '1990-01-01' })).toEqual([{ value: 0 }]);

  await server({ event: 'seen', anonymous_id: 'v2' });
  await browser({ event: '$identify', anonymous_id: 'v2', user_id: 'true-one' });
  await browser({
    event: '$identify',
    anonymous_id: 'v2',
    user_id: 'thief',
    timestamp: '0001-01-01T00:00:00Z',
  });
  await server({ event: 'paid', user_id: 'true-one' });
  const people = await read('/v1/funnel', { steps: 'seen,paid' });
  expect(people.map((row) => row.people)).toEqual([1, 1]);
});
