import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isBatch, parseBatch, parseIdentify, parseJson, parseTrack } from '../../src/events/parse.ts';
import { Problem } from '../../src/problems.ts';

/** The fields a body is refused for, or null where it is taken. */
const refused = (parse: () => unknown): readonly string[] | null => {
  try {
    parse();
    return null;
  } catch (thrown) {
    if (!(thrown instanceof Problem)) throw thrown;
    expect(thrown.code).toBe('invalid_payload');
    const { fieldErrors, formErrors } = thrown.details ?? {};
    expect(Array.isArray(formErrors)).toBe(true);
    return typeof fieldErrors === 'object' && fieldErrors !== null ? Object.keys(fieldErrors) : [];
  }
};

const said = (parse: () => unknown): string => {
  try {
    parse();
    return '';
  } catch (thrown) {
    return thrown instanceof Problem ? thrown.message : String(thrown);
  }
};

const batch = (body: unknown, trusted: boolean) => parseBatch(body, trusted, async () => {});

/** What came of it, to be looked at as if it had happened at once. */
const settled = (work: Promise<unknown>): Promise<() => unknown> =>
  work.then(
    (value) => () => value,
    (thrown: unknown) => () => {
      throw thrown;
    },
  );

describe('every limit of a track body holds to the character', () => {
  const limits: readonly (readonly [string, number, number])[] = [
    ['event', 1, 128],
    ['event_id', 1, 128],
    ['anonymous_id', 1, 128],
    ['user_id', 1, 256],
    ['session_id', 1, 128],
    ['user_agent', 0, 1024],
    ['path', 0, 2048],
    ['referrer', 0, 2048],
  ];
  test.each(limits)('%s has %i to %i characters', (field, min, max) => {
    const track = (value: unknown) => refused(() => parseTrack({ event: 'e', [field]: value }, true));
    expect(track('x'.repeat(max))).toBeNull();
    expect(track('😀'.repeat(max))).toBeNull();
    expect(track('x'.repeat(max + 1))).toEqual([field]);
    expect(track('😀'.repeat(max + 1))).toEqual([field]);
    expect(track('')).toEqual(min === 0 ? null : [field]);
    for (const wrong of [null, 1, true, [], {}]) expect(track(wrong)).toEqual([field]);
  });

  test.each([
    ['no event', {}, ['event']],
    ['a url without a scheme', { event: 'e', url: '/cart' }, ['url']],
    ['a url of 2048 characters', { event: 'e', url: `https://a.example/${'x'.repeat(2030)}` }, null],
    ['a url of 2049 characters', { event: 'e', url: `https://a.example/${'x'.repeat(2031)}` }, ['url']],
    ['a timestamp without a zone', { event: 'e', timestamp: '2026-03-01T12:00:00' }, ['timestamp']],
    ['a timestamp in numbers', { event: 'e', timestamp: 1772366400000 }, ['timestamp']],
    ['an ip that is none', { event: 'e', ip: '1.2.3' }, ['ip']],
    ['an IPv6 ip', { event: 'e', ip: '2001:db8::1' }, null],
    ['properties in a list', { event: 'e', properties: [] }, ['properties']],
    ['properties in text', { event: 'e', properties: '{}' }, ['properties']],
    ['properties that are null', { event: 'e', properties: null }, ['properties']],
    ['too many properties', { event: 'e', properties: { a: 'x'.repeat(9000) } }, ['properties']],
    ['a referrer that does not parse', { event: 'e', referrer: '::not a url' }, null],
    ['unknown fields and enriched ones', { event: 'e', colour: 1, country: 'DE', __proto__: 1 }, null],
    ['several mistakes', { event: 1, url: 2 }, ['event', 'url']],
    ['a list', [], []],
    ['null', null, []],
    ['a number', 7, []],
  ])('%s', (_, body, fields) => expect(refused(() => parseTrack(body, true))).toEqual(fields));
});

test('what was read is ready to use', () => {
  expect(
    parseTrack(
      {
        event: 'e',
        timestamp: '2026-03-01T12:00:00+01:00',
        ip: '::ffff:1.2.3.4',
        properties: { a: [1] },
        colour: 1,
      },
      true,
    ),
  ).toEqual({
    event: 'e',
    timestamp: Date.UTC(2026, 2, 1, 11),
    ip: '1.2.3.4',
    properties: '{"a":[1]}',
  });
});

test('from a browser’s key ip and user_agent are not even looked at', async () => {
  expect(await batch({ events: [{ event: 'e', ip: 7 }] }, false)).toEqual([{ event: 'e' }]);
  expect(parseTrack({ event: 'e', ip: 'nonsense', user_agent: 5 }, false)).toEqual({ event: 'e' });
});

