import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnNames, columns } from '../../src/events/columns.ts';
import { type Arrival, enrichment } from '../../src/events/enrich.ts';
import { parseTrack } from '../../src/events/parse.ts';

const noon = Date.UTC(2026, 2, 1, 12);
const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';
const salt = (byte: number) => createSecretKey(new Uint8Array(32).fill(byte));
const arrival: Arrival = {
  projectId: 'demo',
  env: 'live',
  trusted: false,
  receivedAt: noon,
  requestId: 'r1',
  ip: '203.0.113.9',
  userAgent: iphone,
  origin: null,
  edgeCountry: null,
  salt: salt(1),
  country: (ip) => (ip.startsWith('203.') ? 'AU' : ip.startsWith('198.') ? 'US' : null),
};
const secret: Arrival = { ...arrival, trusted: true, userAgent: 'node' };

const kept = (body: Readonly<Record<string, unknown>>, from: Arrival = arrival, seq = 0) =>
  enrichment(from)(parseTrack({ event: 'e', ...body }, from.trusted), seq);
const stored = (body: Readonly<Record<string, unknown>>, from?: Arrival) => kept(body, from).event;

test('an event is stored column by column, whole', () => {
  const body = {
    event: '$pageview',
    event_id: 'e1',
    timestamp: '2026-03-01T11:59:00Z',
    anonymous_id: 'a1',
    user_id: 'u1',
    url: 'https://shop.example/cart?utm_source=News&utm_medium=email&utm_campaign=Spring&email=jo@a.example',
    referrer: 'https://www.google.com/search?q=lamps',
    properties: { value: 12.5 },
    country: 'DE',
  };
  expect(kept(body, arrival, 3)).toEqual({
    skewed: false,
    event: {
      project_id: 'demo',
      env: 'live',
      event_name: '$pageview',
      ts: noon - 60_000,
      received_at: noon,
      request_id: 'r1',
      seq: 3,
      event_id: 'e1',
      anonymous_id: 'a1',
      user_id: 'u1',
      session_id: `a1-${(noon - 60_000 - 29 * 60_000) / 1_800_000}`,
      session_sent: false,
      url: 'https://shop.example/cart?utm_source=News&utm_medium=email&utm_campaign=Spring',
      path: '/cart',
      referrer: 'https://www.google.com/search',
      source: 'news',
      medium: 'email',
      campaign: 'Spring',
      source_confidence: 'high',
      source_rule_id: 'utm',
      country: 'AU',
      device_type: 'mobile',
      browser: 'Mobile Safari',
      os: 'iOS',
      ip_hash: stored({}).ip_hash,
      properties: '{"value":12.5}',
      key_kind: 'pk',
    },
  });
});

describe('time', () => {
  test.each([
    ['none is arrival', undefined, noon, false],
    ['five minutes ahead are kept', '2026-03-01T12:05:00Z', noon + 300_000, false],
    ['a millisecond more is arrival, and counted', '2026-03-01T12:05:00.001Z', noon, true],
    ['the past is kept', '1999-12-31T23:59:59Z', Date.UTC(1999, 11, 31, 23, 59, 59), false],
  ])('%s', (_, timestamp, ts, skewed) => {
    const { event, skewed: counted } = kept(timestamp === undefined ? {} : { timestamp });
    expect([event.ts, counted]).toEqual([ts, skewed]);
  });

  test('a session that is not named is the half hour of the event’s own time', () => {
    expect(stored({ anonymous_id: 'a', timestamp: '1970-01-01T00:29:59Z' }).session_id).toBe('a-0');
    expect(stored({ anonymous_id: 'a', timestamp: '1970-01-01T00:30:00Z' }).session_id).toBe('a-1');
    expect(stored({ anonymous_id: 'a', timestamp: '1969-12-31T23:59:59Z' }).session_id).toBe('a--1');
    const { session_id, session_sent } = stored({ session_id: 'mine' });
    expect([session_id, session_sent]).toEqual(['mine', true]);
  });
});

describe('who', () => {
  const id = (from: Partial<Arrival>, body = {}) => stored(body, { ...arrival, ...from }).anonymous_id;

  test('with neither id one is made of project, address and user agent, for the day', () => {
    expect(id({})).toMatch(/^anon_[\da-f]{32}$/);
    expect(id({})).toBe(id({ requestId: 'r2', receivedAt: noon + 1 }));
    const others = [
      id({}),
      id({ projectId: 'other' }),
      id({ ip: '203.0.113.10' }),
      id({ userAgent: 'Mozilla/5.0 other' }),
      id({ salt: salt(2) }),
    ];
    expect(new Set(others).size).toBe(5);
  });

  test('known by user_id alone, a person is their own visitor', () => {
    expect(stored({ user_id: 'u1' }).anonymous_id).toBe('user_u1');
  });

  test('the address is hashed under the day’s salt, in whatever spelling it came', () => {
    const hash = (ip: string, day = 1) => stored({}, { ...arrival, ip, salt: salt(day) }).ip_hash;
    expect(hash('203.0.113.9')).toMatch(/^[\da-f]{32}$/);
    expect(hash('::ffff:203.0.113.9')).toBe(hash('203.0.113.9'));
    expect(hash('203.0.113.9', 2)).not.toBe(hash('203.0.113.9'));
    expect(hash('unknown')).toBeNull();
  });

  test('no address and no user agent is stored', () => {
    const text = JSON.stringify(stored({ ip: '198.51.100.7', user_agent: `${iphone} secret` }, secret));
    expect(text).not.toMatch(/203\.0\.113|198\.51\.100|AppleWebKit|secret/);
  });
});

