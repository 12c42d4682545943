import { describe, expect, test } from 'vitest';
import { send } from './exchange.ts';
import { type At, page } from './place.ts';
import { expectRefused } from './refusals.ts';
import { ask, askUntil, attempt, bring, own } from './run.ts';

/** Spellings of a path by which a gateway and its rules might mean two different things. */
export const paths = (at: At): void => {
  const keyed = (kind: 'pk' | 'sk' | 'rk') => at().saved.keys[kind];

  describe('spellings of a path', () => {
    test.each([
      '//v1/track',
      '/v1//track',
      '/v1/track/',
      '/v1/track//',
      '/v1/./track',
      '/./v1/track',
      '/v1/x/../track',
      '/v1/stats/../track',
      '/v1/%2e/track',
      '/v1/%2e%2e/v1/track',
      '/v1/%74rack',
      '/v1%2ftrack',
      '/v1/track%2f',
      '/v1/track%00',
      '/v1/track;a=b',
      '/v1/track%3fk=x',
      '/V1/Track',
      '/api/v1/track',
      '/api/api/v1/track',
      '/prod/v1/track',
      '/\\v1\\track',
      '/v1\\track',
    ])('%s is no route, or the very one that it spells: it gives no key more than that', async (path) => {
      const body = attempt('spelled');
      const told = {
        nobody: await send(at(), { path, body }),
        reader: await send(at(), { path, key: keyed('rk'), body }),
        writer: await send(at(), { path, key: keyed('sk'), body }),
      };
      for (const answer of [told.nobody, told.reader]) expectRefused(answer);
      if (told.writer.status === 202) {
        expect([told.nobody.status, told.reader.status]).toEqual([401, 403]);
      } else {
        expectRefused(told.writer);
      }
    });

    test('nothing came in by a spelling that was refused', async () => {
      await bring(at(), [attempt('spelled well')]);
      await askUntil(at(), 'stats', { event: own('spelled well') }, [{ value: 1 }]);
      const { rows } = await ask(at(), 'query', { event: own('spelled') });
      for (const row of rows) expect(row.anonymous_id).toBe(own('attacker'));
      expect(rows.length).toBeLessThanOrEqual(22);
    });

    test.each(['/v1/stats', '//v1/stats', '/v1/./stats'])(
      '%s with a browser’s key shows no number, however it is spelled',
      async (path) => {
        const { text } = await send(at(), {
          path: `${path}?event=e2e_matrix`,
          key: keyed('pk'),
          headers: [['Origin', page]],
        });
        expect(text).not.toContain('rows');
      },
    );
  });
};
