import { type Phrase, phrase } from '../phrase.ts';

/** Numbers. */
export const numbersPhrases: readonly Phrase[] = [
  phrase('abs', 'functions/math', {
    'abs(-3)': 3,
  }),
  phrase('round', 'functions/math', {
    'round(2.5e0)': 3,
    'round(-2.5e0)': -3,
    'cast(round(0.5e0) as bigint)': 1,
  }),
  phrase('floor', 'functions/math', {
    'floor(-0.5e0)': -1,
    'floor(1.9e0)': 1,
  }),
  phrase('ceil', 'functions/math', {
    'ceil(1.1e0)': 2,
  }),
  phrase('power', 'functions/math', {
    'power(2e0, -1e0)': 0.5,
  }),
  phrase('from_big_endian_64', 'functions/binary', {
    "from_big_endian_64(xxhash64(to_utf8('a'))) = from_big_endian_64(xxhash64(to_utf8('a')))": true,
    "from_big_endian_64(xxhash64(to_utf8('a'))) = from_big_endian_64(xxhash64(to_utf8('b')))": false,
    'from_big_endian_64(xxhash64(to_utf8(cast(null as varchar)))) is null': true,
  }),
  phrase('xxhash64', 'functions/binary', { "xxhash64(to_utf8('a')) = xxhash64(to_utf8('A'))": false }),
  phrase('to_utf8', 'functions/binary', { "to_utf8('é') = to_utf8('é')": true }),
  phrase('bitwise_xor', 'functions/bitwise', {
    'cast(bitwise_xor(5, 3) as bigint)': 6,
    'bitwise_xor(5, null) is null': true,
  }),
  phrase('sequence', 'functions/array', {
    '(select sum(n) from unnest(sequence(3, 5)) as t(n))': 12,
    'cardinality(sequence(3, 3))': 1,
  }),
];
