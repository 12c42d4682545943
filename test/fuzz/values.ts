import fc from 'fast-check';
import { columnNames, dimensions } from '../../src/events/columns.ts';
import { toolInputForProject } from '../../src/serve/tool-schemas.ts';
import { operators } from '../../src/sql/filter.ts';
import { questions } from '../../src/tools/index.ts';

type Any = fc.Arbitrary<unknown>;

/** Text that has broken programs before. */
export const junk: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(
    ...[
      '',
      ' ',
      '\0',
      '\ud800',
      '\udc00x',
      "';--",
      '"',
      '\\',
      '$x',
      '%',
      '%s%n',
      '🏳️‍🌈',
      'ＡＢＣ',
      '\u202e',
      '\r\nX: y',
      'x'.repeat(5000),
    ],
  ),
  fc.constantFrom(
    ...'__proto__ constructor toString null undefined true NaN Infinity -0 0x10 1e999 ../../etc/passwd {{7*7}} /**/ now()'.split(
      ' ',
    ),
  ),
);
const number = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.maxSafeInteger(),
  fc.constantFrom(0, -1, 1, 1000, 1001, 2 ** 53, 1e308, -1e308, 5e-324),
);
const keys = fc.oneof(junk, fc.constantFrom('__proto__', 'toString', '$x', 'a', 'a.b'));
/** Any JSON value. */
export const anything: Any = fc.oneof(
  { weight: 3, arbitrary: junk },
  number,
  fc.constantFrom(null, true, false, [], {}, [[]], { a: { b: [] } }),
  fc.jsonValue({ maxDepth: 4 }),
  fc.dictionary(keys, fc.oneof(junk, number), { maxKeys: 5 }),
);

/** What belongs there, now and then something near it that does not, or anything at all: rare enough that whole requests still get through. */
export const mostly = (good: Any, bad: Any = anything): Any =>
  fc.oneof(
    { weight: 60, arbitrary: good },
    { weight: 1, arbitrary: bad },
    { weight: 1, arbitrary: anything },
  );
/** An object with some of these fields. */
export const some = (fields: Readonly<Record<string, Any>>): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(fields, { requiredKeys: [] });

const within = (most: number) => junk.map((text) => text.slice(0, most) || 'x');
const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('$pageview', '$identify', 'bought', 'signed_up') },
  { weight: 1, arbitrary: within(60) },
);
const person = fc.oneof(fc.constantFrom('a1', 'a2', 'u1'), within(60));
const strangeTimes =
  '2026-02-30 2026-03-01T25:00:00Z 0000-01-01T00:00:00Z -271821-04-20T00:00:00Z last:0d last:99999999999w last:-1d now 1700000000'.split(
    ' ',
  );
const times =
  '2026-03-01T12:00:00Z 2011-12-30T00:00:00Z 1970-01-01T00:00:00Z 0001-01-01T00:00:00Z 9999-12-31T23:59:59.999Z 2026-03-01T12:00:00+14:00'.split(
    ' ',
  );
const address = fc.oneof(
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.constantFrom(
    ...'https://shop.example/a?utm_source=x&gclid=1&email=a@b.c ftp://a javascript:alert(1) https://ä.example/ü?q=%zz data:,x'.split(
      ' ',
    ),
  ),
);
const notAddress = fc.constantFrom('http://[::1', '//x', `https://a.example/${'p'.repeat(2100)}`);
const ip = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom('::ffff:1.2.3.4'));

/** A track body. */
export const track: Any = fc
  .tuple(
    mostly(name, junk),
    some({
      event_id: mostly(fc.oneof(fc.uuid(), fc.constantFrom('e1', 'e2')), junk),
      timestamp: mostly(
        fc.oneof(
          fc.constantFrom(...times),
          fc
            .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
            .map((date) => date.toISOString()),
        ),
        fc.constantFrom(...strangeTimes),
      ),
      anonymous_id: mostly(person, junk),
      user_id: mostly(person, junk),
      session_id: mostly(person, junk),
      ip: mostly(ip, fc.constantFrom('1.2.3.4:80', 'fe80::1%eth0', '256.1.1.1')),
      user_agent: mostly(within(1024), junk),
      url: mostly(address, notAddress),
      path: mostly(within(2048), junk),
      referrer: mostly(fc.oneof(address, within(2048)), notAddress),
      properties: mostly(
        fc.dictionary(keys, fc.oneof(number, fc.boolean(), within(100), fc.jsonValue({ maxDepth: 3 })), {
          maxKeys: 5,
        }),
      ),
      received_at: anything,
    }),
  )
  .map(([event, more]) => ({ event, ...more }));
/** A batch body. */
export const batch: Any = fc.record({
  events: mostly(fc.array(track, { minLength: 1, maxLength: 8 }), fc.constantFrom([], null, {})),
});
/** An identify body. */
export const identify: Any = fc
  .tuple(
    mostly(person, junk),
    mostly(person, junk),
    some({ traits: mostly(fc.dictionary(keys, anything, { maxKeys: 3 })) }),
  )
  .map(([anonymous_id, user_id, more]) => ({ anonymous_id, user_id, ...more }));

