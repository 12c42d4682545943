import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { bytes, desk, file, saveKeys } from './desk.ts';
import { type Heard, peer, type Says } from './peer.ts';

const visit = ({
  second = 3,
  target = '/',
  status = 200,
  agent = 'Firefox',
  referrer = '-',
  address = '192.0.2.1',
} = {}): string =>
  `${address} - - [17/May/2015:10:05:${String(second).padStart(2, '0')} +0200] "GET ${target} HTTP/1.1" ${status} 5 "${referrer}" "${agent}"\n`;

const batch = z.object({
  events: z.array(
    z.looseObject({ event: z.string(), event_id: z.string(), anonymous_id: z.string().optional() }),
  ),
});
const eventsIn = (heard: readonly Heard[]) =>
  heard.flatMap(({ body }) => batch.parse(JSON.parse(body)).events);
const accepts = (): Says => ({ status: 202, body: { ok: true, count: 1 } });

/** A desk with keys, and a peer that answers in its way. */
const office = async (
  answer: (heard: Heard, nth: number) => Says = accepts,
  more: Parameters<typeof desk>[0] = {},
) => {
  const at = desk(more);
  saveKeys(at);
  const server = await peer(answer);
  return {
    ...at,
    server,
    import: (...args: string[]) => at.type('import', '--url', server.url, ...args),
    [Symbol.asyncDispose]: server.close,
  };
};

test('a log line is sent as the event it is, with the saved secret key', async () => {
  await using at = await office();
  const log =
    visit({ target: '/a?utm_source=x', referrer: 'http://example.org/b' }) +
    visit({ target: '/talk.PDF' }) +
    visit({ target: '/gone', status: 404 });
  expect(await at.import(file('access.log', log), '--site', 'https://shop.example/')).toBe(0);
  const [view, download, failure] = eventsIn(at.server.heard);
  const common = {
    ip: '192.0.2.1',
    user_agent: 'Firefox',
    timestamp: '2015-05-17T08:05:03.000Z',
    anonymous_id: expect.stringMatching(/^[0-9a-f]{32}$/),
  };
  expect(view).toEqual({
    ...common,
    event: '$pageview',
    event_id: expect.stringMatching(/^line_[\w-]{32}_1$/),
    url: 'https://shop.example/a?utm_source=x',
    referrer: 'http://example.org/b',
  });
  expect(download).toMatchObject({
    ...common,
    event: 'file_download',
    url: 'https://shop.example/talk.PDF',
    properties: { extension: 'pdf' },
  });
  expect(failure).toMatchObject({
    ...common,
    event: 'request_failed',
    url: 'https://shop.example/gone',
    properties: { status: 404, method: 'GET' },
  });
  expect(download).not.toHaveProperty('referrer');
  expect(at.server.heard[0]).toMatchObject({ path: '/v1/batch', authorization: 'Bearer sk_live_secret' });
  expect(at.said.out).toContain('3 lines read, 3 events delivered to demo');
});

test('without a site an event has a path and no url', async () => {
  await using at = await office();
  await at.import(file('access.log', visit({ target: '/a?b=1' })));
  expect(eventsIn(at.server.heard)[0]).toMatchObject({ path: '/a' });
  expect(eventsIn(at.server.heard)[0]).not.toHaveProperty('url');
});

test('run again, the same lines have the same names, and equal lines their own', async () => {
  await using at = await office();
  const log = file('access.log', visit() + visit() + visit({ second: 4 }));
  const packed = file('access.log.gz', gzipSync(readFileSync(log)));
  await at.import(log);
  const once = eventsIn(at.server.heard);
  await at.import(packed);
  expect(new Set(once.map((event) => event.event_id)).size).toBe(3);
  expect(eventsIn(at.server.heard).slice(3)).toEqual(once);
  expect(at.said.out).toMatch(/repeats +equal lines, kept as separate events +1/);
});

test('a visitor is address and user agent under a key that only its owner can read and that stays', async () => {
  await using at = await office();
  const key = join(at.terminal.env.MILLIMETRIC_DATA ?? '', 'visitors-demo.key');
  const log = visit() + visit({ second: 9 }) + visit({ agent: 'Opera' }) + visit({ address: '192.0.2.2' });
  await at.import(file('a.log', log));
  expect(statSync(key).mode & 0o777).toBe(0o600);
  const kept = readFileSync(key, 'utf8');
  await at.import(file('b.log', visit({ second: 10 })));
  expect(readFileSync(key, 'utf8')).toBe(kept);
  const [one, same, agent, address, later] = eventsIn(at.server.heard).map((event) => event.anonymous_id);
  expect([same, later]).toEqual([one, one]);
  expect(new Set([one, agent, address]).size).toBe(3);

  await using other = await office();
  await other.import(file('a.log', visit()));
  expect(eventsIn(other.server.heard)[0]?.anonymous_id).not.toBe(one);
});

