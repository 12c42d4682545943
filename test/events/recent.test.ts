import { expect, test } from 'vitest';
import { recent } from '../../src/events/recent.ts';

test('what is newer than `keeps` entries is there, what is older than twice as many is not', () => {
  const map = recent<number>(10);
  for (let i = 0; i < 100; i++) map.set(`k${i}`, i);
  expect(Array.from({ length: 10 }, (_, i) => map.get(`k${90 + i}`))).toEqual([
    90, 91, 92, 93, 94, 95, 96, 97, 98, 99,
  ]);
  expect(map.get('k79')).toBeUndefined();
});

test('what is read again stays', () => {
  const map = recent<number>(10);
  map.set('often', 1);
  for (let i = 0; i < 1000; i++) {
    map.set(`k${i}`, i);
    expect(map.get('often')).toBe(1);
  }
});
