import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { formatNames, formatOfWhom } from '../../src/cli/formats/index.ts';
import { bytes, desk, file, saveKeys } from './desk.ts';
import { peer } from './peer.ts';

const batch = z.object({ events: z.array(z.looseObject({ event: z.string() })) });

/** Imports a file into a peer that takes everything; what it said and the events it sent. */
const imported = async (path: string, ...args: string[]) => {
  const at = desk();
  saveKeys(at);
  await using server = await peer(() => ({ status: 202, body: { ok: true } }));
  const exit = await at.type('import', path, '--url', server.url, ...args);
  return {
    exit,
    ...at.said,
    events: server.heard.flatMap(({ body }) => batch.parse(JSON.parse(body)).events),
  };
};
const sample = (name: string): string => `test/cli/samples/${name}`;

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const visit = {
  event: '$pageview',
  ip: '81.2.69.142',
  timestamp: expect.stringMatching(/^2026-06-21T08:00:01\./),
  user_agent: firefox,
  referrer: 'https://www.google.com/',
};
const { referrer: _, ...unreferred } = visit;
const prices = { ...visit, url: 'https://www.shop.example/prices?plan=pro' };

describe('a format is seen from its first lines, and each line is the event it is', () => {
  test.each<[string, string, string[], Readonly<Record<string, unknown>>[]]>([
    [
      'combined.log',
      'combined',
      [],
      [
        { ...visit, path: '/prices' },
        { event: 'file_download', ip: '2001:db8::7' },
      ],
    ],
    [
      'vhost_combined.log',
      'vhost_combined',
      ['--site', 'https://another.example'],
      [
        { ...visit, url: 'https://www.shop.example/?utm_source=news' },
        { event: '$pageview', ip: '89.160.20.112', url: 'http://blog.shop.example/docs/v2.0' },
      ],
    ],
    [
      'nginx-main.log',
      'combined',
      ['--visitor', 'last-forwarded'],
      [
        { ...visit, path: '/prices' },
        { event: '$pageview', ip: '89.160.20.112' },
      ],
    ],
    ['traefik-clf.log', 'combined', [], [{ ...visit, path: '/prices' }]],
    ['common.log', 'common', [], [{ event: '$pageview', ip: '81.2.69.142', timestamp: visit.timestamp }]],
    [
      'w3c.log',
      'w3c',
      ['--site', 'https://www.shop.example'],
      [
        {
          ...visit,
          url: 'https://www.shop.example/prices.aspx?plan=pro',
          user_agent: firefox.replace('X11; Linux x86_64', 'Windows NT 10.0; Win64; x64'),
        },
      ],
    ],
    [
      'cloudfront.log',
      'cloudfront',
      [],
      [{ ...visit, url: 'https://www.shop.example/prices?utm_source=news' }],
    ],
    ['alb.log', 'elb', [], [{ ...unreferred, url: prices.url }]],
    ['elb.log', 'elb', [], [{ ...unreferred, url: 'http://www.shop.example/prices' }]],
    ['s3.log', 's3', [], [{ ...visit, url: 'https://www.shop.example/prices.html' }]],
    ['caddy.log', 'caddy', [], [prices]],
    ['traefik.log', 'traefik', [], [prices]],
    ['nginx-json.log', 'json', [], [prices]],
    [
      'own-json.log',
      'json',
      [
        '--site',
        'https://www.shop.example',
        '--fields',
        'time=ts,ip=who.ip,method=verb,path=where,status=code,referrer=from,user_agent=browser',
      ],
      [prices],
    ],
    ['events.ndjson', 'ndjson', [], [{ event: 'sign_up', user_id: 'u_1' }]],
  ])('%s is %s', async (name, format, args, events) => {
    const read = await imported(sample(name), ...args);
    expect(read).toMatchObject({ exit: 0, events: events.map((event) => expect.objectContaining(event)) });
    expect(read.events).toHaveLength(events.length);
    expect(read.out).toMatch(new RegExp(`read as +${format} +\\d`));
  });

  test('packed as they lie in the bucket, and by name too', async () => {
    const packed = file('E2K.2026-06-21-08.gz', gzipSync(readFileSync(sample('cloudfront.log'))));
    expect((await imported(packed, '--format', 'cloudfront')).events).toHaveLength(1);
  });

  test.each(['w3c.log', 'cloudfront.log', 'caddy.log', 'elb.log'])(
    'the times of %s can be moved',
    async (name) => {
      const { events } = await imported(sample(name), '--shift-to', '2026-01-31T12:00:00Z');
      expect(events.map(({ timestamp }) => timestamp)).toContain(
        name === 'w3c.log' ? '2026-01-31T11:59:59.000Z' : '2026-01-31T12:00:00.000Z',
      );
    },
  );

  test('every format has its line in docs/sending.md', () => {
    const page = readFileSync('docs/sending.md', 'utf8');
    for (const name of formatNames) expect(page).toContain(`| \`${name}\` | ${formatOfWhom(name)} |`);
  });
});