const column = fc.constantFrom<string>(
  ...dimensions,
  'properties.a',
  'properties.a.b',
  'properties["a.b"]',
  'properties.ü',
);
const notColumn = fc.oneof(
  fc.constantFrom<string>(
    ...columnNames,
    "properties.'",
    'properties.',
    'properties["',
    'project_id',
    '*',
    '1',
  ),
  junk,
);
const text = within(40).filter((word) => word !== '');
const comparison = fc.oneof(
  fc.record({
    field: mostly(column, notColumn),
    op: mostly(
      fc.constantFrom('eq', 'neq', 'contains', 'not_contains', 'starts_with', 'gt', 'gte', 'lt', 'lte'),
    ),
    value: mostly(text),
  }),
  fc.record({
    field: mostly(fc.constant('properties.a')),
    op: fc.constantFrom('eq', 'neq', 'gt', 'gte', 'lt', 'lte'),
    value: mostly(number),
  }),
  fc.record({
    field: mostly(column, notColumn),
    op: fc.constantFrom('in', 'not_in'),
    value: mostly(
      fc.oneof(
        fc.array(text, { minLength: 1, maxLength: 4 }),
        fc.array(number, { minLength: 1, maxLength: 4 }),
      ),
    ),
  }),
  fc.record({ field: mostly(column, notColumn), op: fc.constantFrom('exists', 'not_exists') }),
  some({ field: mostly(column, notColumn), op: mostly(fc.constantFrom(...operators)), value: anything }),
);
const conditions = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: comparison },
    { weight: 1, arbitrary: fc.record({ any: fc.array(comparison, { minLength: 1, maxLength: 3 }) }) },
  ),
  { maxLength: 3 },
);
const step = fc.oneof(
  name,
  fc.record({ event: mostly(name, junk), where: mostly(fc.array(comparison, { maxLength: 2 })) }),
);

const inputs: Readonly<Record<string, Any>> = {
  from: mostly(
    fc.constantFrom(
      'last:7d',
      'last:24h',
      'last:4w',
      '2026-02-01',
      '2026-03-01T00:00:00Z',
      '1970-01-01',
      'last:52w',
    ),
    fc.constantFrom(...strangeTimes, ...times),
  ),
  to: mostly(
    fc.constantFrom('2026-03-08', '2027-01-01T00:00:00Z', '9999-12-31'),
    fc.constantFrom(...strangeTimes, ...times),
  ),
  tz: mostly(
    fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Pacific/Apia', 'Australia/Lord_Howe'),
    fc.constantFrom('+05:30', 'Mars/Base', 'utc', '../etc/passwd', 'GMT+24'),
  ),
  interval: mostly(fc.constantFrom('hour', 'day', 'week', 'month'), fc.constantFrom('minute', 'DAY')),
  metric: mostly(fc.constantFrom('count', 'uniques')),
  event: mostly(name, junk),
  source: mostly(text, junk),
  medium: mostly(text, junk),
  user_id: mostly(person, junk),
  anonymous_id: mostly(person, junk),
  country: mostly(fc.constantFrom('DE', 'US'), junk),
  group_by: mostly(fc.oneof(column, fc.uniqueArray(column, { maxLength: 2 })), notColumn),
  breakdown: mostly(fc.constantFrom('source', 'source_medium')),
  limit: mostly(fc.integer({ min: 1, max: 100 }), number),
  cursor: fc.oneof(
    fc.base64String({ maxLength: 60 }),
    fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value) ?? '').toString('base64url')),
    junk,
  ),
  include_bots: mostly(fc.boolean(), fc.constantFrom(0, 'yes', 'TRUE')),
  where: mostly(conditions, comparison),
  steps: mostly(fc.array(step, { minLength: 2, maxLength: 5 }), fc.array(step, { maxLength: 21 })),
  window: mostly(
    fc.constantFrom('30m', '24h', '7d', '9999d'),
    fc.constantFrom('0d', '1w', '99999999d', '-1d'),
  ),
  order: mostly(fc.constantFrom('loose', 'strict', 'any')),
  per: mostly(fc.constantFrom('person', 'visitor', 'session')),
  exclude: mostly(fc.array(step, { maxLength: 2 })),
  hold: mostly(fc.array(column, { maxLength: 2 }), fc.array(notColumn, { maxLength: 2 })),
  project_id: anything,
  project_slug: anything,
  project_ids: anything,
};
/** Fields of which any value is wrong for most keys come seldom. */
const seldom = ['cursor', 'project_id', 'project_slug', 'project_ids'];

/** Arguments of the question of this name: those it has, and seldom one that it has not. */
export const argumentsOf = (question: string): fc.Arbitrary<Record<string, unknown>> => {
  const asked = questions.find(({ name: known }) => known === question);
  const own = Object.keys(asked === undefined ? inputs : toolInputForProject(asked).shape);
  const needed = own.filter((field) => field === 'steps');
  const fields = (names: readonly string[]) =>
    Object.fromEntries(names.map((field) => [field, inputs[field] ?? anything]));
  const usual = fc.record(fields(own.filter((field) => !seldom.includes(field))), { requiredKeys: needed });
  const strange = fc.record(
    { ...fields(own), ...fields(['metric', 'per']), __proto: anything },
    { requiredKeys: [] },
  );
  return fc.oneof({ weight: 19, arbitrary: usual }, { weight: 1, arbitrary: strange });
};
