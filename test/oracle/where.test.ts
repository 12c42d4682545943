import { expect, test } from 'vitest';
import { anEvent } from '../worlds/event.ts';
import { type Condition, holds } from './where.ts';

const event = anEvent({
  country: 'DE',
  campaign: null,
  path: '/a_b',
  properties: JSON.stringify({
    plan: 'Gold',
    price: 5,
    spelt: '5.0',
    yes: true,
    word: 'true',
    gone: null,
    a: { b: 1 },
    'a.b': 2,
    list: [1],
    over: '100%',
  }),
});

test.each<{ condition: Condition; is: boolean }>([
  { condition: { field: 'country', op: 'eq', value: 'DE' }, is: true },
  { condition: { field: 'country', op: 'eq', value: 'de' }, is: false },
  { condition: { field: 'campaign', op: 'neq', value: 'spring' }, is: true },
  { condition: { field: 'campaign', op: 'not_in', value: ['spring'] }, is: true },
  { condition: { field: 'campaign', op: 'not_contains', value: 'spring' }, is: true },
  { condition: { field: 'campaign', op: 'exists' }, is: false },
  { condition: { field: 'properties.gone', op: 'not_exists' }, is: true },
  { condition: { field: 'properties.plan', op: 'contains', value: 'OL' }, is: true },
  { condition: { field: 'properties.plan', op: 'starts_with', value: 'go' }, is: true },
  { condition: { field: 'properties.over', op: 'contains', value: '%' }, is: true },
  { condition: { field: 'properties.plan', op: 'contains', value: '%' }, is: false },
  { condition: { field: 'path', op: 'contains', value: 'a_b' }, is: true },
  { condition: { field: 'path', op: 'contains', value: 'ab' }, is: false },
  { condition: { field: 'properties.price', op: 'eq', value: 5 }, is: true },
  { condition: { field: 'properties.price', op: 'eq', value: '5' }, is: true },
  { condition: { field: 'properties.spelt', op: 'eq', value: 5 }, is: true },
  { condition: { field: 'properties.spelt', op: 'eq', value: '5' }, is: false },
  { condition: { field: 'properties.plan', op: 'lt', value: 5 }, is: false },
  { condition: { field: 'properties.plan', op: 'neq', value: 5 }, is: true },
  { condition: { field: 'properties.price', op: 'gt', value: 4.5 }, is: true },
  { condition: { field: 'properties.price', op: 'lte', value: 5 }, is: true },
  { condition: { field: 'properties.plan', op: 'gt', value: 'Gold' }, is: false },
  { condition: { field: 'properties.plan', op: 'gte', value: 'Gold' }, is: true },
  { condition: { field: 'properties.yes', op: 'eq', value: true }, is: true },
  { condition: { field: 'properties.word', op: 'eq', value: true }, is: false },
  { condition: { field: 'properties.yes', op: 'eq', value: 'true' }, is: true },
  { condition: { field: 'properties.a.b', op: 'eq', value: 1 }, is: true },
  { condition: { field: 'properties["a.b"]', op: 'eq', value: 2 }, is: true },
  { condition: { field: 'properties.a', op: 'exists' }, is: true },
  { condition: { field: 'properties.a', op: 'eq', value: '{"b":1}' }, is: false },
  { condition: { field: 'properties.list', op: 'neq', value: '1' }, is: true },
  { condition: { field: 'properties.constructor', op: 'exists' }, is: false },
  {
    condition: {
      any: [
        { field: 'country', op: 'eq', value: 'US' },
        { field: 'country', op: 'in', value: ['FR', 'DE'] },
      ],
    },
    is: true,
  },
  { condition: { any: [{ field: 'country', op: 'eq', value: 'US' }] }, is: false },
])('$condition is $is', ({ condition, is }) => {
  expect(holds(event, condition)).toBe(is);
});
