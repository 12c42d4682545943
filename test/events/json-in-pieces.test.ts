import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exactJson } from '../../src/events/exact-json.ts';
import { jsonInPieces } from '../../src/events/json-in-pieces.ts';

/** A piece so small that texts of a few members are cut everywhere. */
const piece = 6;
const now = async (): Promise<void> => {};
const tried = async (read: () => unknown): Promise<string> => {
  try {
    const value = await read();
    return JSON.stringify(value, (_, inner) => (JSON.isRawJSON(inner) ? `raw ${inner.rawJSON}` : inner));
  } catch (thrown) {
    return String(thrown);
  }
};
const same = async (text: string): Promise<void> =>
  expect(await tried(() => jsonInPieces(text, now, { piece }))).toBe(await tried(() => exactJson(text)));

describe('a large body read in pieces is what it is read at once', () => {
  test.each([
    '{"events":[{"event":"a","properties":{"k":[1,2,3,4]}},{"event":"b"}],"more":1}',
    '[[[1,2,3,4],[5,6,7,8]],"a\\"],[",["\\\\",[{}]]]',
    '{"a":1,"__proto__":{"x":[1,2,3]},"a":{"y":[3,2,1]},"1":2,"b":[1,2,3,4,5]}',
    '{"n":[1.10,-0,1e3,12345678901234567890],"m":[0.0000001,1]}',
    ' \n[ 1 , [ 2, 3, 4, 5 ] , {"a" : [ 1,2,3 ] } ]\t',
    '[]',
    '{}',
    '"a long text without a bracket"',
    '1234567890',
  ])('%s', same);
});

test.each([
  '[1,2,3,,4,5,6]',
  '[1,2,3,4,5,6,]',
  '[,1,2,3,4,5,6]',
  '[[1,2,3,4] [1,2,3,4]]',
  '[1 [1,2,3,4]]',
  '[1,2,3,4}',
  '{"a":[1,2,3,4]]',
  '{"a":[1,2,3,4],}',
  '{"a" "b":[1,2,3,4]}',
  '{[1,2,3,4]}',
  '{"a":1 {"b":[1,2,3,4]}}',
  '[1,2,3,4] [5]',
  '[1,2,3,4]x',
  '["abcdefg]',
  '{"a":[1,2,3,4],"b"}',
  '["a":1,[1,2,3,4]]',
  '[[1,2,3,4]\u00a0,1]',
  '[\u00a0[1,2,3,4]]',
  '{"a":\u00a0[1,2,3,4]}',
  '',
])('%s is refused in the same words', same);

test('so is every text that values make, and every text that one character more or less makes of them', () =>
  fc.assert(
    fc.asyncProperty(
      fc.json({ maxDepth: 5 }),
      fc.nat(),
      fc.constantFrom('', '\u00a0', '\ufeff', '\u2028', '\v', ...',[]{}":\\1 \n'),
      async (text, at, put) => {
        await same(text);
        const place = at % (text.length + 1);
        await same(text.slice(0, place) + put + text.slice(place + (put === '' ? 1 : 0)));
      },
    ),
    { numRuns: 3000 },
  ));

test('others have their turn while megabytes are read', async () => {
  let turns = 0;
  const text = JSON.stringify({
    events: Array.from({ length: 1000 }, (_, i) => ({ event: `e${i}`, text: 'x'.repeat(4000) })),
  });
  const read = await jsonInPieces(text, async () => {
    turns++;
    await setImmediate();
  });
  expect(read).toEqual(JSON.parse(text));
  expect(turns).toBeGreaterThan(50);
});