describe('what does not fit the contract’s lengths is shortened, counted and kept', () => {
  test.each([
    ['a request target of 3,000 characters', { target: `/${'é'.repeat(2999)}` }, 'url', 2048],
    ['a referrer', { referrer: `http://a.example/${'x'.repeat(3000)}` }, 'referrer', 2048],
    ['a user agent', { agent: 'x'.repeat(1025) }, 'user_agent', 1024],
    ['one that ends in half a character', { agent: `${'x'.repeat(1023)}😀` }, 'user_agent', 1023],
  ])('%s', async (_, given, field, length) => {
    await using at = await office(accepts, { stdin: bytes(visit(given)) });
    expect(await at.import('-', '--site', 'http://a.example')).toBe(0);
    expect(String(eventsIn(at.server.heard)[0]?.[field])).toHaveLength(length);
    expect(at.said.out).toMatch(/shortened +values over their length +1/);
  });
});

describe('targets that are no path', () => {
  test.each([
    ['http://other.example/x', { url: 'http://other.example/x' }],
    ['http://', {}],
    ['*', {}],
  ])('%s', async (target, place) => {
    await using at = await office(accepts, { stdin: bytes(visit({ target, status: 400 })) });
    await at.import('-', '--site', 'http://a.example');
    const [event] = eventsIn(at.server.heard);
    expect({ ...(event?.url === undefined ? {} : { url: event.url }) }).toEqual(place);
  });
});

describe('a server that cannot just now is asked again', () => {
  test.each<[string, Says, number[]]>([
    [
      '429 with Retry-After',
      { status: 429, headers: { 'retry-after': '3' }, body: { error: 'rate_limited', message: 'Too fast.' } },
      [3000],
    ],
    [
      '429 until a date',
      { status: 429, headers: { 'retry-after': 'Sat, 31 Jan 2026 12:00:07 GMT' } },
      [7000],
    ],
    ['500', { status: 500 }, [expect.closeTo(500, -3)]],
    ['503', { status: 503, headers: { 'retry-after': '0' } }, [0]],
    ['408', { status: 408 }, [expect.closeTo(500, -3)]],
    ['a connection that breaks', undefined, [expect.closeTo(500, -3)]],
  ])('%s', async (_, once, waited) => {
    await using at = await office((_heard, nth) => (nth === 1 ? once : accepts()));
    expect(await at.import(file('a.log', visit()))).toBe(0);
    expect(at.server.heard).toHaveLength(2);
    expect(at.server.heard[1]?.body).toBe(at.server.heard[0]?.body);
    expect(at.said.waited).toEqual(waited);
    expect(at.said.err).toContain('trying again in');
  });

  test('not for ever: then it says what came, what was kept, and how to go on', async () => {
    await using at = await office(() => ({
      status: 502,
      body: { error: 'upstream_failed', message: 'The store is full.' },
    }));
    expect(await at.import(file('a.log', visit()))).toBe(1);
    expect(at.server.heard).toHaveLength(9);
    expect(at.said.out).toContain('1 lines read, 0 events delivered');
    expect(at.said.err).toContain(
      'The store is full. (502 upstream_failed) Run the same command again: it goes on, and adds nothing twice.',
    );
  });

  test('a used-up month is not waited for', async () => {
    await using at = await office(() => ({
      status: 429,
      body: { error: 'quota_exceeded', message: 'The month’s events are used up.' },
    }));
    expect(await at.import(file('a.log', visit()))).toBe(1);
    expect(at.server.heard).toHaveLength(1);
  });
});

test('a refused key ends the import at once, in the server’s words', async () => {
  await using at = await office(() => ({
    status: 401,
    body: { error: 'invalid_api_key', message: 'No such key.' },
  }));
  expect(await at.import(file('a.log', visit()), '--key', 'sk_live_wrong')).toBe(1);
  expect(at.server.heard).toHaveLength(1);
  expect(at.said.err).toContain('No such key. (401 invalid_api_key)');
  expect(at.said.err).not.toContain('sk_live_wrong');
});

