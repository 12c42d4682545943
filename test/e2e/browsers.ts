import { describe, expect, test } from 'vitest';
import { loaderText } from '../../src/browser/loader-text.ts';
import { allowed, routes } from '../../src/routes.ts';
import { openapi } from '../../src/serve/openapi.ts';
import { version } from '../../src/version.ts';
import { send } from './exchange.ts';
import { type At, page } from './place.ts';
import { expectRefusal, sentences } from './refusals.ts';
import { askUntil, browser, own } from './run.ts';

const exposed = 'X-Request-Id, Retry-After, WWW-Authenticate, X-Quota-Remaining, X-Quota-Warning';
const agent = ['User-Agent', browser] as const;

/** What pages rely on: preflights, CORS, which origins may use a browser key, the beacon, the loader. */
export const browsers = (at: At): void => {
  describe.each([...Map.groupBy(routes, ({ path }) => path)])('the preflight of %s', (path, here) => {
    const methods = here.map(({ method }) => method);
    const more =
      path === '/mcp'
        ? ', Accept, MCP-Protocol-Version, Mcp-Method, Mcp-Name, Mcp-Session-Id, Last-Event-ID'
        : path.startsWith('/v1/admin')
          ? ', If-Match, Idempotency-Key'
          : '';
    test('is 204 for any page, without a key', async () => {
      const asks = [
        ['Origin', 'https://anywhere.example'],
        ['Access-Control-Request-Method', methods[0] ?? ''],
        ['Access-Control-Request-Headers', 'authorization,content-type'],
      ] as const;
      const { status, headers } = await send(at(), {
        method: 'OPTIONS',
        path: path.replace('{id}', 'x'),
        headers: asks,
      });
      expect(status).toBe(204);
      expect(headers).toMatchObject({
        'access-control-allow-origin': '*',
        'access-control-allow-methods': methods.join(', '),
        'access-control-allow-headers': expect.stringContaining(
          `Authorization, Content-Type, Content-Encoding${more}, baggage, sentry-trace, traceparent, tracestate, x-datadog-`,
        ),
        'access-control-max-age': '7200',
        'access-control-expose-headers': exposed,
        allow: allowed(here).join(', '),
      });
      expect(headers['access-control-allow-credentials']).toBeUndefined();
    });
  });

  test('a page may read what it is told: success and refusal name any origin and expose the same headers', async () => {
    const { keys } = at().saved;
    const from = [['Origin', 'https://anywhere.example']] as const;
    const answers = [
      await send(at(), { path: '/v1/stats?event=e2e_none', key: keys.rk, headers: from }),
      await send(at(), { path: '/v1/stats?limit=0', key: keys.rk, headers: from }),
      await send(at(), { path: '/v1/stats', headers: from }),
      await send(at(), { path: '/v1/stats', key: keys.pk, headers: from }),
      await send(at(), { path: '/nothing/here', headers: from }),
      await send(at(), { path: '/v1/stats', method: 'PUT', headers: from }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 401, 403, 404, 405]);
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'access-control-allow-origin': '*',
        'access-control-expose-headers': exposed,
        'cache-control': 'no-store',
      });
      expect(headers['access-control-allow-credentials']).toBeUndefined();
    }
  });

  describe('a browser’s key', () => {
    const track = (headers: readonly (readonly [string, string])[]) =>
      send(at(), {
        path: '/v1/track',
        key: at().saved.keys.pk,
        headers,
        body: { event: 'e2e_page', event_id: 'e2e_page', anonymous_id: 'e2e_page' },
      });

    test('works on a page of its project', async () =>
      expect((await track([['Origin', page]])).status).toBe(202));

    test('without an Origin is origin_not_allowed', async () =>
      expectRefusal(await track([]), 'origin_not_allowed', sentences.noOrigin));

    test.each([
      'https://evil.example',
      page.replace('http:', 'https:'),
      `${page}0`,
      page.replace(':3000', ''),
      `${page}/`,
      page.toUpperCase(),
      page.replace('//', '//www.'),
      'null',
      `${page}, https://evil.example`,
    ])('on a page of %s is origin_not_allowed', async (origin) => {
      const said = sentences.noOrigin.replace(
        'no Origin header came',
        `the page’s origin ${JSON.stringify(origin)} is not listed`,
      );
      expectRefusal(await track([['Origin', origin]]), 'origin_not_allowed', said);
    });

    test('speaks for no other visitor: ip and user_agent in its body are not looked at, however wrong', async () => {
      const event = {
        event: own('page'),
        anonymous_id: own('v'),
        ip: 'nowhere',
        user_agent: 5,
        country: 'FR',
        source: 'mine',
        env: 'test',
      };
      expect(
        (
          await send(at(), {
            path: '/v1/track',
            key: at().saved.keys.pk,
            headers: [['Origin', page], agent],
            body: event,
          })
        ).status,
      ).toBe(202);
      await askUntil(at(), 'query', { event: own('page') }, [
        expect.objectContaining({
          anonymous_id: own('v'),
          source: 'direct',
          medium: 'direct',
          browser: 'Firefox',
          os: 'Linux',
          device_type: 'desktop',
        }),
      ]);
    });
  });

  test('sendBeacon delivers one event or several as plain text, its key in k', async () => {
    const { keys } = at().saved;
    const beacon = (body: unknown, type = 'text/plain;charset=UTF-8') =>
      send(at(), {
        path: `/v1/beacon?k=${keys.pk}`,
        headers: [['Origin', page], ['Content-Type', type], agent],
        body: JSON.stringify(body),
      });
    const event = { event: own('beacon'), anonymous_id: own('v') };
    const answers = [
      await beacon({ ...event, event_id: own('b1') }),
      await beacon({ events: [event, { ...event, event_id: own('b1') }] }),
      await beacon(event, 'application/json'),
    ];
    // Where the store knows at once that an event came again, it says so.
    expect(answers.map(({ status, text }) => [status, text.replace(',"repeats":1', '')])).toEqual([
      [202, `{"ok":true,"event_id":"${own('b1')}"}`],
      [202, '{"ok":true,"count":2}'],
      [202, '{"ok":true,"event_id":null}'],
    ]);
    await askUntil(at(), 'stats', { event: own('beacon') }, [{ value: 3 }]);
    const elsewhere = await send(at(), {
      path: `/v1/beacon?k=${keys.pk}`,
      headers: [
        ['Origin', 'https://evil.example'],
        ['Content-Type', 'text/plain'],
      ],
      body: JSON.stringify(event),
    });
    const said = sentences.noOrigin.replace(
      'no Origin header came',
      'the page’s origin "https://evil.example" is not listed',
    );
    expectRefusal(elsewhere, 'origin_not_allowed', said);
  });

  test('what needs no key is the same text everywhere', async () => {
    const [loader, description, health] = await Promise.all(
      ['/v1/a.js', '/v1/openapi.json', '/healthz'].map((path) => send(at(), { path })),
    );
    expect([loader?.text, loader?.headers['content-type'], loader?.headers['cache-control']]).toEqual([
      loaderText,
      'text/javascript; charset=utf-8',
      'public, max-age=3600',
    ]);
    expect([description?.text, description?.headers['content-type']]).toEqual([
      JSON.stringify(openapi(version)),
      'application/json',
    ]);
    expect(health?.text).toBe(JSON.stringify({ ok: true, version }));
  });
};
