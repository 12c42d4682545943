import { expect, test } from 'vitest';
import { nearest } from '../../src/tools/nearest.ts';

const names = ['sign_up', 'sign_in', 'purchase', '$pageview', 'country', 'campaign'];

test.each([
  ['signup', ['sign_up', 'sign_in']],
  ['Sign-Up', ['sign_up', 'sign_in']],
  ['page', ['$pageview']],
  ['purchse', ['purchase']],
  ['contry', ['country']],
  ['cuontry', ['country']],
  ['refund', []],
  ['', []],
])('“%s” is most like %j', (word, like) => {
  expect(nearest(word, names)).toEqual(like);
});

test('of many that are alike only the nearest few are named', () => {
  expect(nearest('item', ['item_4', 'item_3', 'item_2', 'item_1'])).toEqual(['item_1', 'item_2', 'item_3']);
});

test.each([
  ['ulr', ['url', 'key'], ['url']],
  ['foo', ['from', 'to'], []],
])('of short words only a slip is alike: “%s” among %j is %j', (word, among, like) => {
  expect(nearest(word, among)).toEqual(like);
});