describe('ndjson', () => {
  const lines = [
    '{"event":"a","event_id":"mine"}',
    'not json',
    '{"event":"b"}',
    '',
    '["list"]',
    '{"event":7}',
    '{"event":"c","user_id":"bad"}',
    '{"event":"b"}',
  ].join('\n');
  const refusesBad = ({ body }: Heard): Says => {
    const bad = batch
      .parse(JSON.parse(body))
      .events.flatMap((event, i) => (event.user_id === 'bad' ? [i] : []));
    if (bad.length === 0) return accepts();
    const fieldErrors = Object.fromEntries(bad.map((i) => [`events.${i}.user_id`, ['must not be bad']]));
    return {
      status: 400,
      body: { error: 'invalid_payload', message: 'Does not fit.', details: { formErrors: [], fieldErrors } },
    };
  };

  test('lines are track bodies; broken and refused ones are counted and quoted, and lose no other', async () => {
    await using at = await office(refusesBad);
    expect(await at.import(file('events.ndjson', lines))).toBe(1);
    expect(eventsIn(at.server.heard.slice(1)).map((event) => event.event)).toEqual(['a', 'b', 'b']);
    const [own, first, second] = eventsIn(at.server.heard.slice(1)).map((event) => event.event_id);
    expect(own).toBe('mine');
    expect(second).toBe(String(first).replace(/_1$/, '_2'));
    expect(at.said.out).toMatch(
      /7 lines read, 3 events[\s\S]*kept +b +2\n +a +1\nskipped +unparseable +3\nrefused +by the server +1\n/,
    );
    expect(at.said.out).toContain('line 2: not a JSON object with an `event`\n    not json');
    expect(at.said.out).toContain(
      'line 7: refused: user_id: must not be bad\n    {"event":"c","user_id":"bad"}',
    );
  });

  test('where a refusal names no line, the bad one is found by halving', async () => {
    const refuses = (heard: Heard): Says =>
      heard.body.includes('"bad"')
        ? { status: 400, body: { error: 'invalid_payload', message: 'Something is wrong.' } }
        : accepts();
    await using at = await office(refuses);
    expect(await at.import(file('events.ndjson', lines))).toBe(1);
    expect(at.said.out).toMatch(/7 lines read, 3 events/);
    expect(at.said.out).toContain('refused: Something is wrong.');
  });

  test('a line nested ten thousand deep is one broken line', async () => {
    await using at = await office();
    const deep = `{"event":"a","properties":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`;
    expect(await at.import(file('events.ndjson', `${deep}\n{"event":"b"}\n`))).toBe(0);
    expect(eventsIn(at.server.heard).map((event) => event.event)).toEqual(['b']);
  });
});

describe('moving times', () => {
  test('the latest line falls on the given instant, all others keep their distance, and names stay', async () => {
    await using at = await office();
    const log = file(
      'a.log',
      visit({ second: 3 }) + visit({ second: 13, target: '/logo.png' }) + visit({ second: 8 }),
    );
    await at.import(log);
    const names = eventsIn(at.server.heard).map((event) => event.event_id);
    expect(await at.import(log, '--shift-to', '2026-01-01T00:00:00+01:00')).toBe(0);
    const moved = eventsIn(at.server.heard).slice(2);
    expect(moved.map((event) => event.timestamp)).toEqual([
      '2025-12-31T22:59:50.000Z',
      '2025-12-31T22:59:55.000Z',
    ]);
    expect(moved.map((event) => event.event_id)).toEqual(names);
  });

  test('ndjson moves too, and what has no time is left to arrive', async () => {
    await using at = await office();
    await at.import(
      file('a.ndjson', '{"event":"a","timestamp":"2020-01-01T00:00:00Z"}\n{"event":"b"}\n'),
      '--shift-to',
      'now',
    );
    expect(eventsIn(at.server.heard).map((event) => event.timestamp)).toEqual([
      '2026-01-31T12:00:00.000Z',
      undefined,
    ]);
  });
});

