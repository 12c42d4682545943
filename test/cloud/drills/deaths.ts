import { expect, test } from 'vitest';
import { send } from '../../e2e/exchange.ts';
import type { Place } from '../../e2e/place.ts';
import { askUntil, own } from '../../e2e/run.ts';
import { killed } from '../functions.ts';
import { counted } from './lake.ts';

/** The function that takes events in dies while it does. */
export const deaths = (at: Place): void =>
  test('a function that dies while it takes events in loses none that it acknowledged, and what is sent again counts once', {
    timeout: 120_000,
  }, async () => {
    const event = own('died');
    const taken = async (n: number): Promise<boolean> => {
      const body = { event, anonymous_id: 'a', event_id: `${event}-${n}` };
      const { status, text } = await send(at, { path: '/v1/track', key: at.saved.keys.sk, body });
      // On AWS the body is the contract’s, by the gateway’s responses, which the emulator does not ask here.
      if (status !== 202) expect(status, text).toBeGreaterThanOrEqual(500);
      return status === 202;
    };
    const unanswered: number[] = [];
    let sent = 0;
    for (let round = 0; round < 40 && unanswered.length < 5; round++) {
      const these = Array.from({ length: 6 }, (_, i) => sent + i);
      sent += these.length;
      const answers = Promise.all(these.map(taken));
      // The first of them may be answered, and nothing be running any more.
      await killed('drills', 'takes events in').catch(() => undefined);
      const results = await answers;
      unanswered.push(...these.filter((_, i) => results[i] === false));
    }
    expect(unanswered.length).toBeGreaterThanOrEqual(5);
    for (const n of unanswered)
      await expect.poll(() => taken(n), { timeout: 10_000, interval: 100 }).toBe(true);
    await askUntil(at, 'stats', counted(event), [{ value: sent }]);
  });