const rest = '- - [21/Jun/2026:10:00:00 +0200] "GET /a HTTP/1.1" 200 5 "-" "Firefox"';

describe('what others write before a line is no visitor', () => {
  test.each([
    ['a virtual host', `www.shop.example 8.8.8.8 ${rest}`, 'https://www.shop.example/a'],
    ['one with its port', `www.shop.example:80 8.8.8.8 ${rest}`, 'http://www.shop.example/a'],
    ['one that is an address', `192.0.2.80:443 8.8.8.8 ${rest}`, 'https://192.0.2.80/a'],
    ['nginx’s name for none', `_ 8.8.8.8 ${rest}`, undefined],
    ['the visitor’s port', `8.8.8.8:42911 ${rest}`, undefined],
    ['syslog', `Jun 21 10:00:00 web1 nginx: 8.8.8.8 ${rest}`, undefined],
    ['syslog from an address', `<190>Jun  1 10:00:00 10.0.0.5 nginx[7]: 8.8.8.8 ${rest}`, undefined],
    ['syslog with ISO times', `2026-06-21T10:00:00.1+02:00 web1 nginx[7]: 8.8.8.8 ${rest}`, undefined],
    ['syslog of RFC 5424', `<134>1 2026-06-21T10:00:00Z web1 nginx 7 - - 8.8.8.8 ${rest}`, undefined],
    ['a container', `web_1  | 8.8.8.8 ${rest}`, undefined],
    [
      'a container and a virtual host',
      `web-1 | www.shop.example:443 8.8.8.8 ${rest}`,
      'https://www.shop.example/a',
    ],
    ['a pod', `[pod/web-5d/nginx] 8.8.8.8 ${rest}`, undefined],
    ['a cluster’s time and stream', `2026-06-21T10:00:00.123456789Z stdout F 8.8.8.8 ${rest}`, undefined],
    [
      'a container’s JSON',
      JSON.stringify({ log: `8.8.8.8 ${rest}\n`, stream: 'stdout', time: 'x' }),
      undefined,
    ],
    ['a list of addresses', `8.8.8.8, 10.0.0.1 ${rest}`, undefined],
    ['a word nobody knows', `INFO 8.8.8.8 ${rest}`, undefined],
  ])('%s', async (_, line, url) => {
    const { events } = await imported(file('a.log', `${line}\n`));
    expect(events).toMatchObject([{ ip: '8.8.8.8', ...(url === undefined ? { path: '/a' } : { url }) }]);
  });

  test('IPv6 keeps its colons', async () => {
    const lines = [`2001:db8::1 ${rest}`, `[2001:db8::1]:443 ${rest}`, `[2001:db8::1] ${rest}`];
    const { events } = await imported(file('a.log', lines.join('\n')));
    expect(new Set(events.map(({ ip }) => ip))).toEqual(new Set(['2001:db8::1']));
  });

  test('a line whose first field is neither an address nor a host name is unparseable', async () => {
    const lines = ['-', '12345', '"x"', '(null)', '%h'].map((first) => `${first} ${rest}`);
    const { exit, events, out } = await imported(file('a.log', [...lines, `8.8.8.8 ${rest}`].join('\n')));
    expect(events).toHaveLength(1);
    expect(out).toMatch(/unparseable +5\n/);
    expect(exit).toBe(1);
  });
});

