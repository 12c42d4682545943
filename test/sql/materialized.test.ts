import { expect, test } from 'vitest';
import { materialized, sql } from '../../src/sql/sql.ts';

test('relations named apart are marked, what a caller wrote is not', () => {
  const written = "it's apart_1 as (x), ' apart_2 as (";
  const text = sql`with apart_5 as (select ${written} as a), apart_10 as (select 'apart_3 as (' as b) select * from apart_5, apart_10 where a = ${written}`;
  expect(materialized(text).text).toBe(
    sql`with apart_5 as materialized (select ${written} as a), apart_10 as materialized (select 'apart_3 as (' as b) select * from apart_5, apart_10 where a = ${written}`
      .text,
  );
});