describe('speaking for a visitor', () => {
  test('a secret key may, and its own address is not the visitor’s', () => {
    const event = stored({ ip: '198.51.100.7', user_agent: iphone }, { ...secret, edgeCountry: 'DE' });
    expect([event.country, event.device_type, event.ip_hash]).toEqual([
      'US',
      'mobile',
      stored({}, { ...arrival, ip: '198.51.100.7' }).ip_hash,
    ]);
  });

  test('a browser’s key may not', () => {
    const event = stored({ ip: '198.51.100.7', user_agent: 'curl/8' });
    expect([event.country, event.device_type]).toEqual(['AU', 'mobile']);
  });

  test.each([
    ['a backend’s library is no bot and no browser', secret, {}, ['desktop', null, null]],
    [
      'a crawler that holds a secret key is one',
      { ...secret, userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1)' },
      {},
      ['bot', null, null],
    ],
    ['a visitor whose user agent was empty is a bot', secret, { user_agent: '' }, ['bot', null, null]],
    [
      'a browser’s key in a script is a bot',
      { ...arrival, userAgent: 'curl/8.5.0' },
      {},
      ['bot', null, null],
    ],
    ['a browser’s key without user agent is a bot', { ...arrival, userAgent: null }, {}, ['bot', null, null]],
  ])('%s', (_, from, body, wanted) => {
    const { device_type, browser, os } = stored(body, from);
    expect([device_type, browser, os]).toEqual(wanted);
  });

  test.each([
    ['DE', 'DE'],
    ['de', 'AU'],
    ['ZZ', 'AU'],
    [null, 'AU'],
  ])('the edge’s country %s makes it %s', (edgeCountry, country) =>
    expect(stored({}, { ...arrival, edgeCountry }).country).toBe(country),
  );
});

describe('where', () => {
  test.each([
    [{ path: '/sent?token=1&a=2' }, null, '/sent?a=2'],
    [{ url: 'https://a.example' }, 'https://a.example', '/'],
    [{ url: 'https://a.example/ä b' }, 'https://a.example/ä b', '/%C3%A4%20b'],
    [{ url: 'https://a.example/x', path: '/other' }, 'https://a.example/x', '/other'],
    [{ url: 'app://home/start' }, 'app://home/start', '/start'],
    [{ url: 'https://a.example/#/orders?id=7' }, 'https://a.example/#/orders?id=7', '/#/orders'],
    [{ url: 'https://a.example/app#!/a/b' }, 'https://a.example/app#!/a/b', '/app#!/a/b'],
    [{ url: 'https://a.example/#!orders' }, 'https://a.example/#!orders', '/#!orders'],
    [{ url: 'https://a.example/x?y#top' }, 'https://a.example/x?y#top', '/x'],
    [{ url: 'https://a.example/#/u/jo@b.example' }, 'https://a.example/#/u/(redacted)', '/#/u/(redacted)'],
    [{}, null, null],
  ])('%j', (body, url, path) => {
    const event = stored(body);
    expect([event.url, event.path]).toEqual([url, path]);
  });

  test('a path stays within its length though the address was written in many bytes', () => {
    expect(stored({ url: `https://a.example/${'😀'.repeat(1000)}` }).path?.length).toBe(2048);
  });

  test('the site is the page’s, else the origin’s', () => {
    const own = { referrer: 'https://www.shop.example/x' };
    expect(stored({ ...own, url: 'https://shop.example/' }).source_rule_id).toBe('internal');
    expect(stored(own, { ...arrival, origin: 'https://shop.example:444' }).source_rule_id).toBe('internal');
    expect(stored(own, { ...arrival, origin: 'null' }).source_rule_id).toBe('referral');
  });

  test('an empty referrer is none', () => {
    const { referrer, source_rule_id } = stored({ referrer: ' ' });
    expect([referrer, source_rule_id]).toEqual([null, 'direct']);
  });
});

test('whatever text comes, each column holds its type, without NUL and lone surrogates', () => {
  const text = (max: number) => fc.string({ unit: 'binary', minLength: 1, maxLength: max });
  const body = fc.record(
    {
      event: text(60).map((said) => `e${said}`),
      event_id: text(60),
      anonymous_id: text(60),
      user_id: text(60),
      session_id: text(60),
      user_agent: text(60),
      path: text(60),
      referrer: fc.oneof(text(60), fc.webUrl({ withQueryParameters: true, withFragments: true })),
      url: fc.oneof(
        fc.webUrl({ withQueryParameters: true, withFragments: true }),
        text(30).map((odd) => `https://a.example/${odd}?utm_source=${odd}&utm_campaign=${odd}#${odd}`),
      ),
      properties: fc.dictionary(text(10), fc.oneof(text(20), fc.jsonValue())),
    },
    { requiredKeys: ['event'] },
  );
  const kinds = {
    varchar: 'string',
    'timestamp(3)': 'number',
    bigint: 'number',
    boolean: 'boolean',
  } as const;
  fc.assert(
    fc.property(body, fc.boolean(), (sent, trusted) => {
      const event = stored(JSON.parse(JSON.stringify(sent)), { ...arrival, trusted });
      expect(Object.keys(event)).toEqual(columnNames);
      for (const name of columnNames) {
        const value = event[name];
        if (value === null) expect(columns[name].nullable).toBe(true);
        else expect(typeof value).toBe(kinds[columns[name].type]);
        if (typeof value === 'string') expect(value.isWellFormed() && !value.includes('\0')).toBe(true);
      }
      expect(JSON.stringify(JSON.parse(event.properties))).toBe(event.properties);
      expect(event.properties).not.toMatch(/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/);
    }),
    { numRuns: 150 },
  );
});
