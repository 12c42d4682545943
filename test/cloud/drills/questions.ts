import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { send } from '../../e2e/exchange.ts';
import type { Place } from '../../e2e/place.ts';
import { ask, bring, own } from '../../e2e/run.ts';
import { officialClients, refusal, textOf } from '../../mcp/official-clients.ts';
import { command, outputsOf } from '../place.ts';
import { drillsCutoffBytes } from '../rooms.ts';
import { counted, storedBytes, three } from './lake.ts';

const answered = z.looseObject({ cost: z.object({ bytes_scanned: z.number() }) });

/** A question that outlasts its request. */
export const slow = (at: Place): void => {
  describe('a question that takes longer than a request may', () => {
    afterAll(() => command({ slow: {} }));

    test('is answered when it is asked again with its query_id', { timeout: 90_000 }, async () => {
      const event = own('slow');
      await bring(at, three(event));
      const began = performance.now();
      await command({ slow: { [outputsOf('drills')('Workgroup')]: 27_000 } });
      const first = await send(at, { path: `/v1/stats?event=${event}`, key: at.saved.keys.rk }).finally(() =>
        command({ slow: {} }),
      );
      const told = JSON.parse(first.text);
      expect([first.status, told.status]).toEqual([202, 'running']);
      // The gateway waits for 29 s.
      expect(performance.now() - began).toBeLessThan(29_000);
      const answer = await ask(at, 'stats', { event, query_id: told.query_id });
      expect(answer.rows).toEqual([{ value: 3 }]);
    });
  });
};

/** A question over the workgroup’s limit of bytes. Nothing can be asked of the drills any more. */
export const tooLarge = (at: Place): void => {
  describe('what a question reads', () => {
    const event = own('large');
    const advice = 'ask for a shorter period or fewer projects';

    test('is its cost: the files of the days it is about, and they are what lies there', async () => {
      const { bytes_scanned } = answered.parse(await ask(at, 'stats', counted(event))).cost;
      expect(bytes_scanned).toBe(await storedBytes());
    });

    test('is refused over REST where the workgroup allows less, with what to do', {
      timeout: 120_000,
    }, async () => {
      // Random, so that nothing of it is compressed away.
      const properties = () => ({ noise: randomBytes(5_850).toString('base64') });
      while ((await storedBytes()) <= drillsCutoffBytes)
        await bring(
          at,
          Array.from({ length: 200 }, () => ({ event, anonymous_id: 'a', properties: properties() })),
        );
      const { status, text } = await send(at, { path: `/v1/stats?event=${event}`, key: at.saved.keys.rk });
      expect([status, JSON.parse(text).error]).toEqual([504, 'query_timeout']);
      expect(text).toContain(advice);
    });

    test.each(officialClients)('and over MCP: $name', async (official) => {
      const talk = await official.connect(`${at.url}/mcp`, { Authorization: `Bearer ${at.saved.keys.rk}` });
      try {
        const refused = talk.call('get_stats', { event });
        // The older era has an error for it, the newer one a result.
        const said = await refused.then(textOf, async () => JSON.stringify(await refusal(refused)));
        expect(said).toContain('query_timeout');
        expect(said).toContain(advice);
      } finally {
        await talk.close();
      }
    });
  });
};
