import { describe, expect, test } from 'vitest';
import { visible } from '../../src/tools/visible.ts';
import { type Answer, send } from './exchange.ts';
import type { At } from './place.ts';
import { ask, askUntil, bring, browser, own } from './run.ts';

/** Where the store knows at once that events came again, it says so: left out here. */
const expectTold = ({ status, text: said, headers }: Answer, wanted: number, body: unknown): void => {
  const text = said.replace(/,"repeats":\d+/, '');
  expect({ status, text }).toEqual({ status: wanted, text: JSON.stringify(body) });
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'access-control-allow-origin': '*',
    'cache-control': 'no-store',
  });
};

/** How events come in: answers, limits, who an event is of, repeats. */
export const intake = (at: At): void => {
  const post = (path: string, body: unknown) => send(at(), { path, key: at().saved.keys.sk, body });

  describe('what is taken', () => {
    test('/v1/track answers 202 with the event_id, null where none came, and counts a clock that is ahead', async () => {
      const event = { event: own('answered'), anonymous_id: own('a') };
      expectTold(await post('/v1/track', event), 202, { ok: true, event_id: null });
      expectTold(await post('/v1/track', { ...event, event_id: own('named') }), 202, {
        ok: true,
        event_id: own('named'),
      });
      expectTold(await post('/v1/track', { ...event, timestamp: '9999-01-01T00:00:00Z' }), 202, {
        ok: true,
        event_id: null,
        clock_skewed: 1,
      });
      expectTold(
        await post('/v1/batch', { events: [event, { ...event, timestamp: '9999-01-01T00:00:00+01:00' }] }),
        202,
        {
          ok: true,
          count: 2,
          clock_skewed: 1,
        },
      );
      await askUntil(at(), 'stats', { event: own('answered'), from: 'last:24h' }, [{ value: 5 }]);
    });

    test('/v1/batch takes 1,000 events', async () => {
      const many = Array.from({ length: 1000 }, (_, i) => ({
        event: own('thousand'),
        anonymous_id: own(`v${i % 10}`),
        properties: { i },
      }));
      expectTold(await post('/v1/batch', { events: many }), 202, { ok: true, count: 1000 });
      await askUntil(at(), 'stats', { event: own('thousand') }, [{ value: 1000 }]);
      expect((await ask(at(), 'stats', { event: own('thousand'), metric: 'uniques' })).rows).toEqual([
        { value: 10 },
      ]);
    });

    test('an event_id that comes again, within a batch and after it, counts once and as it first was', async () => {
      const said = (word: string) => ({
        event: own('order'),
        event_id: own('order-1'),
        anonymous_id: own('buyer'),
        properties: { word },
      });
      await bring(at(), [said('first'), said('in the same batch')]);
      expectTold(await post('/v1/track', said('later')), 202, { ok: true, event_id: own('order-1') });
      await bring(at(), [said('later still'), { ...said('another'), event_id: own('order-2') }]);
      await askUntil(at(), 'stats', { event: own('order'), group_by: 'properties.word' }, [
        { 'properties.word': 'another', value: 1 },
        { 'properties.word': 'first', value: 1 },
      ]);
    });

    test('lengths at their limits are taken, in characters as people count them', async () => {
      const event = (own('wide') + '😀'.repeat(128)).slice(0, 2 * 128 - own('wide').length);
      const widest = {
        event,
        event_id: own('').padEnd(128, 'i'),
        anonymous_id: own('').padEnd(128, 'a'),
        user_id: own('').padEnd(256, 'u'),
        session_id: own('').padEnd(128, 's'),
        user_agent: `${browser} `.padEnd(1024, 'x'),
        url: 'https://shop.example/'.padEnd(2048, 'p'),
        referrer: 'https://elsewhere.example/'.padEnd(2048, 'r'),
        properties: { p: 'x'.repeat(8192 - '{"p":""}'.length) },
      };
      expect([...event]).toHaveLength(128);
      expectTold(await post('/v1/track', widest), 202, { ok: true, event_id: widest.event_id });
      const { event_id, anonymous_id, user_id, session_id, url, referrer, properties } = widest;
      await askUntil(at(), 'query', { event }, [
        expect.objectContaining({
          event_name: event,
          event_id,
          anonymous_id,
          user_id,
          session_id,
          url,
          referrer,
          properties: JSON.stringify(properties),
        }),
      ]);
    });

    test('text of every kind comes back as it was sent; what no store can hold is the replacement character', async () => {
      const texts = [
        'Ünïcödé 中文 العربية',
        '👩‍👩‍👧‍👦',
        "'; DROP TABLE events; --",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: text that must stay as it is.
        '\\ " \' ` %s {0} ${x}',
        '\t\n\r',
        '<script>alert(1)</script>',
        'a\u0000b',
        'a\ud800b\udc00',
      ];
      const kept = texts.map((text) => text.replaceAll('\0', '\ufffd').toWellFormed());
      await bring(
        at(),
        texts.map((text, i) => ({
          event: own('text'),
          anonymous_id: own(text),
          session_id: text,
          timestamp: `2026-03-02T00:00:0${i}Z`,
          properties: { text },
        })),
      );
      await askUntil(
        at(),
        'query',
        { event: own('text'), from: '2026-03-02', to: '2026-03-03' },
        kept
          .map((text) =>
            expect.objectContaining({
              anonymous_id: own(visible(text)),
              session_id: visible(text),
              properties: JSON.stringify({ text }),
            }),
          )
          .toReversed(),
      );
    });
  });

  describe('who an event is of', () => {
    test('identify joins what came before it to the person, over all browsers', async () => {
      const visit = (anonymous_id: string, event: string, minute: number) => ({
        event: own(event),
        anonymous_id: own(anonymous_id),
        timestamp: `2026-03-02T10:${minute}:00Z`,
      });
      await bring(at(), [
        visit('laptop', 'read', 10),
        visit('phone', 'bought', 20),
        visit('stranger', 'read', 15),
      ]);
      for (const anonymous_id of ['laptop', 'phone'])
        expectTold(
          await post('/v1/identify', {
            anonymous_id: own(anonymous_id),
            user_id: own('cleo'),
            traits: { plan: 'pro' },
          }),
          200,
          { ok: true },
        );
      await askUntil(
        at(),
        'funnel',
        { steps: [own('read'), own('bought')], from: '2026-03-02', to: '2026-03-02' },
        [
          { step: 1, event: own('read'), people: 2, conversion: 1, step_conversion: 1, median_seconds: null },
          {
            step: 2,
            event: own('bought'),
            people: 1,
            conversion: 0.5,
            step_conversion: 0.5,
            median_seconds: 600,
          },
        ],
      );
    });

    test('without ids one address and agent is one visitor; with only a user_id the visitor is named after it', async () => {
      const nameless = { event: own('nameless'), user_agent: browser };
      await bring(at(), [
        { ...nameless, ip: '8.8.8.8' },
        { ...nameless, ip: '8.8.8.8' },
        { ...nameless, ip: '193.99.144.80' },
        { ...nameless, ip: '8.8.8.8', user_id: own('u') },
      ]);
      await askUntil(
        at(),
        'stats',
        { event: own('nameless'), metric: 'uniques', group_by: 'country,browser,os' },
        [
          { country: 'US', browser: 'Firefox', os: 'Linux', value: 2 },
          { country: 'DE', browser: 'Firefox', os: 'Linux', value: 1 },
        ],
      );
      const { rows } = await ask(at(), 'query', {
        event: own('nameless'),
        where: [{ field: 'country', op: 'eq', value: 'DE' }],
      });
      expect(rows).toEqual([
        expect.objectContaining({
          anonymous_id: expect.stringMatching(/^anon_[0-9a-f]{32}$/),
          user_id: null,
        }),
      ]);
      expect((await ask(at(), 'query', { event: own('nameless'), user_id: own('u') })).rows).toEqual([
        expect.objectContaining({ anonymous_id: `user_${own('u')}` }),
      ]);
    });
  });
};
