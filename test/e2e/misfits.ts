import { describe, expect, test } from 'vitest';
import { send } from './exchange.ts';
import type { At } from './place.ts';
import { expectRefusal } from './refusals.ts';
import { ask, askUntil, bring, own } from './run.ts';

const flat = (
  fieldErrors: Readonly<Record<string, readonly string[]>>,
  formErrors: readonly string[] = [],
) => ({ formErrors, fieldErrors });

/** Every text of an event, longer by one character than it may be. */
const tooLong = {
  event: 'x'.repeat(129),
  event_id: 'x'.repeat(129),
  anonymous_id: 'x'.repeat(129),
  user_id: 'x'.repeat(257),
  session_id: 'x'.repeat(129),
  user_agent: 'x'.repeat(1025),
  url: 'https://a.example/'.padEnd(2049, 'x'),
  path: '/'.padEnd(2049, 'x'),
  referrer: 'x'.repeat(2049),
};
const overlong = (most: number, came: number, begins: string): string =>
  `must be text of ${most > 1000 ? 'at most ' : '1–'}${most} characters; ${came} characters came: “${begins.padEnd(40, 'x')}…”`;

/** Bodies that do not fit: each field is named, and nothing of them is kept. */
export const misfits = (at: At): void => {
  const post = (path: string, body: unknown) => send(at(), { path, key: at().saved.keys.sk, body });

  describe('what is refused, whole and by name', () => {
    const bodies: readonly (readonly [
      path: string,
      body: unknown,
      said: string,
      details: ReturnType<typeof flat>,
    ])[] = [
      [
        '/v1/track',
        { anonymous_id: 'a' },
        '`event` is required and must be text of 1–128 characters; nothing came.',
        flat({ event: ['is required and must be text of 1–128 characters; nothing came'] }),
      ],
      [
        '/v1/track',
        { event: null },
        '`event` must be text of 1–128 characters; null came (leave the field out instead).',
        flat({ event: ['must be text of 1–128 characters; null came (leave the field out instead)'] }),
      ],
      [
        '/v1/track',
        { event: 'a', user_id: '', url: 'x', properties: [1] },
        '`user_id` must be text of 1–256 characters; an empty text came. 2 more fields do not fit: see details.fieldErrors.',
        flat({
          user_id: ['must be text of 1–256 characters; an empty text came'],
          url: ['must be a whole URL such as https://shop.example/cart?x=1; “x” came'],
          properties: ['must be a JSON object; a list came'],
        }),
      ],
      [
        '/v1/track',
        { event: 'a', properties: { p: 'x'.repeat(8193 - '{"p":""}'.length) } },
        '`properties` must be at most 8192 bytes as JSON; 8193 bytes came. Send ids instead of whole records.',
        flat({
          properties: [
            'must be at most 8192 bytes as JSON; 8193 bytes came. Send ids instead of whole records',
          ],
        }),
      ],
      [
        '/v1/track',
        tooLong,
        `\`event\` ${overlong(128, 129, 'x')}. 8 more fields do not fit: see details.fieldErrors.`,
        flat({
          event: [overlong(128, 129, 'x')],
          event_id: [overlong(128, 129, 'x')],
          anonymous_id: [overlong(128, 129, 'x')],
          user_id: [overlong(256, 257, 'x')],
          session_id: [overlong(128, 129, 'x')],
          user_agent: [overlong(1024, 1025, 'x')],
          url: [overlong(2048, 2049, 'https://a.example/')],
          path: [overlong(2048, 2049, '/')],
          referrer: [overlong(2048, 2049, 'x')],
        }),
      ],
      [
        '/v1/identify',
        { anonymous_id: 'a' },
        '`user_id` is required and must be text of 1–256 characters; nothing came.',
        flat({ user_id: ['is required and must be text of 1–256 characters; nothing came'] }),
      ],
      [
        '/v1/batch',
        { events: [] },
        '`events` must be a list of 1–1000 events; an empty list came.',
        flat({ events: ['must be a list of 1–1000 events; an empty list came'] }),
      ],
      [
        '/v1/batch',
        { events: Array.from({ length: 1001 }, () => ({ event: 'a' })) },
        '`events` must be a list of 1–1000 events; 1001 came. Send several batches.',
        flat({ events: ['must be a list of 1–1000 events; 1001 came. Send several batches'] }),
      ],
      [
        '/v1/track',
        [],
        'it must be a JSON object; an empty list came.',
        flat({}, ['The body must be a JSON object; an empty list came.']),
      ],
    ];
    test.each(bodies.map(([path, body, said, details]) => ({ path, body, said, details })))(
      '$path: $said',
      async ({ path, body, said, details }) => {
        expectRefusal(await post(path, body), 'invalid_payload', `The body does not fit: ${said}`, details);
      },
    );

    test('one wrong event refuses its whole batch: none of it is ever seen', async () => {
      const event = { event: own('half'), anonymous_id: own('a') };
      const answer = await post('/v1/batch', {
        events: [event, { ...event, timestamp: 'yesterday' }, event, { ...event, event: 5, ip: '300.1.1.1' }],
      });
      const when =
        'must be an ISO 8601 date and time with a zone, such as 2026-03-01T12:00:00Z; “yesterday” came';
      expectRefusal(
        answer,
        'invalid_payload',
        `The body does not fit: \`events.1.timestamp\` ${when}. 2 more fields do not fit: see details.fieldErrors.`,
        flat({
          'events.1.timestamp': [when],
          'events.3.event': ['must be text of 1–128 characters; the number 5 came'],
          'events.3.ip': ['must be an IPv4 or IPv6 address without port; “300.1.1.1” came'],
        }),
      );
      await bring(at(), [{ ...event, event: own('after half') }]);
      await askUntil(at(), 'stats', { event: own('after half') }, [{ value: 1 }]);
      expect((await ask(at(), 'stats', { event: own('half') })).rows).toEqual([{ value: 0 }]);
    });

    test.each([
      ['', 'The body is empty: send a JSON object.', 'The body is empty.'],
      [
        'nope',
        'The body is not JSON: Unexpected token \'o\', "nope" is not valid JSON. Send one JSON object, in UTF-8.',
        'Unexpected token \'o\', "nope" is not valid JSON',
      ],
      [
        '{"event":',
        'The body is not JSON: Unexpected end of JSON input. Send one JSON object, in UTF-8.',
        'Unexpected end of JSON input',
      ],
    ])('a body %j that is no JSON', async (body, said, form) => {
      for (const path of ['/v1/track', '/v1/batch', '/v1/identify'])
        expectRefusal(await post(path, body), 'invalid_payload', said, flat({}, [form]));
    });
  });
};
