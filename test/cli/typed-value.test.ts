import { expect, test } from 'vitest';
import { argumentsOf, typedValue } from '../../src/cli/typed-value.ts';

test.each([
  ['12', 12],
  ['-1.5', -1.5],
  ['true', true],
  ['["a","b"]', ['a', 'b']],
  ['{"event":"a"}', { event: 'a' }],
  ['"42"', '42'],
  ['null', 'null'],
  ['sign_up', 'sign_up'],
  ['last:7d', 'last:7d'],
  ['2026-01-31', '2026-01-31'],
  ['007', '007'],
  ['12345678901234567890', '12345678901234567890'],
  ['1e999', '1e999'],
  ['', ''],
  ['[unfinished', '[unfinished'],
])('%s is sent as %j', (text, value) => {
  expect(typedValue(text)).toEqual(value);
});

test('a flag given twice is a list, and dashes are underscores', () => {
  const given = [
    { name: 'group-by', value: 'source' },
    { name: 'limit', value: '3' },
    { name: 'group-by', value: 'country' },
  ];
  expect(argumentsOf(given)).toEqual({ group_by: ['source', 'country'], limit: 3 });
});
