import { describe, expect, test } from 'vitest';
import { send } from './exchange.ts';
import type { At } from './place.ts';
import { expectRefusal, sentences } from './refusals.ts';
import { askUntil, attempt, bring, own } from './run.ts';

/** Text that means something to a gateway’s templates or to SQL. */
export const templates = (at: At): void => {
  describe('text that a gateway’s templates could read', () => {
    const words = [
      '$context.identity.sourceIp',
      '$context.authorizer.problem',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: text that must stay as it is.
      '${context.requestId}',
      '$input.body',
      '$util.escapeJavaScript("x")',
      '#set($x = 1)$x',
      '{{7*7}}',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: text that must stay as it is.
      '${jndi:ldap://x/y}',
      '%(x)s',
    ];

    test('comes back as text in events', async () => {
      const anonymous_id = own('template');
      await bring(
        at(),
        words.map((word, i) => ({
          event: own(word),
          anonymous_id,
          timestamp: `2026-03-02T00:00:0${i}Z`,
          properties: { word },
        })),
      );
      const kept = words.map((word) =>
        expect.objectContaining({ event_name: own(word), properties: JSON.stringify({ word }) }),
      );
      await askUntil(
        at(),
        'query',
        { anonymous_id, from: '2026-03-02', to: '2026-03-03' },
        kept.toReversed(),
      );
    });

    test.each(words)('%s comes back as text in refusals', async (word) => {
      const { keys } = at().saved;
      const argument = JSON.parse(
        (await send(at(), { path: `/v1/stats?group_by=${encodeURIComponent(word)}`, key: keys.rk })).text,
      );
      expect(argument.message).toContain(`unknown column ${JSON.stringify(word)}`);
      const origin = await send(at(), {
        path: '/v1/track',
        key: keys.pk,
        headers: [['Origin', word]],
        body: attempt('origin'),
      });
      expectRefusal(
        origin,
        'origin_not_allowed',
        sentences.noOrigin.replace(
          'no Origin header came',
          `the page’s origin ${JSON.stringify(word)} is not listed`,
        ),
      );
      const type = await send(at(), {
        path: '/v1/track',
        key: keys.sk,
        headers: [['Content-Type', word]],
        body: '{}',
      });
      expectRefusal(
        type,
        'unsupported_media_type',
        `Content-Type ${JSON.stringify(word)} came. Send Content-Type: application/json.`,
      );
      expectRefusal(
        await send(at(), { path: `/${encodeURIComponent(word)}` }),
        'not_found',
        sentences.noRoute,
      );
      expectRefusal(
        await send(at(), { path: '/v1/stats', headers: [['Authorization', word]] }),
        'missing_bearer_token',
        sentences.noToken,
      );
    });
  });

  test('SQL in a parameter is only a name nobody sent', async () => {
    const word = own(`' OR 1=1 --\\" %*; DROP TABLE events; --`);
    for (const path of [
      `/v1/stats?event=${encodeURIComponent(word)}`,
      `/v1/funnel?steps=${encodeURIComponent(JSON.stringify([word, word]))}`,
    ]) {
      const { status, text } = await send(at(), { path, key: at().saved.keys.rk });
      expect([status, JSON.parse(text).rows[0].value ?? JSON.parse(text).rows[0].people]).toEqual([200, 0]);
    }
  });
};