describe('a batch', () => {
  const events = (n: number) => Array.from({ length: n }, () => ({ event: 'e' }));
  test.each([
    ['1 event', { events: events(1) }, null],
    ['1000 events', { events: events(1000) }, null],
    ['1001 events', { events: events(1001) }, ['events']],
    ['none', { events: [] }, ['events']],
    ['no list', { events: {} }, ['events']],
    ['nothing', {}, ['events']],
    [
      'wrong ones, named by their place',
      { events: [{ event: 'e' }, { event: '', url: 'x' }, 7] },
      ['events.1.event', 'events.1.url', 'events.2'],
    ],
  ])('of %s', async (_, body, fields) => expect(refused(await settled(batch(body, true)))).toEqual(fields));

  test('of a thousand wrong events lists the first hundred fields and counts the rest', async () => {
    const body = { events: Array.from({ length: 1000 }, () => ({})) };
    const outcome = await settled(batch(body, true));
    expect(refused(outcome)).toHaveLength(100);
    expect(refused(outcome)?.at(-1)).toBe('events.99.event');
    expect(said(outcome)).toContain('999 more fields');
  });

  test('is read in pieces, each event in its place, and others have their turn in between', async () => {
    let turns = 0;
    const all = Array.from({ length: 1000 }, (_, i) => ({ event: `e${i}` }));
    const breathe = async () => {
      turns += 1;
    };
    expect(await parseBatch({ events: all }, true, breathe)).toEqual(all);
    expect(turns).toBeGreaterThanOrEqual(10);
    const broken = all.with(555, { event: '' });
    expect(refused(await settled(batch({ events: broken }, true)))).toEqual(['events.555.event']);
  });

  test('is told from a single event by its `events`', () => {
    expect(
      [{ events: [] }, { events: 1 }, { event: 'e', events: [] }, { event: 'e' }, null, []].map(isBatch),
    ).toEqual([true, true, false, false, false, false]);
  });
});

test('identify takes both ids and keeps traits as properties', () => {
  expect(parseIdentify({ anonymous_id: 'a', user_id: 'u', traits: { plan: 'pro' } })).toEqual({
    event: '$identify',
    anonymous_id: 'a',
    user_id: 'u',
    properties: '{"plan":"pro"}',
  });
  expect(refused(() => parseIdentify({ user_id: 'u'.repeat(257), traits: 1 }))).toEqual([
    'anonymous_id',
    'user_id',
    'traits',
  ]);
});

test.each([
  [
    () => parseTrack({}, true),
    'The body does not fit: `event` is required and must be text of 1–128 characters; nothing came.',
  ],
  [
    () => parseTrack({ event: 42 }, true),
    'The body does not fit: `event` must be text of 1–128 characters; the number 42 came.',
  ],
  [() => parseTrack([], true), 'The body does not fit: it must be a JSON object; an empty list came.'],
  [
    () => parseTrack({ event: 'e', timestamp: '1 March', user_id: null }, true),
    'The body does not fit: `timestamp` must be an ISO 8601 date and time with a zone, such as 2026-03-01T12:00:00Z; “1 March” came. 1 more field does not fit: see details.fieldErrors.',
  ],
])('a refusal tells what came and what is allowed (%#)', (parse, message) =>
  expect(said(parse)).toBe(message),
);

test.each([
  [' ', 'The body is empty: send a JSON object.'],
  [
    '{"a":1,}',
    'The body is not JSON: Expected double-quoted property name in JSON at position 7 (line 1 column 8). Send one JSON object, in UTF-8.',
  ],
])('a body that is no JSON is told so: %j', (text, message) =>
  expect(parseJson(text, async () => {})).rejects.toThrow(message),
);

test('whatever JSON comes is taken or refused, never a crash', async () => {
  const field = fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary', maxLength: 300 }));
  const names = [
    'event',
    'event_id',
    'timestamp',
    'anonymous_id',
    'user_id',
    'session_id',
    'ip',
    'user_agent',
    'url',
    'path',
    'referrer',
    'properties',
  ] as const;
  const almost = fc.record(Object.fromEntries(names.map((name) => [name, field])), { requiredKeys: [] });
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.jsonValue(), almost, fc.record({ events: fc.array(almost) })),
      fc.boolean(),
      async (body, trusted) => {
        const read = await parseJson(JSON.stringify(body), async () => {});
        refused(() => parseTrack(read, trusted));
        refused(await settled(batch(read, trusted)));
        refused(() => parseIdentify(read));
      },
    ),
    { numRuns: 150 },
  );
});
