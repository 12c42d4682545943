import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { type Running, startProduct } from '../local/product.ts';
import { desk, file } from './desk.ts';

let product: Running;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

const days = ['--from', '2015-05-17', '--to', '2015-05-22'];

/** Types a command at the running product, with the keys its first start saved. */
const type = async (...args: string[]) => {
  const at = desk({ env: { MILLIMETRIC_DATA: product.dir } });
  const exit = await at.type(...args, '--url', product.url);
  return { exit, ...at.said };
};

const counts = async () =>
  (
    await type(
      'ask',
      'get_stats',
      '--metric',
      'count',
      '--group-by',
      'event_name',
      '--include_bots',
      'true',
      '--csv',
      ...days,
    )
  ).out;
const once = 'event_name,value\n$pageview,3851\nrequest_failed,220\nfile_download,72\n';

test('the sample log is in the product after one import, and after a second one nothing more is', async () => {
  const brought = await type('import', 'data/access.log.gz', '--site', 'http://www.semicomplete.com');
  expect(brought).toMatchObject({ exit: 0, err: '' });
  expect(brought.out).toContain('10,000 lines read, 4,143 events delivered to demo');
  expect(await counts()).toBe(once);
  const again = await type('import', 'data/access.log.gz', '--site', 'http://www.semicomplete.com');
  expect(again).toMatchObject({ exit: 0 });
  expect(await counts()).toBe(once);
});

test('its visitors are the 1,336 pairs of address and user agent', async () => {
  const { out } = await type('ask', 'get_stats', '--metric', 'uniques', '--include_bots', '--csv', ...days);
  expect(out).toBe('value\n1336\n');
});

test('an event that was tracked is seen by the next question', async () => {
  expect(await type('track', 'sign_up', '--user-id', 'u_1', '--property', 'seats=3')).toMatchObject({
    exit: 0,
  });
  const { out } = await type('ask', 'query_events', '--event', 'sign_up', '--json');
  const { rows } = z
    .object({
      rows: z.array(z.looseObject({ user_id: z.string(), properties: z.string(), device_type: z.string() })),
    })
    .parse(JSON.parse(out));
  expect(rows).toMatchObject([{ user_id: 'u_1', properties: '{"seats":3}', device_type: 'desktop' }]);
});

test('lines the product refuses are named, and lose no other', async () => {
  const lines = [
    '{"event":"kept_a"}',
    '{"event":"","anonymous_id":"v"}',
    '{"event":"kept_b","timestamp":"yesterday"}',
    '{"event":"kept_c","ip":"300.1.1.1"}',
    '{"event":"kept_d"}',
  ];
  const { exit, out } = await type('import', file('events.ndjson', lines.join('\n')));
  expect(exit).toBe(1);
  expect(out).toContain('5 lines read, 2 events delivered');
  expect(out).toMatch(/refused +by the server +3/);
  expect(out).toMatch(
    /line 2: refused: event: .*\n[\s\S]*line 3: refused: timestamp: .*\n[\s\S]*line 4: refused: ip: /,
  );
  const { out: names } = await type('ask', 'get_stats', '--event', 'kept_a', '--csv');
  expect(names).toBe('value\n1\n');
});

test('whatever a log line holds, the product takes it', async () => {
  const odd = [
    String.raw`192.0.2.1 - - [17/May/2014:10:05:03 +0000] "GET /\x00\xff\"<>{}|^%zz%00 HTTP/1.1" 200 5 "\x00\xe4" "\x00\xff\xf0\x9f\x98\x80"`,
    `192.0.2.1 - - [17/May/2014:10:05:03 +0000] "GET /${'%F0'.repeat(2000)} HTTP/1.1" 200 5 "${'é'.repeat(3000)}" "${'😀'.repeat(1000)}"`,
    `fe80::1%eth0 - - [17/May/2014:10:05:03 +0000] "GET /${'é'.repeat(3000)} HTTP/1.1" 200 5 "" ""`,
    'crawler.example.net - - [17/May/2014:10:05:03 +0000] "GET http://[::1/x HTTP/1.1" 200 5 "http://" "-"',
    '2001:db8::1 - - [17/May/1001:10:05:03 +0000] "CONNECT a:443 HTTP/1.1" 405 5 "-" "-"',
    '192.0.2.1 - - [17/May/9998:10:05:03 +0000] "-" 408 - "-" "-"',
  ];
  for (const site of [['--site', 'http://a.example'], []]) {
    const brought = await type('import', file('odd.log', `${odd.join('\n')}\n${site.length}`), ...site);
    expect(brought).toMatchObject({ exit: 0 });
    expect(brought.out).toContain('7 lines read, 6 events delivered');
    expect(brought.out).not.toContain('refused');
  }
});

test('tools lists what the reading key may call', async () => {
  const { out } = await type('tools');
  for (const name of ['query_events', 'get_stats', 'top_sources', 'funnel'])
    expect(out).toMatch(new RegExp(`^${name} `, 'm'));
  expect(out).not.toContain('track_event');
});

test('a mistyped argument and a mistyped tool are mended by what the answer says', async () => {
  expect((await type('ask', 'get_stats', '--metrik', 'count')).err).toContain('did you mean metric?');
  expect((await type('ask', 'get_stat')).err).toContain('get_stats');
});

test('the saved files are for their owner only', () => {
  expect(readFileSync(`${product.dir}/visitors-demo.key`, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
});

test('without --url or PORT the data folder says where the product answers', async () => {
  const at = desk({ env: { MILLIMETRIC_DATA: product.dir } });
  expect(await at.type('ask', 'get_stats', '--csv', ...days)).toBe(0);
});

test('contains and starts_with know a word in capitals by its final letter too', async () => {
  for (const name of ['ΟΔΟΣ', 'οδος', 'Οδοσ']) await type('track', `greek_${name}`, '--user-id', 'u');
  const count = async (op: string, value: string) =>
    (
      await type(
        'ask',
        'get_stats',
        '--csv',
        `--where=${JSON.stringify([{ field: 'event_name', op, value }])}`,
      )
    ).out;
  expect(await count('contains', 'οδος')).toBe('value\n3\n');
  expect(await count('contains', 'ΔΟΣ')).toBe('value\n3\n');
  expect(await count('starts_with', 'GREEK_ΟΔΟΣ')).toBe('value\n3\n');
});

test('a name in a resource’s address is found though an older client encoded it once more', async () => {
  await type('track', '50% off', '--user-id', 'u');
  const { keys } = z
    .object({ keys: z.object({ rk: z.string() }) })
    .parse(JSON.parse(readFileSync(`${product.dir}/keys.json`, 'utf8')));
  for (const name of ['50% off', '50%25%20off', '50%2525%2520off']) {
    const answer = await fetch(`${product.url}/mcp`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys.rk}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'resources/read',
        params: { uri: `schema://events/${name}` },
      }),
    });
    expect(await answer.text(), name).toContain('50% off');
  }
});