describe('wrong usage is said before anything is read or sent', () => {
  test.each([
    [[], /Name at least one file/],
    [['/nowhere/a.log'], /There is no file \/nowhere\/a\.log/],
    [['-', '--shift-to', 'now'], /read the lines twice, which standard input cannot/],
    [['-', '--shift-to', '2026-01-01'], /`--shift-to` takes now, or an ISO 8601 instant/],
    [['-', '--format', 'apache'], /`--format` takes vhost_combined, combined, .* ndjson; `apache` was given/],
    [['-', '--format', 'combind'], /Did you mean `combined`/],
    [
      ['-', '--visitor', 'last'],
      /`--visitor` takes address, first-forwarded, last-forwarded; `last` was given/,
    ],
    [['-', '--fields', 'tme=ts'], /`--fields` takes pairs such as time=ts.*`tme=ts` was given/],
    [['-', '--fields', 'time'], /`time` was given/],
    [['-', '--fields', 'time=ts', '--format', 'w3c'], /with `--format w3c` there are none/],
    [['-', '--site', 'shop.example'], /`--site` takes the origin/],
    [['-', '--site', 'http://shop.example/a'], /`--site` takes the origin/],
    [['-', '--project', '../x'], /`--project` takes a project’s slug/],
    [['-', '--project', 'other'], /saved key is of the project demo/],
    [['-', '--url', 'ftp://a'], /`--url` takes an http\(s\) address/],
    [['-', '--sites', 'http://a'], /no flag `--sites` here\. Did you mean `--site`/],
    [['-', '--site', '--dry-run'], /`--site` needs a value/],
    [['-', '--dry-run=yes'], /takes no value/],
  ])('%j', async (args, sentence) => {
    const at = desk();
    saveKeys(at);
    expect(await at.type('import', ...args)).toBe(args[0]?.startsWith('/') ? 1 : 2);
    expect(at.said.err).toMatch(sentence);
    expect(at.said.out).toBe('');
  });
});

test('where nothing listens it says so at once', async () => {
  const server = await peer(accepts);
  await server.close();
  const at = desk();
  saveKeys(at);
  expect(await at.type('import', file('a.log', visit()), '--url', server.url)).toBe(1);
  expect(at.said.err).toMatch(
    /^Nothing answers at http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\)\. Start the product with `npm start`/,
  );
  expect(at.said.waited).toEqual([]);
});

test('without keys it says where they should be', async () => {
  const at = desk();
  expect(await at.type('import', file('a.log', visit()))).toBe(1);
  expect(at.said.err).toMatch(/No key: .*keys\.json cannot be read\. Start the product once/);
});

test('interrupted, it waits for what is on its way, leaves the rest, and says how to go on', async () => {
  await using at = await office((_, nth) => {
    if (nth === 1) at.interrupt();
    return accepts();
  });
  const log = file('a.log', Array.from({ length: 30_000 }, (_, i) => visit({ target: `/${i}` })).join(''));
  expect(await at.import(log, '--shift-to', 'now')).toBe(130);
  const sent = eventsIn(at.server.heard).length;
  expect(sent).toBeLessThan(30_000);
  expect(at.said.out).toContain(`${sent.toLocaleString('en-US')} events delivered`);
  expect(at.said.err).toContain(
    'Interrupted. Run it again with `--shift-to 2026-01-31T12:00:00.000Z`: it goes on, and adds nothing twice.',
  );
});

test('a file cut in the middle is imported as far as it goes, and fails', async () => {
  await using at = await office();
  const packed = gzipSync(
    Array.from({ length: 20_000 }, (_, i) => visit({ target: `/${i}/${i ** 3}` })).join(''),
  );
  expect(await at.import(file('cut.gz', packed.subarray(0, -9)))).toBe(1);
  expect(eventsIn(at.server.heard).length).toBeGreaterThan(10_000);
  expect(at.said.err).toMatch(/cut\.gz: the file is cut off/);
  expect(at.said.err).not.toContain('it goes on');
});

test('lines of another format are noticed', async () => {
  const at = desk();
  expect(await at.type('import', file('a.txt', 'one\ntwo\n'), '--dry-run')).toBe(1);
  expect(at.said.err).toContain('no line could be read: they are of no format that is known here');
});

test('a quoted line cannot write on the terminal', async () => {
  const at = desk();
  await at.type('import', file('a.log', `\u001b[2Jevil\u0007\u202e\n${visit()}`), '--dry-run');
  expect(at.said.out).toContain('�[2Jevil��');
  expect(at.said.out).not.toContain('\u001b');
});

test('a batch holds at most 500 events and 3.5 MiB', async () => {
  await using at = await office();
  const properties = { text: 'x'.repeat(8000) };
  const log = Array.from({ length: 1001 }, (_, i) =>
    JSON.stringify({ event: 'a', event_id: `${i}`, properties }),
  ).join('\n');
  await at.import(file('a.ndjson', log));
  const sizes = at.server.heard.map(({ body }) => body.length);
  expect(Math.max(...sizes)).toBeLessThan(3.6 * 1024 * 1024);
  expect(Math.max(...at.server.heard.map((one) => eventsIn([one]).length))).toBeLessThanOrEqual(500);
  expect(new Set(eventsIn(at.server.heard).map((event) => event.event_id)).size).toBe(1001);
});
