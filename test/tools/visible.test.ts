import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cappedNotes, fittingRows, meantFields, shown, shownText } from '../../src/tools/shown.ts';
import { capped, meant, visible, visibleJson } from '../../src/tools/visible.ts';

test.each([
  ['ordinary text', 'sign_up ünï <b> 😀', 'sign_up ünï <b> 😀'],
  ['a bell and an escape', 'a\u0007b\u001b[31m', 'a<U+0007>b<U+001B>[31m'],
  ['line ends and tabs', 'a\n\tb', 'a<U+000A><U+0009>b'],
  ['C1 and DEL', 'a\u0085b\u007f', 'a<U+0085>b<U+007F>'],
  ['what turns text around', 'a\u202eb\u2066c\u061c\u200f', 'a<U+202E>b<U+2066>c<U+061C><U+200F>'],
  ['what has no width', 'a\u200bb\u2060c\ufeff\u00ad', 'a<U+200B>b<U+2060>c<U+FEFF><U+00AD>'],
  ['tags', 'a\u{e0049}\u{e007f}', 'a<U+E0049><U+E007F>'],
  ['separators of lines', 'a\u2028b\u2029', 'a<U+2028>b<U+2029>'],
  ['annotations', 'a\ufff9b', 'a<U+FFF9>b'],
  ['letters drawn as nothing', '\u3164\u115f\uffa0', '<U+3164><U+115F><U+FFA0>'],
  ['half a pair', 'a\ud83d', 'a<U+D83D>'],
  ['a joiner inside a word', 'می\u200cخواهم क्\u200dष', 'می\u200cخواهم क्\u200dष'],
  ['a joiner outside of one', 'a\u200d \u200cb', 'a<U+200D> <U+200C>b'],
  [
    'a family, a coder, a heart, a keycap',
    '👨\u200d👩\u200d👧👩🏽\u200d💻❤\ufe0f1\ufe0f\u20e3',
    '👨\u200d👩\u200d👧👩🏽\u200d💻❤\ufe0f1\ufe0f\u20e3',
  ],
  [
    'selectors behind nothing they select',
    'a\ufe0f❤\ufe0f\ufe0f1\ufe0f',
    'a<U+FE0F>❤\ufe0f<U+FE0F>1<U+FE0F>',
  ],
  ['selectors one after the other', '葛\u{e0100}\u{e0101}a\u{e0102}', '葛\u{e0100}<U+E0101>a<U+E0102>'],
  ['text that spells an escape', 'a<U+202E>b', 'a<U+003C>U+202E>b'],
  ['text that spells an escaped escape', '<U+003C>', '<U+003C>U+003C>'],
  ['text that spells what is never escaped', '<U+0041> <U+FFFFFF> <U+>', '<U+0041> <U+FFFFFF> <U+>'],
])('%s is shown so that it can be seen, and read back', (_, text, as) => {
  expect([visible(text), meant(as)]).toEqual([as, text]);
});

const hard = fc.string({
  unit: fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom(
      ...'<U+02Ee>\\u{}"',
      '<U+',
      '<U+202E>',
      '<U+003C>',
      '\u202e',
      '\u200d',
      '\ufe0f',
      '\ud83d',
      '\ude00',
    ),
  ),
});
/** Not `visible`’s own words: nothing it escapes may be left but in the places it names. */
const neverLeft =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;

test('any text is shown without what cannot be seen, is read back as it was, and no two are shown alike', () => {
  fc.assert(
    fc.property(hard, (text) => {
      expect(neverLeft.test(visible(text))).toBe(false);
      expect(meant(visible(text))).toBe(text);
    }),
    { numRuns: 5_000 },
  );
});

test('JSON text stays the JSON of the same value', () => {
  fc.assert(
    fc.property(fc.dictionary(hard, hard), (value) => {
      const json = visibleJson(JSON.stringify(value));
      expect(JSON.parse(json)).toEqual(value);
      expect(neverLeft.test(json)).toBe(false);
    }),
    { numRuns: 1_000 },
  );
});

test('a body is shown whole, names of fields too', () => {
  fc.assert(
    fc.property(fc.array(fc.dictionary(hard, fc.oneof(hard, fc.integer(), fc.array(hard)))), (list) => {
      expect(JSON.parse(shownText({ list }))).toEqual(shown({ list }));
    }),
    { numRuns: 1_000 },
  );
});

test('arguments are read as they were meant, however deep a right one may lie', () => {
  fc.assert(
    fc.property(hard, fc.array(hard), (value, list) => {
      const args = { event: value, where: [{ any: [{ field: value, op: 'in', value: list }] }], limit: 1 };
      expect(meantFields(JSON.parse(shownText(args)))).toEqual(args);
    }),
    { numRuns: 1_000 },
  );
});

test('`properties` is JSON in JSON, with JSON’s own escapes', () => {
  expect(shownText({ properties: '{"a":"\u202e"}' })).toBe('{"properties":"{\\"a\\":\\"\\\\u202e\\"}"}');
});

test('what is cut says how long it was, and no escape or character is cut in two', () => {
  expect(capped('x'.repeat(12), 10)).toBe('xxxxxxxxxx… (12 characters)');
  expect(capped('xxxxxx<U+202E>', 10)).toBe('xxxxxx… (14 characters)');
  expect(capped('xxxxxxxxx😀', 10)).toBe('xxxxxxxxx… (11 characters)');
  expect(cappedNotes(['y'.repeat(2_000)])).toEqual([`${'y'.repeat(1_500)}… (2,000 characters)`]);
});

test('cells of several rows are cut, a row alone is whole where it fits, and properties stay JSON', () => {
  const row = {
    url: 'u'.repeat(2_048),
    properties: JSON.stringify({ long: 'v'.repeat(3_000), ['k'.repeat(3_000)]: [1], short: 1 }),
  };
  expect(fittingRows([row], 24_000)).toEqual({ rows: [row], cut: [] });
  const { rows, cut } = fittingRows([row, row], 24_000);
  expect([rows.length, rows[0]?.url, cut.length]).toEqual([2, `${'u'.repeat(500)}… (2,048 characters)`, 1]);
  expect(JSON.parse(String(rows[0]?.properties))).toEqual({
    long: `${'v'.repeat(500)}… (3,000 characters)`,
    [`${'k'.repeat(500)}… (3,000 characters)`]: [1],
    short: 1,
    '…': expect.stringMatching(/^3 of 3 properties, [\d,]+ characters in all$/),
  });
  expect(
    fittingRows(
      Array.from({ length: 1_000 }, () => row),
      24_000,
    ).rows.length,
  ).toBeLessThan(20);
});
