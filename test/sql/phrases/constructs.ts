import { fieldFrom, numberOf } from '../../../src/sql/field.ts';
import { type Phrase, phrase } from '../phrase.ts';

const t = (text: string) => `timestamp '${text}'`;

const field = fieldFrom('properties.v');
/** The product’s own way to read a text as a number. */
const number = (text: string) =>
  `(select ${field === undefined ? '' : numberOf(field).text} from (values ('${JSON.stringify({ v: text })}')) as t(properties))`;

/** Operators and keywords that are no functions. */
export const constructsPhrases: readonly Phrase[] = [
  phrase('/', 'functions/math', {
    '7 / 2': 3,
    '-7 / 2': -3,
    'cast(7 as double) / 2': 3.5,
    '7 / nullif(0, 0)': null,
    'cast(1 as double) / nullif(cast(0 as double), 0)': null,
  }),
  phrase('%', 'functions/math', {
    '7 % -3': 1,
    '-7 % 3': -1,
  }),
  phrase('||', 'functions/string', {
    "'a' || 'b'": 'ab',
    "'a' || cast(null as varchar)": null,
    "cardinality(array['a'] || array[cast(null as varchar)])": 2,
  }),
  phrase('case', 'functions/conditional', {
    "case when 1 > 2 then 'a' end": null,
    "case when null then 'a' else 'b' end": 'b',
    "case 2 when 1 then 'a' when 2 then 'b' end": 'b',
  }),
  phrase('comparison', 'functions/comparison', {
    "'a' = 'A'": false,
    "'a' = 'a '": false,
    "'a' < 'B'": false,
    "'Z' < 'a'": true,
    "'ä' > 'z'": true,
    "'😀' > '\uffee'": true,
    'null is distinct from 1': true,
    'null is not distinct from null': true,
    '1 is not distinct from 2': false,
    '2 between 1 and 2': true,
    "'a' in ('b', null)": null,
    "not ('a' in ('b', 'c'))": true,
  }),
  phrase('like', 'functions/comparison', {
    "'a%c' like 'a!%_' escape '!'": true,
    "'abc' like 'a!%_' escape '!'": false,
    "'ABC' like 'a%'": false,
  }),
  phrase('order by', 'sql/select', {
    "(select x from (values ('b'), (null), ('a')) as t(x) order by x limit 1)": 'a',
    "(select x from (values ('b'), (null), ('a')) as t(x) order by x desc limit 1)": 'b',
    "(select x from (values ('b'), (null), ('B'), ('é'), ('z')) as t(x) order by x limit 1)": 'B',
  }),
  phrase('interval', 'functions/datetime', {
    [`${t('2026-01-31 00:00:00.000')} + interval '7' day`]: '2026-02-07T00:00:00.000Z',
  }),
  phrase('cast', 'functions/conversion', {
    'cast(7 as varchar)': '7',
    'cast(-9007199254740993 as varchar)': '-9007199254740993',
    'cast(true as varchar)': 'true',
    "cast('12' as bigint)": 12,
    "cast('1e3' as double)": 1000,
    'cast(3 as double)': 3,
    "cast('2026-03-08 07:30:00.123' as timestamp(3))": '2026-03-08T07:30:00.123Z',
    "cast(cast(timestamp '2026-03-08 23:59:59.999' as date) as varchar)": '2026-03-08',
    "cast(cast(timestamp '2026-03-08 23:59:59.999' as date) as timestamp(3))": '2026-03-08T00:00:00.000Z',
    "cast(cast(timestamp '1969-12-31 23:59:59.999' as date) as varchar)": '1969-12-31',
  }),
  phrase('try_cast', 'functions/conversion', {
    "try_cast('12' as bigint)": 12,
    "try_cast('abc' as bigint)": null,
    "try_cast('abc' as double)": null,
    "try_cast('1e+21' as double)": 1e21,
    "try_cast('-0.5' as double)": -0.5,
  }),
  phrase('text as number', 'functions/conversion', {
    [number('1e3')]: 1000,
    [number('1e+21')]: 1e21,
    [number('1E-7')]: 1e-7,
    [number('1.5')]: 1.5,
    [number('-12')]: -12,
    [number('007')]: null,
    [number('0.1')]: 0.1,
    [number('9007199254740993')]: 9007199254740992,
    [number('1e-999')]: 0,
    [number(' 1 ')]: null,
    [number('1 ')]: null,
    [number('inf')]: null,
    [number('Infinity')]: null,
    [number('NaN')]: null,
    [number('1_000')]: null,
    [number('1,5')]: null,
    [number('')]: null,
    [number('+5')]: null,
    [number('.5')]: null,
    [number('5.')]: null,
    [number('1d')]: null,
    [number('1f')]: null,
    [number('0x10')]: null,
    [number('1e')]: null,
    [number('--1')]: null,
    [number('true')]: null,
    [number('١')]: null,
    [number('5\n')]: null,
    [number('\n5')]: null,
  }),
  phrase('row', 'language/types', {
    "row(1, 'a') < row(1, 'b')": true,
    "row(2, 'a') < row(1, 'b')": false,
    "row(1, 'a')[2]": 'a',
    "(select min_by(row(x, z), row(y, z))[1] from (values ('first', 2, 'a'), ('second', 1, 'b')) as t(x, y, z))":
      'second',
    "(select min_by(x, row(y, z)) from (values ('first', 1, 'a'), ('second', 1, 'b'), ('third', 2, 'a')) as t(x, y, z))":
      'first',
    "(select max_by(x, case when z = 'a' then row(y, z) end) from (values ('first', 1, 'a'), ('second', 9, 'b'), ('third', 2, 'a')) as t(x, y, z))":
      'third',
    "(select min_by(x, case when z = 'c' then row(y, z) end) from (values ('first', 1, 'a'), ('second', 9, 'b')) as t(x, y, z))":
      null,
  }),
];
