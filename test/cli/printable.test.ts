import { expect, test } from 'vitest';
import { printable } from '../../src/cli/printable.ts';

test.each([
  ['colours and bells', 'a\u001b[31mb\u0007', 'a�[31mb�'],
  ['line ends and tabs', 'a\r\n\tb', 'a b'],
  ['what turns text around', 'a\u202eb\u2066c\u200f\u061c', 'a�b�c��'],
  ['what has no width, tags and separators', 'a\u200b\u{e0049}\u2028\ufeff', 'a����'],
  ['joiners inside words and pictures', 'می\u200cخواهم 👩🏽\u200d💻', 'می\u200cخواهم 👩🏽\u200d💻'],
  ['what the server has shown already', 'a<U+202E>b', 'a<U+202E>b'],
])('%s: a terminal gets the set that answers show escaped as �', (_, text, as) => {
  expect(printable(text)).toBe(as);
});
