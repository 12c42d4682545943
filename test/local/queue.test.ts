import { expect, test } from 'vitest';
import { fairQueue } from '../../src/local/query/queue.ts';

const patient = new AbortController().signal;

/** Who sits, in the order they sat down. */
const watched = (seats: readonly string[]) => {
  const queue = fairQueue(seats);
  const sat: [string, string][] = [];
  return {
    queue,
    sat,
    take: (group: string, signal = patient) =>
      queue.take(group, signal).then((seat) => {
        sat.push([group, seat]);
        return seat;
      }),
  };
};
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('no project takes the last seat while it has another, so the next one sits down at once', async () => {
  const { sat, take } = watched(['a', 'b']);
  for (let i = 0; i < 5; i++) take('much');
  await turn();
  expect(sat).toEqual([['much', 'b']]);
  take('little');
  await turn();
  expect(sat).toEqual([
    ['much', 'b'],
    ['little', 'a'],
  ]);
});

test('a project that is alone goes on, one question after the other', async () => {
  const { queue, sat, take } = watched(['a', 'b', 'c']);
  for (let i = 0; i < 4; i++) take('only');
  await turn();
  expect(sat).toHaveLength(2);
  queue.give('c');
  await turn();
  expect(sat).toHaveLength(3);
});

test('whoever gives up while waiting leaves nobody standing', async () => {
  const { queue, sat, take } = watched(['a', 'b']);
  take('much');
  const bored = new AbortController();
  const gone = expect(take('much', bored.signal)).rejects.toThrow('bored');
  take('much');
  bored.abort(new Error('bored'));
  await gone;
  queue.give('b');
  await turn();
  expect(sat.map(([group]) => group)).toEqual(['much', 'much']);
});

test('of one project at most 64 wait; one more is told when to come back, and others still sit down', async () => {
  const { sat, take } = watched(['a', 'b']);
  for (let i = 0; i < 65; i++) take('much');
  await expect(take('much')).rejects.toMatchObject({
    code: 'rate_limited',
    headers: { 'Retry-After': '2' },
    details: { retry_after_s: 2 },
  });
  await take('little');
  expect(sat.at(-1)?.[0]).toBe('little');
});
