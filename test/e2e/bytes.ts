import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type Sent, send } from './exchange.ts';
import type { At } from './place.ts';
import { expectRefusal } from './refusals.ts';
import { askUntil, attempt, own } from './run.ts';

/** Bodies that are no text, or text that is hard on whoever reads it. */
export const bytes = (at: At): void => {
  describe('bodies that are no text', () => {
    const post = (type: string, body: Uint8Array, more: Sent['headers'] = []) =>
      send(at(), {
        path: '/v1/track',
        key: at().saved.keys.sk,
        headers: [['Content-Type', type], ...more],
        body,
      });
    const track = Buffer.from(JSON.stringify(attempt('packed')));

    test('bytes are refused as what they say they are', async () => {
      const answer = await post('application/octet-stream', randomBytes(64));
      expectRefusal(
        answer,
        'unsupported_media_type',
        'Content-Type "application/octet-stream" came. Send Content-Type: application/json.',
      );
    });

    test.each([
      ['that are no UTF-8', Buffer.from([0xff, 0xfe, 0x00, 0x80, 0xc3, 0x28])],
      ['of another encoding', Buffer.from('{"event":"x"}', 'utf16le')],
      ['of gzip', gzipSync(track)],
    ])('bytes %s are no JSON', async (_, body) => {
      const { status, text } = await post('application/json', body);
      expect([status, JSON.parse(text).error]).toEqual([400, 'invalid_payload']);
    });

    test('a byte order mark before JSON is passed over', async () => {
      const { status } = await post(
        'application/json',
        Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), track]),
      );
      expect(status).toBe(202);
    });

    test('gzip that says it is gzip is taken', async () => {
      const { status } = await post('application/json', gzipSync(track), [['Content-Encoding', 'gzip']]);
      expect(status).toBe(202);
    });

    test('bytes that are no UTF-8 within a text are refused: they cannot be told from others later', async () => {
      const [head, tail] = [`{"event":"${own('torn ')}`, `","anonymous_id":"${own('a')}"}`];
      const answer = await post(
        'application/json',
        Buffer.concat([Buffer.from(head), Buffer.from([0xff, 0xe2, 0x82]), Buffer.from(tail)]),
      );
      expect([answer.status, JSON.parse(answer.text).error]).toEqual([400, 'invalid_payload']);
    });

    test.each([
      ['100,000 lists in one another', '['.repeat(100_000) + ']'.repeat(100_000), 400],
      [
        'properties 101 levels deep',
        `{"event":"x","properties":{"a":${'['.repeat(100)}${']'.repeat(100)}}}`,
        400,
      ],
      ['a million items', `{"events":[${'1,'.repeat(1_000_000)}1]}`, 400],
    ])('%s are refused, and nothing breaks', async (_, body, status) => {
      for (const path of ['/v1/track', '/v1/batch']) {
        const answer = await send(at(), { path, key: at().saved.keys.sk, body });
        expect([answer.status, JSON.parse(answer.text).error]).toEqual([status, 'invalid_payload']);
      }
    });

    test('keys of the prototype are keys like others', async () => {
      const body = `{"event":"${own('proto')}","anonymous_id":"a","__proto__":{"event":"x"},"constructor":1,"properties":{"__proto__":{"a":1},"toString":"x"}}`;
      expect((await send(at(), { path: '/v1/track', key: at().saved.keys.sk, body })).status).toBe(202);
      await askUntil(at(), 'query', { event: own('proto') }, [
        expect.objectContaining({ properties: '{"__proto__":{"a":1},"toString":"x"}' }),
      ]);
    });
  });
};
