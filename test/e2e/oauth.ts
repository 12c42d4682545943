import { describe, expect, test } from 'vitest';
import { officialClients } from '../mcp/official-clients.ts';
import { send } from './exchange.ts';
import type { At } from './place.ts';

/** Where clients look for a way to log a person in, by the protocol’s documents of 2025 and after (RFC 8414, RFC 9728, OpenID). */
const places = [
  '/.well-known/oauth-protected-resource',
  '/.well-known/oauth-protected-resource/mcp',
  '/.well-known/oauth-protected-resource/mcp/account',
  '/.well-known/oauth-authorization-server',
  '/.well-known/oauth-authorization-server/mcp',
  '/.well-known/openid-configuration',
  '/mcp/.well-known/openid-configuration',
  '/mcp/.well-known/oauth-protected-resource',
];

/** Nobody logs in here: what looks for a way to finds plain 404s, and goes on with its key. */
export const oauth = (at: At): void => {
  describe.each(places)('%s', (path) => {
    test('is a plain 404 in JSON, with a key and without', async () => {
      for (const key of [undefined, at().saved.keys.rk, 'nonsense']) {
        const answer = await send(at(), { path, ...(key !== undefined && { key }) });
        expect([answer.status, JSON.parse(answer.text).error]).toEqual([404, 'not_found']);
        expect(answer.headers['content-type']).toMatch(/^application\/json/);
        expect(answer.headers['www-authenticate']).toBeUndefined();
        expect(answer.headers.location).toBeUndefined();
      }
    });
  });

  test('no 401 names a place to log in', async () => {
    const answer = await send(at(), { method: 'POST', path: '/mcp', body: {} });
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Bearer realm="mcp"']);
  });

  test.each(officialClients)('$name with a key in its header asks for no login', async ({ connect }) => {
    const { url, saved } = at();
    const talk = await connect(`${url}/mcp`, { Authorization: `Bearer ${saved.keys.rk}` });
    expect((await talk.tools()).length).toBeGreaterThan(4);
    await talk.close();
  });
};
