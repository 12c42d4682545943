import { type Phrase, phrase } from '../phrase.ts';

const t = (text: string) => `timestamp '${text}'`;
const over = (aggregate: string, rows: string) => `(select ${aggregate} from (values ${rows}) as t(x, y))`;

/** Aggregates and lists. No FILTER: CASE inside, which both engines take for every one of them. */
export const aggregatesPhrases: readonly Phrase[] = [
  phrase('count', 'functions/aggregate', {
    [over('count(*)', '(1, 1), (null, 1)')]: 2,
    [over('count(x)', '(1, 1), (null, 1)')]: 1,
    [over('count(distinct x)', '(1, 1), (null, 1), (1, 2)')]: 1,
  }),
  phrase('count_if', 'functions/aggregate', {
    [over('count_if(x > 1)', '(1, 1), (null, 1), (2, 2)')]: 1,
  }),
  phrase('sum', 'functions/aggregate', {
    [over('sum(x)', '(1, 1), (null, 1), (2, 1)')]: 3,
    [over('sum(x)', '(cast(null as bigint), 1)')]: null,
    [over('sum(case when y > 1 then x end)', '(1, 1), (2, 2), (3, 3)')]: 5,
  }),
  phrase('avg', 'functions/aggregate', {
    [over('avg(x)', '(1, 1), (null, 1), (2, 1)')]: 1.5,
  }),
  phrase('min', 'functions/aggregate', {
    [over('min(x)', "('b', 1), (null, 1), ('a', 1)")]: 'a',
    [over('min(x)', '(cast(null as bigint), 1)')]: null,
  }),
  phrase('max', 'functions/aggregate', {
    [over('max(x)', '(1, 1), (null, 1), (2, 1)')]: 2,
    [over('max(x)', `(${t('2026-01-01 00:00:00.001')}, 1), (${t('2026-01-01 00:00:00.000')}, 1)`)]:
      '2026-01-01T00:00:00.001Z',
  }),
  phrase('min_by', 'functions/aggregate', {
    [over('min_by(x, y)', "('a', 2), ('b', 1)")]: 'b',
    [over('min_by(x, y)', "('a', 2), (null, 1)")]: null,
    [over('min_by(x, y)', "('a', 2), ('b', null)")]: 'a',
  }),
  phrase('max_by', 'functions/aggregate', {
    [over('max_by(x, y)', "('a', 2), ('b', 1)")]: 'a',
    [over('max_by(x, y)', "('a', 1), (null, 2)")]: null,
    [over('max_by(x, y)', "('a', 1), ('b', null)")]: 'a',
  }),
  phrase('approx_distinct', 'functions/aggregate', {
    [over('approx_distinct(x)', '(1, 1), (1, 1), (null, 1)')]: 1,
    [over('approx_distinct(x)', '(1, 1), (2, 1), (3, 1)')]: 3,
  }),
  phrase('approx_percentile', 'functions/aggregate', {
    [over('approx_percentile(x, 0.5)', '(1, 1), (2, 1), (3, 1), (4, 1), (5, 1)')]: 3,
  }),
  phrase('bool_or', 'functions/aggregate', {
    [over('bool_or(x > 1)', '(1, 1), (2, 1), (null, 1)')]: true,
  }),
  phrase('bool_and', 'functions/aggregate', {
    [over('bool_and(x > 1)', '(1, 1), (2, 1)')]: false,
  }),
  phrase('grouping', 'sql/select', {
    "(select sum(v * 10 + g) from (select grouping(x) as g, count(*) as v from (values ('a', 1), ('b', 1)) as t(x, y) group by grouping sets ((x), ())) as s)": 41,
  }),
  phrase('array_agg', 'functions/aggregate', {
    [over('element_at(array_agg(x order by y), 1)', "('a', 2), ('b', 1)")]: 'b',
    [over('cardinality(array_agg(x))', "('a', 2), (null, 1)")]: 2,
  }),
  phrase('array_sort', 'functions/array', {
    'element_at(array_sort(array[3, 1, 2]), 1)': 1,
    [over('element_at(array_sort(array_agg(x)), 2)', '(3, 1), (null, 1), (1, 1)')]: 3,
    [over('element_at(array_sort(array_agg(x)), 3)', '(3, 1), (null, 1), (1, 1)')]: null,
    [over('element_at(array_sort(array_agg(x)), nullif(count(x), 0) / 2 + 1)', '(cast(null as bigint), 1)')]:
      null,
  }),
  phrase('cardinality', 'functions/array', {
    'cardinality(array[1, 2])': 2,
  }),
  phrase('element_at', 'functions/array', {
    'element_at(array[5, 6], 2)': 6,
    'element_at(array[5, 6], 3)': null,
    'element_at(array[5, 6], -1)': 6,
  }),
  phrase('unnest', 'sql/select', {
    '(select sum(x * 10 + n) from unnest(array[7, 8]) with ordinality as t(x, n))': 153,
  }),
];
