import { afterAll, describe, expect, test } from 'vitest';
import { bufferSeconds, deliverySeconds } from '../../../src/aws/settings.ts';
import type { Place } from '../../e2e/place.ts';
import { ask, askUntil, bring, own } from '../../e2e/run.ts';
import { calledLater, killed } from '../functions.ts';
import { command, outputsOf } from '../place.ts';
import { counted, delivered, spilled, three } from './lake.ts';

const event = own('spilled');
const drain = 'delivers spilled events';
let drainBegan = 0;

/** A stream that refuses everything for a while, and a drain that dies. */
export const stream = (at: Place): void => {
  describe('a stream that refuses everything', () => {
    afterAll(() => command({ fail: {} }));

    test('does not stop events from being acknowledged: they wait in the bucket, and answers say how far they are complete', async () => {
      await command({ fail: { [outputsOf('drills')('EventsStream')]: 'ServiceUnavailableException' } });
      const before = Date.now();
      await bring(at, three(event));
      expect(await spilled()).toHaveLength(1);
      // The very first question to a Trino that has just started.
      const answer = await askUntil(at, 'stats', counted(event), [{ value: 0 }], 60_000);
      // The clocks of two processes may differ a little.
      expect(Date.parse(answer.complete_until)).toBeLessThan(before + 1_000);
    });

    test('gets them from the drain once it takes records again, each counted once', async () => {
      await command({ fail: {} });
      await calledLater('drills', drain);
      await askUntil(at, 'stats', counted(event), [{ value: 3 }]);
      expect(await spilled()).toHaveLength(1);
    });

    test('gets them twice where the drain dies before it deletes what it delivered, and each still counts once', async () => {
      await killed('drills', drain);
      await calledLater('drills', drain);
      drainBegan = Date.now();
      await expect.poll(() => delivered(event), { timeout: 25_000, interval: 250 }).toBe(6);
      expect((await ask(at, 'stats', counted(event))).rows).toEqual([{ value: 3 }]);
      expect(await spilled()).toHaveLength(1);
    });
  });
};

/** The end of `stream`, two minutes later. */
export const drained = (at: Place): void =>
  test('what was spilled is deleted from the bucket when the stream has had the time to deliver it, and still counts once', {
    timeout: 180_000,
  }, async () => {
    const longest = (bufferSeconds + deliverySeconds + 30) * 1000;
    await expect
      .poll(spilled, { timeout: Math.max(1, drainBegan + longest - Date.now()), interval: 1_000 })
      .toEqual([]);
    expect(Date.now() - drainBegan).toBeGreaterThan((bufferSeconds + deliverySeconds) * 1000);
    expect((await ask(at, 'stats', counted(event))).rows).toEqual([{ value: 3 }]);
  });
