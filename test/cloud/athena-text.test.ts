import { describe, expect, test } from 'vitest';
import { athenaText, athenaType } from './athena-text.ts';

describe('a value of Trino in the words of Athena', () => {
  test.each([
    [1, 'double', '1.0'],
    [1.5, 'double', '1.5'],
    [12_345_678, 'double', '1.2345678E7'],
    [1e7, 'double', '1.0E7'],
    [0.000_15, 'double', '1.5E-4'],
    [-0.001, 'real', '-0.001'],
    ['NaN', 'double', 'NaN'],
    [9_007_199_254_740_993n, 'bigint', '9007199254740993'],
    [1, 'integer', '1'],
    ['1.50', 'decimal(3,2)', '1.50'],
    [true, 'boolean', 'true'],
    ['2026-03-02 09:00:00.007', 'timestamp(3)', '2026-03-02 09:00:00.007'],
    [[1, null, 'a'], 'array(varchar)', '[1, null, a]'],
    [{ a: 1, b: [2] }, 'map(varchar, json)', '{a=1, b=[2]}'],
    [null, 'varchar', undefined],
  ])('%s of type %s is %s', (value, type, text) => {
    expect(athenaText(value, type)).toBe(text);
  });

  test.each([
    ['varchar(7)', 'varchar'],
    ['timestamp(3) with time zone', 'timestamp with time zone'],
    ['decimal(3,2)', 'decimal'],
    ['array(row(a bigint))', 'array'],
    ['real', 'float'],
  ])('the type %s is %s', (type, name) => {
    expect(athenaType(type)).toBe(name);
  });
});
