import { expect, test } from 'vitest';
import { queryIdOf, runningQuestion } from '../../src/tools/query-id.ts';

const began = Date.parse('2026-03-10T12:00:00.000Z');
const hour = 3_600_000;
const id = queryIdOf({ now: began, ticket: 'a-ticket_1.x' });

test.each([0, 1, hour])('a running question is found again %i ms after it was asked', (later) => {
  expect(runningQuestion(id, began + later)).toEqual({ id, ticket: 'a-ticket_1.x', now: began });
});

test.each([
  ['an hour and a millisecond later', id, began + hour + 1, /too old/],
  ['before it was asked', id, began - 1, /too old/],
  ['without its ticket', id.slice(0, 8), began, /not one of ours/],
  ['as a number', 7, began, /not one of ours/],
  ['with more behind it', `${id} x`, began, /not one of ours/],
] as const)('%s it is not', (_, sent, now, why) => {
  expect(() => runningQuestion(sent, now)).toThrow(why);
});
