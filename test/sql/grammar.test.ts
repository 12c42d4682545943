import { describe, expect, test } from 'vitest';
import { parsesAsTrino } from './grammar.ts';
import { phrasebook } from './phrasebook.ts';

describe('Trino’s grammar takes', () => {
  test.each(phrasebook)('each phrase of $word', ({ rows }) => {
    expect(Object.keys(rows).flatMap((expression) => parsesAsTrino(`select ${expression} as v`))).toEqual([]);
  });

  test.each([
    "with a as (select 1 as x) select x, count(*) as n from a where x > 0 and ts >= timestamp '2026-01-01 00:00:00.000' group by x having count(*) > 1 order by n desc, x limit 5",
    'select k, min(case when m then at end) over (partition by k order by at desc rows between unbounded preceding and 1 preceding) as t_1_2 from t',
    'select a, grouping(a) as whole from t group by grouping sets ((a), ())',
    "select json_extract_scalar(properties, '$[\"it''s; -> x::y\"]') as g_1 from events",
  ])('%s', (text) => {
    expect(parsesAsTrino(text)).toEqual([]);
  });
});

test.each([
  'select a::int from t',
  'select a from t qualify row_number() over (order by a) = 1',
  'select a, count(*) from t group by all',
  'select [1, 2]',
  "select {'a': 1}",
  'select * exclude (a) from t',
  'select a from t limit 1 offset 1',
  'from t select a',
  'select 7 // 2',
  'select a from t order by all',
  "select a from t where a ilike 'x'",
  'select 1; select 2',
  'select list_transform(a, x -> x + 1) from t',
  'select count(*) filter (where a) from t',
  'select lag(a) ignore nulls over (order by b) from t',
  'create table t (a bigint)',
  'drop table events',
  'selec 1',
  '',
])('refused: %s', (text) => {
  expect(parsesAsTrino(text)).not.toEqual([]);
});
