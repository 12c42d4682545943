import { type Phrase, phrase } from '../phrase.ts';

/** What a window function gives the row `k`, of (1, a), (2, b), (3, b), (4, null). */
const windowed = (expression: string, k: number) =>
  `(select v from (select k, ${expression} as v from (values (1, 'a'), (2, 'b'), (3, 'b'), (4, cast(null as varchar))) as t(k, x)) as w where k = ${k})`;

/** Window functions. `ignore nulls` is written differently by both engines: not used. */
export const windowsPhrases: readonly Phrase[] = [
  phrase('row_number', 'functions/window', {
    [windowed('row_number() over (order by x desc, k)', 1)]: 3,
    [windowed('row_number() over (partition by x order by k)', 3)]: 2,
  }),
  phrase('rank', 'functions/window', {
    [windowed('rank() over (order by x)', 3)]: 2,
    [windowed('rank() over (order by x)', 4)]: 4,
  }),
  phrase('dense_rank', 'functions/window', {
    [windowed('dense_rank() over (order by x)', 4)]: 3,
  }),
  phrase('lag', 'functions/window', {
    [windowed('lag(x) over (order by k)', 2)]: 'a',
    [windowed('lag(x) over (order by k)', 1)]: null,
    [windowed("lag(x, 2, 'z') over (order by k)", 1)]: 'z',
  }),
  phrase('lead', 'functions/window', {
    [windowed('lead(x) over (order by k)', 1)]: 'b',
    [windowed('lead(x) over (order by k)', 4)]: null,
    [windowed('lead(k, 2) over (order by k)', 2)]: 4,
  }),
  phrase('first_value', 'functions/window', {
    [windowed('first_value(x) over (order by k)', 3)]: 'a',
    [windowed('first_value(x) over (order by k desc)', 3)]: null,
  }),
  phrase('last_value', 'functions/window', {
    [windowed('last_value(x) over (order by k)', 2)]: 'b',
    [windowed('last_value(k) over (order by x)', 2)]: 3,
  }),
  phrase('over', 'functions/window', {
    [windowed('sum(k) over (order by k rows between unbounded preceding and 1 preceding)', 3)]: 3,
    [windowed('sum(k) over (order by k rows between unbounded preceding and 1 preceding)', 1)]: null,
    [windowed('min(k) over (order by k rows between 1 following and unbounded following)', 2)]: 3,
    [windowed('min(k) over (order by k desc rows between unbounded preceding and 1 preceding)', 2)]: 3,
    [windowed('count(*) over ()', 1)]: 4,
    [windowed('sum(k) over (order by x)', 2)]: 6,
    [windowed(
      'count(case when k < 3 then 1 end) over (order by x range between unbounded preceding and current row)',
      2,
    )]: 2,
    [windowed('min_by(k, x) over ()', 4)]: 1,
    [windowed('max_by(x, k) over (order by k rows between unbounded preceding and current row)', 2)]: 'b',
  }),
];
