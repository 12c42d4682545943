import { describe, expect, test } from 'vitest';
import { address } from '../../src/events/address.ts';
import { instant } from '../../src/events/instant.ts';
import { propertiesText } from '../../src/events/properties.ts';
import { remember } from '../../src/events/remember.ts';
import { requestIds } from '../../src/events/request-ids.ts';

describe('an address', () => {
  test.each([
    ['203.0.113.9', '203.0.113.9'],
    ['2001:0DB8:0:0::1', '2001:db8::1'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['::ffff:cb00:7109', '203.0.113.9'],
    ['::', '::'],
    ['1.2.3', null],
    ['1.2.3.256', null],
    ['01.2.3.4', null],
    ['1.2.3.4:80', null],
    ['1.2.3.0/24', null],
    ['fe80::1%eth0', null],
    ['[::1]', null],
    ['1:2', null],
    ['::1]/@x:[', null],
    ['host.example', null],
    ['', null],
  ])('%s is %s', (text, wanted) => expect(address(text)).toBe(wanted));
});

describe('an instant', () => {
  const noon = Date.UTC(2026, 2, 1, 12);
  test.each([
    ['2026-03-01T12:00:00Z', noon],
    ['2026-03-01t12:00z', noon],
    ['2026-03-01 12:00:00.123456Z', noon + 123],
    ['2026-03-01T12:00:00,5Z', noon + 500],
    ['2026-03-01T14:00:00+02:00', noon],
    ['2026-03-01T14:00:00+0200', noon],
    ['2026-03-01T07:00:00-05', noon],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['0001-01-01T00:00:00Z', -62135596800000],
    ['0001-01-01T00:00:00+14:00', null],
    ['2026-03-01T12:00:00', null],
    ['2026-03-01', null],
    ['2026-02-30T12:00:00Z', null],
    ['2025-02-29T12:00:00Z', null],
    ['2026-04-31T12:00:00Z', null],
    ['2026-13-01T12:00:00Z', null],
    ['2026-00-10T12:00:00Z', null],
    ['2026-03-00T12:00:00Z', null],
    ['2026-03-01T25:00:00Z', null],
    ['2026-03-01T12:60:00Z', null],
    ['2026-03-01T12:00:00+25:00', null],
    ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1)],
    ['2016-12-31T23:59:60.250Z', Date.UTC(2017, 0, 1) + 250],
    ['2017-01-01T05:29:60+05:30', Date.UTC(2017, 0, 1)],
    ['2016-12-31T18:59:60-05', Date.UTC(2017, 0, 1)],
    ['2016-12-31T12:58:60Z', Date.UTC(2016, 11, 31, 12, 59)],
    ['2016-12-31T23:60:60Z', null],
    ['2016-12-31T23:59:61Z', null],
    ['9999-12-31T23:59:60Z', null],
    ['Sun, 01 Mar 2026 12:00:00 GMT', null],
    ['1772366400', null],
    ['', null],
  ])('%s is %s', (text, wanted) => expect(instant(text)).toBe(wanted));
});

describe('properties', () => {
  test.each([
    ['an object is its JSON text', { a: 1, b: [true, null] }, { text: '{"a":1,"b":[true,null]}' }],
    [
      'NUL and lone surrogates become U+FFFD, in keys too',
      { 'a\0': 'x\ud800y😀' },
      { text: '{"a\ufffd":"x\ufffdy😀"}' },
    ],
    [
      'a written-out escape stays what it is',
      { a: '\\u0000 \\ud800' },
      { text: '{"a":"\\\\u0000 \\\\ud800"}' },
    ],
    ['keys that became one are one', { '\0': 1, '\ufffd': 2 }, { text: '{"\ufffd":2}' }],
    [
      '__proto__ is a key like any other',
      JSON.parse('{"__proto__":{"a":1}}'),
      { text: '{"__proto__":{"a":1}}' },
    ],
  ])('%s', (_, value, wanted) => expect(propertiesText(value)).toEqual(wanted));

  test('8192 bytes fit, 8193 do not; bytes are those of UTF-8', () => {
    expect(propertiesText({ a: 'x'.repeat(8184) })).toHaveProperty('text');
    expect(propertiesText({ a: 'x'.repeat(8185) })).toHaveProperty('wrong');
    expect(propertiesText({ a: 'ä'.repeat(4092) })).toHaveProperty('text');
    expect(propertiesText({ a: 'ä'.repeat(4093) })).toHaveProperty('wrong');
  });

  test('100 levels fit, 101 do not, a million do no harm', () => {
    const nested = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`);
    expect(propertiesText(nested(100))).toHaveProperty('text');
    expect(propertiesText(nested(101))).toHaveProperty('wrong');
    expect(propertiesText({ a: JSON.parse('['.repeat(1_000_000) + ']'.repeat(1_000_000)) })).toHaveProperty(
      'wrong',
    );
  });
});

test('a remembering function asks once, forgets the oldest and keeps nothing long', () => {
  const asked: string[] = [];
  const length = remember((text) => asked.push(text) && text.length, { entries: 2, longest: 3 });
  expect(['a', 'a', 'bb', 'a', 'long!', 'long!', 'c', 'd', 'e', 'f', 'a'].map(length)).toEqual([
    1, 1, 2, 1, 5, 5, 1, 1, 1, 1, 1,
  ]);
  expect(asked).toEqual(['a', 'bb', 'long!', 'long!', 'c', 'd', 'e', 'f', 'a']);
});

test('request ids sort as they were made, also when the clock goes back, and differ between processes', () => {
  const times = [5_000, 5_000, 5_001, 1, 1, 2_000_000_000_000, 3];
  let at = 0;
  let byte = 0;
  const next = requestIds(
    () => times[at++] ?? 3,
    (n) => new Uint8Array(n).fill(byte++),
  );
  const made = Array.from({ length: 40_000 }, next);
  expect(made.every((id, i) => i === 0 || (made[i - 1] ?? '') < id)).toBe(true);
  expect(made[0]).toMatch(/^[\da-z]{13}[\da-f]{12}$/);
  expect(
    requestIds(
      () => 5_000,
      (n) => new Uint8Array(n).fill(9),
    )().slice(0, 13),
  ).toBe(made[0]?.slice(0, 13));
});
