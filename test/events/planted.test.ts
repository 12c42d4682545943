import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { enrichment } from '../../src/events/enrich.ts';
import { parseTrack } from '../../src/events/parse.ts';
import { alone, telling } from '../../src/events/personal-names.ts';

const arrival = {
  projectId: 'demo',
  env: 'live',
  trusted: false,
  receivedAt: Date.UTC(2026, 2, 1, 12),
  requestId: 'r1',
  ip: '203.0.113.9',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0',
  origin: null,
  edgeCountry: null,
  salt: createSecretKey(new Uint8Array(32)),
  country: () => null,
} as const;

/** What nobody may read later. Letters, so that no encoding hides it from the search. */
const secret = 'needleneedle';

const everyByte = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const encodings: readonly ((text: string) => string)[] = [
  (text) => text,
  encodeURIComponent,
  (text) => encodeURIComponent(encodeURIComponent(text)),
  (text) => text.replaceAll('@', '%40').replaceAll('=', '%3D'),
  (text) => text.replaceAll('@', '%2540').replaceAll('=', '%253d'),
];
const spellings: readonly ((name: string) => string)[] = [
  (name) => name,
  (name) => name.toUpperCase(),
  (name) => `user_${name}`,
  (name) => `${name}2`,
  (name) => `form[${name}]`,
  (name) => everyByte(name),
];

const word = fc.constantFrom(
  ...telling,
  ...alone.keys(),
  'apiKey',
  'accessToken',
  'first_name',
  'card-number',
);
const mail = fc.constantFrom(`${secret}@mail.example`, `jo.${secret}@mail.example`, `jo@${secret}.example`);
/** `name=secret`, under a name of the list as somebody might write it. */
const parameter = fc
  .tuple(word, fc.constantFrom(...spellings))
  .map(([name, spelt]) => `${spelt(name)}=${secret}`);
const mailed = fc.tuple(mail, fc.constantFrom(...encodings)).map(([text, encoded]) => encoded(text));
const thing = fc.oneof(
  parameter,
  mailed,
  mailed.map((text) => `q=${text}`),
);
const nested = fc
  .tuple(thing, fc.constantFrom(...encodings))
  .map(([text, encoded]) => `next=${encoded(`https://b.example/reset?${text}`)}`);
const inQuery = fc.oneof(thing, nested);

const credentials = fc
  .tuple(
    fc.constantFrom(
      'https://',
      'HTTPS://',
      ' https://',
      'https:/',
      'https:',
      'https:\\\\',
      'https:///',
      'ht\ttps://',
    ),
    fc.constantFrom(
      `jo:${secret}@`,
      `${secret}@`,
      `${secret}:@`,
      `:${secret}@`,
      `jo@b:${secret}@`,
      `jo%3a${secret}@`,
    ),
  )
  .map(([scheme, who]) => `${scheme}${who}a.example`);
const front = fc.oneof(
  fc.constantFrom('https://a.example', 'https://a.example:8443', 'app://home'),
  credentials,
);

const path = fc.oneof(
  fc.constant('/x'),
  mailed.map((text) => `/users/${text}/orders`),
  parameter.map((text) => `/x;${text}/y`),
  parameter.map((text) => `/x%3B${text}`),
  parameter.map((text) => `/${text}/y`),
  parameter.map((text) => `/x&${text}`),
);
const separated = (text: fc.Arbitrary<string>) =>
  fc
    .tuple(
      fc.constantFrom('', 'a=1&', 'a=1&amp;', 'a=1;', 'a=1?', '&&'),
      text,
      fc.constantFrom('', '&b=2', ';b=2', '#b=2'),
    )
    .map(([before, inside, after]) => before + inside + after);
const query = fc.oneof(
  fc.constant(''),
  separated(inQuery).map((text) => `?${text}`),
);
const fragment = fc.oneof(
  fc.constant(''),
  separated(inQuery).map((text) => `#${text}`),
  separated(inQuery).map((text) => `#/route?${text}`),
  mailed.map((text) => `#/users/${text}`),
  mailed.map((text) => `#!users/${text}`),
);
const address = fc.tuple(front, path, query, fragment).map((parts) => parts.join(''));
const referrer = fc.oneof(
  address,
  mailed,
  mailed.map((text) => `mailto:${text}`),
  fc.constantFrom(
    `tel:${secret}`,
    `//jo:${secret}@b/x`,
    `jo:${secret}@b.example/x`,
    `by ${secret}@b`,
    `file:///${secret}`,
  ),
);

test('what is planted in an address, in whatever spelling, is in no stored field', () => {
  fc.assert(
    fc.property(
      fc.record(
        { url: address, path: fc.tuple(path, query, fragment).map((parts) => parts.join('')), referrer },
        {
          requiredKeys: [],
        },
      ),
      (sent) => {
        const body =
          sent.url !== undefined && !URL.canParse(sent.url) ? { ...sent, url: 'https://a.example/' } : sent;
        const { event } = enrichment(arrival)(parseTrack({ event: 'e', ...body }, false), 0);
        expect(JSON.stringify(event)).not.toMatch(/needle/i);
      },
    ),
    { numRuns: 1500 },
  );
});

test('and what stands beside it is kept', () => {
  fc.assert(
    fc.property(thing, (planted) => {
      const url = `https://a.example/shop?utm_source=news&${planted}&q=lamps&gclid=abc`;
      const { event } = enrichment(arrival)(parseTrack({ event: 'e', url }, false), 0);
      expect(event.url).toBe('https://a.example/shop?utm_source=news&q=lamps&gclid=abc');
    }),
    { numRuns: 500 },
  );
});
