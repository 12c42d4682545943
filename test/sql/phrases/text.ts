import { type Phrase, phrase } from '../phrase.ts';

const t = (text: string) => `timestamp '${text}'`;

/** `$` would also stand before a last line break in Trino. */
const whole = String.raw`\A[0-9]\z`;

/** Conditions and text. */
export const textPhrases: readonly Phrase[] = [
  phrase('coalesce', 'functions/conditional', {
    "coalesce(null, 'a', 'b')": 'a',
    'coalesce(null > 1, false)': false,
  }),
  phrase('nullif', 'functions/conditional', {
    'nullif(0, 0)': null,
    'nullif(1, 0)': 1,
  }),
  phrase('if', 'functions/conditional', {
    'if(1 > 2, 1, 2)': 2,
    "if(null, 'a', 'b')": 'b',
  }),
  phrase('greatest', 'functions/comparison', {
    'greatest(1, 3, 2)': 3,
    'greatest(1, null)': null,
    [`greatest(${t('2026-01-01 00:00:00.000')}, ${t('2026-01-01 00:00:00.001')})`]:
      '2026-01-01T00:00:00.001Z',
  }),
  phrase('least', 'functions/comparison', {
    'least(2, 1)': 1,
    'least(1, null, 2)': null,
  }),
  phrase('concat', 'functions/string', {
    "concat('a', 'b')": 'ab',
    "concat('a', null)": null,
    "concat('a', 'b', 'c', 'd', 'e')": 'abcde',
    "concat('a', 'b', 'c', cast(null as varchar), 'e')": null,
  }),
  phrase('length', 'functions/string', {
    "length('ä')": 1,
    "length('😀')": 1,
    "length('e\u0301')": 2,
    "length('')": 0,
  }),
  phrase('lower', 'functions/string', {
    "lower('ÄÖ')": 'äö',
    "lower('ÉTÉ ABC')": 'été abc',
    "lower('ẞ')": 'ß',
    "lower('Σ')": 'σ',
    "lower('ὈΔΥΣΣΕΎΣ')": 'ὀδυσσεύσ',
  }),
  phrase('replace', 'functions/string', {
    "replace('abcabc', 'b', 'x')": 'axcaxc',
    "replace('abc', 'x', 'y')": 'abc',
  }),
  phrase('strpos', 'functions/string', {
    "strpos('abc', 'c')": 3,
    "strpos('abc', 'x')": 0,
    "strpos('ä😀b', 'b')": 3,
    "strpos('a%b_c', '%b_')": 2,
  }),
  phrase('starts_with', 'functions/string', {
    "starts_with('abc', 'ab')": true,
    "starts_with('abc', 'b')": false,
    "starts_with('a%c', 'a%')": true,
  }),
  phrase('substr', 'functions/string', {
    "substr('abc', 2)": 'bc',
    "substr('abc', 2, 1)": 'b',
    "substr('abc', 0, 2)": '',
    "substr('abc', -2)": 'bc',
    "substr('abc', -2, 1)": 'b',
    "substr('abc', -5)": '',
    "substr('abc', 9)": '',
    "substr('ä😀b', 2, 1)": '😀',
  }),
  phrase('trim', 'functions/string', {
    "trim('  a b  ')": 'a b',
  }),
  phrase('regexp_like', 'functions/regexp', {
    "regexp_like('1a 2b', '[0-9]+b')": true,
    "regexp_like('abc', '^b')": false,
    "regexp_like('ABC', 'b')": false,
    [`regexp_like('5', '${whole}')`]: true,
    [`regexp_like('5\n', '${whole}')`]: false,
    "regexp_like(null, 'b')": null,
  }),
  phrase('regexp_extract', 'functions/regexp', {
    "regexp_extract('1a 2b 14m', '[0-9]+')": '1',
    "regexp_extract('1a 2b 14m', '([0-9]+)([a-z]+)', 2)": 'a',
    "regexp_extract('abc', '[0-9]+')": null,
    "regexp_extract('abc', '([0-9]+)', 1)": null,
  }),
];
