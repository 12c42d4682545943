import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { send } from './exchange.ts';
import { type At, page } from './place.ts';
import { expectRefusal } from './refusals.ts';
import { askUntil, browser, own } from './run.ts';

const agent = ['User-Agent', browser] as const;
const seen = z.array(z.object({ anonymous_id: z.string(), country: z.string().nullable() }));

/** Headers by which a caller would like to be somebody or somewhere else. */
export const forged = (at: At): void => {
  describe('headers', () => {
    const mayNotRead = 'A key of kind pk_ may not read; use one of: sk_, rk_, ak_.';

    test.each(['authorization', 'AUTHORIZATION', 'aUtHoRiZaTiOn'])('%s is the same header', async (name) => {
      const { pk, rk } = at().saved.keys;
      const asked = (key: string) =>
        send(at(), { path: '/v1/stats?limit=0', headers: [[name, `Bearer ${key}`]] });
      expect(JSON.parse((await asked(rk)).text).error).toBe('invalid_params');
      expectRefusal(await asked(pk), 'insufficient_scope', mayNotRead);
    });

    test.each(['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])(
      '%s overrides nothing',
      async (name) => {
        const answer = await send(at(), {
          path: '/v1/track',
          key: at().saved.keys.sk,
          headers: [[name, 'POST']],
        });
        expectRefusal(answer, 'method_not_allowed', 'This method does not exist on /v1/track; use POST.');
      },
    );

    test.each(['X-Original-URL', 'X-Rewrite-URL', 'X-Forwarded-Prefix', 'X-Forwarded-Host'])(
      '%s leads nowhere else',
      async (name) => {
        const answer = await send(at(), {
          path: '/v1/stats',
          key: at().saved.keys.pk,
          headers: [[name, '/healthz']],
        });
        expectRefusal(answer, 'insufficient_scope', mayNotRead);
      },
    );

    test('a request id of the caller’s own is not repeated', async () => {
      const { headers } = await send(at(), {
        path: '/healthz',
        headers: [['X-Request-Id', 'mine-mine-mine']],
      });
      expect(headers['x-request-id']).not.toContain('mine');
    });

    /** Who and where the sender of one event without ids is taken for, with these headers and without. */
    const takenFor = async (name: string, headers: readonly (readonly [string, string])[]) => {
      for (const more of [[], headers]) {
        const sent = {
          path: '/v1/track',
          key: at().saved.keys.pk,
          headers: [['Origin', page], agent, ...more] as const,
          body: { event: own(name) },
        };
        expect((await send(at(), sent)).status).toBe(202);
      }
      const anyone = expect.objectContaining({ event_name: own(name) });
      const [forgedOne, plainOne] = seen.parse(
        (await askUntil(at(), 'query', { event: own(name) }, [anyone, anyone])).rows,
      );
      return [forgedOne, plainOne];
    };

    test('X-Forwarded-For makes nobody another visitor: the address is that of the connection (an emulator of API Gateway believes it, and says so)', async () => {
      const [forgedOne, plainOne] = await takenFor('forwarded', [
        ['X-Forwarded-For', '8.8.8.8'],
        ['X-Real-IP', '8.8.8.8'],
        ['Forwarded', 'for=8.8.8.8'],
        ['True-Client-IP', '8.8.8.8'],
      ]);
      if (at().addressFrom === 'connection') expect(forgedOne).toEqual(plainOne);
      else expect(forgedOne?.country).toBe('US');
    });

    test('CloudFront-Viewer-Country moves nobody: only an edge that we stand behind may say where somebody is', async () => {
      const [forgedOne, plainOne] = await takenFor('country', [
        ['CloudFront-Viewer-Country', 'FR'],
        ['X-Country', 'FR'],
        ['CF-IPCountry', 'FR'],
      ]);
      expect(forgedOne).toEqual(plainOne);
    });
  });
};