describe('whose the visitor’s address is', () => {
  const behind = (proxy: string, forwarded: string) => `${proxy} ${rest} ${forwarded}`.trimEnd();
  const lines = (n: number, forwarded: (i: number) => string, proxy = '10.0.3.7') =>
    Array.from({ length: n }, (_, i) => behind(proxy, forwarded(i))).join('\n');

  test('nine tenths of the lines from one private address: the last forwarded one, and it is said', async () => {
    const { events, out } = await imported(
      file(
        'a.log',
        lines(20, (i) => `"198.51.100.1, 8.8.8.${i}"`),
      ),
    );
    expect(events[3]).toMatchObject({ ip: '8.8.8.3' });
    expect(out).toContain('as with `--visitor last-forwarded`; `--visitor address` takes the first column');
  });

  test('where nothing was forwarded it is said what to log', async () => {
    const { events, out } = await imported(
      file(
        'a.log',
        lines(20, () => ''),
      ),
    );
    expect(events[0]).toMatchObject({ ip: '10.0.3.7' });
    expect(out).toContain('let the server log X-Forwarded-For last on the line');
  });

  test.each([
    ['address', '10.0.3.7'],
    ['first-forwarded', '198.51.100.1'],
    ['last-forwarded', '8.8.8.8'],
  ])('--visitor %s is %s', async (choice, ip) => {
    const log = file(
      'a.log',
      lines(20, () => '"198.51.100.1, 8.8.8.8, 10.0.0.9"'),
    );
    const { events, out } = await imported(log, '--visitor', choice);
    expect(events[0]).toMatchObject({ ip });
    expect(out).not.toContain('nine tenths');
  });

  test('one public address that has everything is a visitor', async () => {
    expect(
      (
        await imported(
          file(
            'a.log',
            lines(20, () => '"8.8.8.8"', '9.9.9.9'),
          ),
        )
      ).events[0],
    ).toMatchObject({
      ip: '9.9.9.9',
    });
  });
});

describe('what cannot be read is named, with what to do', () => {
  const mixpanel =
    '{"event":"Signed Up","properties":{"time":1602611311,"$insert_id":"5d958f87","distinct_id":"fc32"}}';
  const segment =
    '{"type":"track","event":"Signed Up","messageId":"m1","anonymousId":"a1","userId":null,"timestamp":"2026-06-21T08:00:01Z"}';
  test.each<[string, string | Uint8Array, RegExp]>([
    ['bzip2', Buffer.from('BZh91AY&SY'), /is packed with bzip2: .*bzcat .* \| millimetric import -/],
    ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0]), /is packed with xz: .*xzcat/],
    ['zip', Buffer.from('PK\u0003\u0004\u0014\u0000'), /is a zip archive: .*unzip -p/],
    ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 4, 0]), /is packed with zstd/],
    ['UTF-16', Buffer.from(`\ufeff8.8.8.8 ${rest}`, 'utf16le'), /is text in UTF-16: .*iconv -f UTF-16/],
    ['UTF-16 without its mark', Buffer.from(`8.8.8.8 ${rest}`, 'utf16le'), /is text in UTF-16/],
    ['Mixpanel', mixpanel, /looks like a raw export of Mixpanel.*jq -c/],
    ['Segment', segment, /looks like an export of Segment/],
    [
      'PostHog',
      '{"event":"$pageview","uuid":"1","distinct_id":"d","timestamp":"2026-06-21T08:00:01Z","properties":{}}',
      /looks like an export of PostHog/,
    ],
    [
      'Amplitude',
      '{"event_type":"a","event_time":"2026-06-21 08:00:01","device_id":"d"}',
      /an export of Amplitude/,
    ],
    [
      'Google Analytics',
      '{"event_name":"page_view","event_timestamp":"1782028801524000","user_pseudo_id":"1.2"}',
      /Google Analytics 4/,
    ],
    ['Matomo', '{"idVisit":"7","visitorId":"a","actionDetails":[]}', /an export of Matomo/],
    ['a JSON array', '[{"event":"a"},{"event":"b"}]', /this is a JSON array; .*jq -c/],
    ['one on many lines', '[\n  {"event":"a"}\n]', /this is a JSON array/],
    ['CSV', 'event,timestamp,user_id\na,2026-06-21T08:00:01Z,u\n', /this is CSV; /],
    ['CSV with semicolons', 'Datum;Seite;Besuche\n', /this is CSV; /],
    [
      'HAProxy',
      'Feb  6 12:14:14 localhost haproxy[14389]: 10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /index.html HTTP/1.1"',
      /this is a log of HAProxy; /,
    ],
    ['an error log', '2026/06/21 08:00:01 [error] 7#7: *1 open() failed', /this is a server’s error log/],
    ['JSON with names of its own', '{"a":1,"b":2}', /this is JSON with the names a, b; .*--fields/],
    [
      'events without a time or an id',
      '{"event":"a","ts":1782028801,"uid":"u_1","colour":"red"}',
      /no line has a time or an id .* ts \(probably timestamp\), uid \(probably user_id\), colour;/,
    ],
    ['prose', 'one\ntwo\n', /no line could be read: .* Known are vhost_combined, combined, common, /],
  ])('%s', async (_, content, sentence) => {
    const { exit, err, events } = await imported(file('a.txt', content));
    expect(err).toMatch(sentence);
    expect(exit).toBe(1);
    expect(events).toEqual([]);
  });

  test('names that no event has are counted, with what they probably mean', async () => {
    const lines = ['{"event":"a","user_id":"u","sessionId":"s"}', '{"event":"a","user_id":"u","colour":1}'];
    const { exit, out } = await imported(file('a.ndjson', lines.join('\n')));
    expect(exit).toBe(0);
    expect(out).toMatch(/ignored +colour +1 +no name of an event’s\n +sessionId +1 +probably session_id\n/);
  });
});

