import { describe, expect, test } from 'vitest';
import type { ProblemCode } from '../../src/problems.ts';
import { allowed, routes } from '../../src/routes.ts';
import { send } from './exchange.ts';
import { type At, page } from './place.ts';
import { expectRefusal, expectRefusalHeaders, sentences } from './refusals.ts';

const limitBytes = 4 * 1024 * 1024;
/** A track body of exactly this many bytes, most of them in a field that is not looked at. */
const bodyOf = (bytes: number): string => {
  const [head, tail] = [
    '{"event":"e2e_large","event_id":"e2e_large","anonymous_id":"e2e_large","pad":"',
    '"}',
  ];
  return head + 'x'.repeat(bytes - head.length - tail.length) + tail;
};
const posts = routes.filter(({ method, admin }) => method === 'POST' && admin === undefined);
/** The key where the route wants it; of a beacon that is a browser’s. */
const keyInPlace = (path: string, { sk, pk }: ReturnType<At>['saved']['keys']) =>
  path === '/v1/beacon' ? { path: `${path}?k=${pk}` } : { path, key: sk };

/** How requests are refused that no key makes right: unknown paths, other methods, bodies that are too large or of another type, query strings. */
export const refused = (at: At): void => {
  describe('a path where nothing is', () => {
    test.each([
      '/no/such/thing/at/all',
      '/index.php',
      '/.env',
      '/.well-known/oauth-authorization-server',
      '/.well-known/oauth-protected-resource/mcp',
      '/__proto__',
    ])('%s is not_found, key or no key, by every method', async (path) => {
      for (const sent of [
        { path },
        { path, key: at().saved.keys.sk },
        { path, method: 'OPTIONS' },
        { path, method: 'DELETE' },
      ])
        expectRefusal(await send(at(), sent), 'not_found', sentences.noRoute);
      expectRefusal(
        await send(at(), { path, key: at().saved.keys.sk, body: {} }),
        'not_found',
        sentences.noRoute,
      );
    });

    test.each(['/v1', '/v1/forget', '/v1/admin', '/mcp/account', '/v1/trak', '/v1/stats/day'])(
      '%s, near a route, begins with the same words',
      async (path) => {
        const answer = await send(at(), { path, key: at().saved.keys.ak });
        expect(answer.status).toBe(404);
        // The port of one machine also names the nearest route, which a gateway’s template cannot (decision 9).
        const nearest = / The nearest is (?:GET|POST) \/[\w./]+\.(?="}$)/;
        expect(answer.text.replace(nearest, '')).toBe(
          `{"error":"not_found","message":"${sentences.noRoute}"}`,
        );
        expectRefusalHeaders(answer);
      },
    );
  });

  describe.each([...Map.groupBy(routes, ({ path }) => path)])('another method on %s', (path, here) => {
    const allow = allowed(here);
    test.each(['PUT', 'PATCH', 'DELETE', 'POST', 'GET'].filter((one) => !allow.includes(one)))(
      `%s is method_not_allowed, Allow: ${allow.join(', ')}`,
      async (other) => {
        for (const key of [{}, { key: at().saved.keys.sk }]) {
          const answer = await send(at(), { method: other, path: path.replace('{id}', 'x'), ...key });
          expectRefusal(
            answer,
            'method_not_allowed',
            `This method does not exist on ${path}; use ${allow.join(' or ')}.`,
          );
          expect(answer.headers.allow).toBe(allow.join(', '));
        }
      },
    );
  });

  test('HEAD is GET without the body', async () => {
    for (const sent of [
      { path: '/healthz' },
      { path: '/v1/a.js' },
      { path: '/v1/stats?event=e2e_none', key: at().saved.keys.rk },
    ]) {
      const answer = await send(at(), { ...sent, method: 'HEAD' });
      expect([answer.status, answer.text, answer.headers['access-control-allow-origin']]).toEqual([
        200,
        '',
        '*',
      ]);
    }
    expect((await send(at(), { method: 'HEAD', path: '/v1/stats' })).status).toBe(401);
    expect((await send(at(), { method: 'HEAD', path: '/v1/track' })).status).toBe(405);
  });

  describe.each(posts)('the body of $path', ({ path, body: [first = '', ...others] }) => {
    const wanted = `Send Content-Type: ${[first, ...others].join(' or ')}`;
    const sent = (type: string, more: readonly (readonly [string, string])[] = []) =>
      send(at(), {
        ...keyInPlace(path, at().saved.keys),
        headers: [['Content-Type', type], ['Origin', page], ...more],
        body: '{}',
      });

    test.each([
      'application/xml',
      'application/x-www-form-urlencoded',
      'application/jsonp',
      'multipart/form-data; boundary=x',
    ])('as %s is unsupported_media_type', async (type) => {
      expectRefusal(
        await sent(type),
        'unsupported_media_type',
        `Content-Type ${JSON.stringify(type)} came. ${wanted}.`,
      );
    });

    test('packed otherwise than as gzip is unsupported_media_type', async () => {
      const { status, text } = await sent(first, [['Content-Encoding', 'br']]);
      expect([status, JSON.parse(text).error]).toEqual([415, 'unsupported_media_type']);
      expect(text).toContain('gzip');
    });

    test('said to be gzip and none is invalid_payload', async () => {
      const { status, text } = await sent(first, [['Content-Encoding', 'gzip']]);
      expect([status, JSON.parse(text).error]).toEqual([400, 'invalid_payload']);
    });

    test('over 4 MiB by one byte is payload_too_large', async () => {
      expectRefusal(
        await send(at(), {
          ...keyInPlace(path, at().saved.keys),
          headers: [['Origin', page]],
          body: bodyOf(limitBytes + 1),
        }),
        'payload_too_large',
        sentences.tooLarge,
      );
    });
  });

  test('a body of 4 MiB to the byte is taken', async () => {
    const { status, text } = await send(at(), {
      path: '/v1/track',
      key: at().saved.keys.sk,
      body: bodyOf(limitBytes),
    });
    expect([status, text]).toEqual([202, '{"ok":true,"event_id":"e2e_large","ignored":["pad"]}']);
  });

  test('a body over the 10 MB that API Gateway itself takes is refused in the same words', async () => {
    expectRefusal(
      await send(at(), { path: '/v1/track', key: at().saved.keys.sk, body: bodyOf(11_000_000) }),
      'payload_too_large',
      sentences.tooLarge,
    );
  });

  describe('a query string that does not fit', () => {
    const groupable = [
      'event_name',
      'path',
      'source',
      'medium',
      'campaign',
      'country',
      'device_type',
      'browser',
      'os',
    ];
    const unknownColumn = `unknown column "sorce"; allowed: ${groupable.join(', ')}, or properties.<key>; nearest: source`;
    const takes = [
      'metric',
      'property',
      'event',
      'group_by',
      'fill',
      'limit',
      'from',
      'to',
      'tz',
      'interval',
      'where',
      'compare',
      'include_bots',
      'cursor',
      'format',
      'query_id',
    ];
    const unknownArgument = `get_stats has no argument "metrik", did you mean metric?; it takes ${takes.join(', ')}`;
    const backwards =
      'from must lie before to: from is 2026-03-02T00:00:00.000Z, to is 2026-03-01T00:00:00.000Z (exclusive)';
    const noCursor =
      'cursor: not one of ours; send next_cursor of the previous answer unchanged, or leave it out to start again';
    const noZone =
      'tz: no time zone "Mars/Olympus"; use an IANA name such as UTC or Europe/Berlin, or an offset such as +02:00';
    const tooMany = 'takes at most 3 entries; more came';
    const twoSteps = 'takes 2 to 20 steps, e.g. ["$pageview","sign_up"]; got 1';
    const field = (name: string, said: string) => ({ formErrors: [], fieldErrors: { [name]: [said] } });

    test.each<
      readonly [path: string, code: ProblemCode, said: string, details: Readonly<Record<string, unknown>>]
    >([
      [
        '/v1/stats?group_by=sorce',
        'invalid_group_by',
        `get_stats: group_by: ${unknownColumn}`,
        { ...field('group_by', unknownColumn), allowed: groupable },
      ],
      [
        '/v1/stats?metrik=count',
        'invalid_params',
        unknownArgument,
        { formErrors: [unknownArgument], fieldErrors: {}, allowed: takes },
      ],
      [
        '/v1/stats?group_by=country,browser,os,path',
        'invalid_params',
        `get_stats: group_by: ${tooMany}`,
        field('group_by', tooMany),
      ],
      [
        '/v1/stats?limit=1001',
        'invalid_params',
        'get_stats: limit: must be at most 1000; got 1001',
        field('limit', 'must be at most 1000; got 1001'),
      ],
      [
        '/v1/stats?limit=1.5',
        'invalid_params',
        'get_stats: limit: must be a whole number; got 1.5',
        field('limit', 'must be a whole number; got 1.5'),
      ],
      ['/v1/stats?from=2026-03-02&to=2026-03-01', 'invalid_params', backwards, field('from', backwards)],
      ['/v1/stats?tz=Mars/Olympus', 'invalid_params', noZone, field('tz', noZone)],
      ['/v1/query?cursor=abc', 'invalid_params', noCursor, field('cursor', noCursor)],
      ['/v1/funnel', 'invalid_params', 'funnel: steps: is required', field('steps', 'is required')],
      ['/v1/funnel?steps=alone', 'invalid_params', `funnel: steps: ${twoSteps}`, field('steps', twoSteps)],
      [
        '/v1/stats?from=last:1d&from=last:2d',
        'invalid_params',
        'A query parameter came more than once: "from". Send each once; lists go into one, with commas.',
        field('from', 'Came 2 times; send it once, lists with commas.'),
      ],
    ])('%s is %s', async (path, code, said, details) => {
      expectRefusal(await send(at(), { path, key: at().saved.keys.rk }), code, said, details);
    });

    test('a project that is not there is named, and what is visible', async () => {
      const { keys, project_id, project_slug } = at().saved;
      const said = (by: string, visible: string) =>
        `no project with ${by} "nope" is visible to this key; visible: ${visible}`;
      for (const key of [keys.ak, keys.rk]) {
        expectRefusal(
          await send(at(), { path: '/v1/stats?project_slug=nope', key }),
          'unknown_project_slug',
          said('slug', project_slug),
        );
        expectRefusal(
          await send(at(), { path: '/v1/stats?project_id=nope', key }),
          'unknown_project_id',
          said('id', project_id),
        );
      }
    });
  });
};
