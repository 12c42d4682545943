import { expect, test } from 'vitest';
import { apart, join, relation, sql } from '../../src/sql/sql.ts';

test('relations named apart are marked for the engine that asks for it, what a caller wrote is not', () => {
  const written = "it's apart_1 as (x), ' apart_2 as (";
  const [five, ten] = [
    apart('apart_5', sql`(select ${written} as a)`),
    apart('apart_10', sql`(select 'apart_3 as (' as b)`),
  ];
  const question = sql`with ${join([five, ten])} select * from apart_5, apart_10 where a = ${written}`;
  expect(question.planned).toBe(
    sql`with apart_5 as materialized (select ${written} as a), apart_10 as materialized (select 'apart_3 as (' as b) select * from apart_5, apart_10 where a = ${written}`
      .text,
  );
  expect(question.text).toBe(question.planned.replaceAll('as materialized (', 'as ('));
});

test('SQL says which relations of the lake it reads, however deep; a text that names one does not read it', () => {
  const deep = join([
    sql`(select * from ${relation('events')})`,
    sql`(select * from ${relation('identifies')})`,
  ]);
  expect([...sql`select * from ${deep}`.reads]).toEqual(['events', 'identifies']);
  expect([...sql`select * from ${relation('events')} where a = ${'identifies'}`.reads]).toEqual(['events']);
  expect([...sql`select ${'events'} as identifies`.reads]).toEqual([]);
});