test('raw Latin-1 in a path is read as its escapes are, and counted', async () => {
  const raw = Buffer.concat([
    Buffer.from('8.8.8.8 - - [21/Jun/2026:10:00:00 +0200] "GET /caf'),
    Buffer.from([0xe9]),
    Buffer.from(` HTTP/1.1" 200 5 "-" "Firefox"\n8.8.8.8 ${rest.replace('/a ', String.raw`/caf\xe9 `)}\n`),
    Buffer.from(`8.8.8.8 ${rest.replace('/a ', '/café ')}\n`),
  ]);
  const { events, out } = await imported(file('a.log', raw));
  expect(events.map(({ path }) => path)).toEqual(['/café', '/café', '/café']);
  expect(out).toMatch(/Latin-1 +lines that are not UTF-8, read as Latin-1 +1\n/);
});

test('what was skipped is shown: the commonest endings and one of each kind', async () => {
  const log = ['/a.png', '/b.png', '/c.css', '/d'].map(
    (path) => `8.8.8.8 ${rest.replace('/a ', `${path} `)}`,
  );
  const moved = `8.8.8.8 ${rest.replace('" 200', '" 301')}`;
  const { out } = await imported(file('a.log', [...log, moved].join('\n')));
  expect(out).toContain(
    'What was skipped, one of each:\n  asset .png  2  /a.png\n  asset .css  1  /c.css\n  redirect    1  GET /a 301\n',
  );
});

test('lines that were there before are said to be left as they are', async () => {
  const at = desk();
  saveKeys(at);
  await using server = await peer(() => ({ status: 202, body: { ok: true, count: 2, repeats: 2 } }));
  const log = file('a.log', `8.8.8.8 ${rest}\n8.8.4.4 ${rest}\n`);
  expect(await at.type('import', log, '--url', server.url, '--site', 'https://other.example')).toBe(0);
  expect(at.said.out).toContain('2 of them were already there and were left as they are');
});

test('when most lines are lost it says so, and fails', async () => {
  const log = `8.8.8.8 ${rest}\n${'nonsense\n'.repeat(9)}`;
  const { exit, err } = await imported(file('a.log', log));
  expect(exit).toBe(1);
  expect(err).toContain('Most lines were lost: 9 of 10 could not be taken.');
});

test('Ctrl-C ends it at once, though the pipe is silent', async () => {
  async function* silent() {
    yield* bytes(`8.8.8.8 ${rest}\n`);
    at.interrupt();
    await new Promise(() => undefined);
  }
  const at = desk({ stdin: silent() });
  expect(await at.type('import', '-', '--dry-run')).toBe(130);
});
