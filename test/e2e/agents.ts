import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ofOneProject } from '../../src/tools/index.ts';
import { version } from '../../src/version.ts';
import { accountExpectations, productExpectations } from '../mcp/expectations.ts';
import { clientAgrees, officialClients, refusal, textOf } from '../mcp/official-clients.ts';
import { type Answer, send } from './exchange.ts';
import { type At, page } from './place.ts';
import { expectRefusal, expectRefusalHeaders } from './refusals.ts';
import { ask, askUntil, bring, own } from './run.ts';

const rpc = (method: string, params: Readonly<Record<string, unknown>> = {}) => ({
  jsonrpc: '2.0',
  id: 1,
  method,
  params,
});
const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};
const contents = z.object({
  contents: z
    .array(
      z.object({ uri: z.string(), mimeType: z.enum(['application/json', 'text/plain']), text: z.string() }),
    )
    .min(1),
});

/** The MCP endpoint: both protocol eras on the wire, both official clients, tools, resources and prompts. */
export const agents = (at: At): void => {
  const endpoint = () => `${at().url}/mcp`;
  const bearer = (kind: 'rk' | 'sk' = 'rk') => ({ Authorization: `Bearer ${at().saved.keys[kind]}` });
  const say = (body: unknown, headers: readonly (readonly [string, string])[] = []) =>
    send(at(), { path: '/mcp', key: at().saved.keys.rk, headers, body });
  const sayModern = (method: string, params: Readonly<Record<string, unknown>> = {}) => {
    const name = method === 'resources/read' ? params.uri : params.name;
    return say(rpc(method, { _meta: meta, ...params }), [
      ['MCP-Protocol-Version', '2026-07-28'],
      ['Mcp-Method', method],
      ...(typeof name === 'string' ? [['Mcp-Name', name] as const] : []),
    ]);
  };
  const visited = own('visited');
  /** What REST says of it by source, so what agents must be told too. */
  const rows = [
    { source: 'chatgpt', value: 1 },
    { source: 'newsletter', value: 1 },
  ];
  beforeAll(async () => {
    await bring(at(), [
      {
        event: visited,
        anonymous_id: own('a'),
        url: 'https://shop.example/',
        referrer: 'https://chatgpt.com/',
        properties: { plan: 'pro' },
      },
      {
        event: visited,
        anonymous_id: own('b'),
        url: 'https://shop.example/?utm_source=newsletter&utm_medium=email',
      },
    ]);
    await askUntil(at(), 'stats', { event: visited, group_by: 'source' }, rows);
  });

  describe.each(officialClients)('the official client $name', (official) => {
    test('lists, calls, reads, prompts, and understands each refusal', () =>
      clientAgrees(official, endpoint(), bearer(), productExpectations));

    test('gets the numbers that REST gives, and errors that teach', async () => {
      const talk = await official.connect(endpoint(), bearer());
      try {
        expect((await talk.tools()).map(({ name }) => name)).toEqual(ofOneProject);
        const args = { event: visited, group_by: 'source' };
        const called = await talk.call('get_stats', args);
        expect(textOf(called)).toBe(JSON.stringify(rows));
        expect(called.structuredContent).toMatchObject({
          rows,
          resolved: { event: visited, group_by: 'source' },
          notes: [],
          truncated: null,
        });

        const wrong = await talk.call('get_stats', { ...args, group_by: 'sorce' });
        expect(wrong).toMatchObject({ isError: true });
        expect(textOf(wrong)).toContain('nearest: source');

        const one = contents.parse(await talk.read(`schema://events/${visited}`)).contents[0];
        expect(JSON.parse(one?.text ?? '')).toEqual({ event: visited, events: 2, property_keys: ['plan'] });
        expect(JSON.stringify(await talk.prompt('funnel_review', { steps: `${visited},paid` }))).toContain(
          `${visited},paid`,
        );
      } finally {
        await talk.close();
      }
    });

    test('writes with a secret key, sees the event counted once, and may not write with a reading key', async () => {
      const args = {
        event: own(`by agent ${official.name}`),
        event_id: own(official.name),
        anonymous_id: own('agent'),
      };
      const writer = await official.connect(endpoint(), bearer('sk'));
      try {
        for (let i = 0; i < 2; i++)
          expect((await writer.call('track_event', args)).structuredContent).toMatchObject({
            ok: true,
            event_id: args.event_id,
          });
        expect(await writer.call('track_event', { event: '' })).toMatchObject({ isError: true });
        await askUntil(at(), 'stats', { event: args.event }, [{ value: 1 }]);
      } finally {
        await writer.close();
      }
      const reader = await official.connect(endpoint(), bearer());
      try {
        if (official.era === 'legacy')
          expect(await refusal(reader.call('track_event', args))).toMatchObject({
            code: -32000,
            word: 'insufficient_scope',
          });
        else expect(textOf(await reader.call('track_event', args))).toMatch(/^insufficient_scope: /);
      } finally {
        await reader.close();
      }
    });
  });

  describe.each(officialClients)('the official client $name, over an account’s projects', (official) => {
    const account = () => `${at().url}/mcp/account`;
    const all = () => ({ Authorization: `Bearer ${at().saved.keys.ak}` });

    test('lists, calls, reads, prompts, and understands each refusal', () =>
      clientAgrees(official, account(), all(), accountExpectations));

    test('gets the numbers that REST gives, each with its project, and ranks the projects', async () => {
      const { project_id, project_slug: slug, keys } = at().saved;
      const talk = await official.connect(account(), all());
      try {
        const args = { event: visited, group_by: 'source,project_id' };
        const called = await talk.call('get_stats', args);
        const ofProject = rows.map((row) => ({ project_id, slug, ...row }));
        expect(textOf(called)).toBe(JSON.stringify(ofProject));
        expect((await ask(at(), 'stats', args, keys.ak)).rows).toEqual(ofProject);

        const compared = { event: visited, metric: 'uniques', limit: 1 };
        const [first] = (await ask(at(), 'compare-projects', compared, keys.ak)).rows;
        expect(first).toMatchObject({ project_id, slug, value: 2 });
        expect(textOf(await talk.call('compare_projects', compared))).toBe(JSON.stringify([first]));

        const strange = talk.call('get_stats', { project_slug: 'nope' });
        if (official.era === 'legacy')
          expect(await refusal(strange)).toMatchObject({ code: -32004, word: 'unknown_project_slug' });
        else expect(textOf(await strange)).toMatch(/^unknown_project_slug: .* visible: /);
      } finally {
        await talk.close();
      }
    });
  });

  describe('on the wire', () => {
    const expectJson = ({ status, text, headers }: Answer, wanted: number, body: unknown): void => {
      expect([status, JSON.parse(text)]).toEqual([wanted, body]);
      expect(headers).toMatchObject({
        'content-type': 'application/json',
        'cache-control': 'no-store',
        'access-control-allow-origin': '*',
      });
      expect(headers['mcp-session-id']).toBeUndefined();
    };
    const failure = (code: number, message: string) =>
      expect.objectContaining({
        error: expect.objectContaining({ code, message, data: expect.any(Object) }),
      });

    test('legacy: a handshake is answered, and nobody needs it', async () => {
      const hello = await say(
        rpc('initialize', {
          protocolVersion: '2025-06-18',
          capabilities: {},
          clientInfo: { name: 'e2e', version: '1' },
        }),
      );
      expectJson(hello, 200, {
        jsonrpc: '2.0',
        id: 1,
        result: {
          protocolVersion: '2025-06-18',
          capabilities: { tools: {}, resources: {}, prompts: {}, completions: {} },
          serverInfo: { name: 'millimetric', title: 'Millimetric', version },
          instructions: expect.stringContaining('schema://events'),
        },
      });
      expectJson(await say(rpc('ping')), 200, { jsonrpc: '2.0', id: 1, result: {} });
      expectJson(
        await say(
          rpc('completion/complete', {
            ref: { type: 'ref/prompt', name: 'traffic_anomaly' },
            argument: { name: 'period', value: 'last:2' },
          }),
        ),
        200,
        {
          jsonrpc: '2.0',
          id: 1,
          result: { completion: { values: ['last:24h'], total: 1, hasMore: false } },
        },
      );
    });

    test('modern: discovery, results that say they are complete, how long they may be kept', async () => {
      const discovered = await sayModern('server/discover');
      expect([discovered.status, JSON.parse(discovered.text).result]).toMatchObject([
        200,
        {
          resultType: 'complete',
          supportedVersions: ['2026-07-28'],
          capabilities: { tools: {} },
          cacheScope: 'private',
          ttlMs: expect.any(Number),
        },
      ]);
      const called = JSON.parse(
        (await sayModern('tools/call', { name: 'get_stats', arguments: { event: visited } })).text,
      );
      expect(called.result).toMatchObject({
        resultType: 'complete',
        structuredContent: { rows: [{ value: 2 }] },
      });
      expect(called.result._meta).toMatchObject({
        'io.modelcontextprotocol/serverInfo': { name: 'millimetric' },
      });
    });

    test.each<
      readonly [
        what: string,
        body: unknown,
        headers: readonly (readonly [string, string])[],
        status: number,
        code: number,
        message: string,
      ]
    >([
      ['no JSON', '{', [], 400, -32700, 'parse_error'],
      ['an array', [rpc('ping')], [], 400, -32600, 'invalid_request'],
      ['no envelope', {}, [], 400, -32600, 'invalid_request'],
      ['an unknown method, legacy', rpc('tools/nothing'), [], 200, -32601, 'method_not_found'],
      [
        'an unknown method, modern',
        rpc('tools/nothing', { _meta: meta }),
        [
          ['MCP-Protocol-Version', '2026-07-28'],
          ['Mcp-Method', 'tools/nothing'],
        ],
        404,
        -32601,
        'method_not_found',
      ],
      [
        'a header that says another method than the body',
        rpc('tools/list', { _meta: meta }),
        [
          ['MCP-Protocol-Version', '2026-07-28'],
          ['Mcp-Method', 'tools/call'],
        ],
        400,
        -32020,
        'header_mismatch',
      ],
      [
        'a version of the future',
        rpc('tools/list', { _meta: { ...meta, 'io.modelcontextprotocol/protocolVersion': '2031-01-01' } }),
        [
          ['MCP-Protocol-Version', '2031-01-01'],
          ['Mcp-Method', 'tools/list'],
        ],
        400,
        -32022,
        'unsupported_protocol_version',
      ],
      [
        'completing an argument that a prompt has not',
        rpc('completion/complete', {
          ref: { type: 'ref/prompt', name: 'weekly_report' },
          argument: { name: 'period', value: '' },
        }),
        [],
        200,
        -32602,
        'invalid_params',
      ],
      ['an unknown tool', rpc('tools/call', { name: 'nothing' }), [], 200, -32602, 'unknown_tool'],
      [
        'an unknown resource',
        rpc('resources/read', { uri: 'schema://nowhere' }),
        [],
        200,
        -32602,
        'unknown_resource',
      ],
    ])('%s is told in the protocol’s own form', async (_, body, headers, status, code, message) => {
      expectJson(await say(body, headers), status, failure(code, message));
    });

    test('events://recent is the newest 100 events, as query_events shows them', async () => {
      const answer = JSON.parse((await say(rpc('resources/read', { uri: 'events://recent' }))).text);
      const recent = z
        .array(z.looseObject({ event_name: z.string(), timestamp: z.string() }))
        .parse(JSON.parse(contents.parse(answer.result).contents[0]?.text ?? ''));
      expect(recent.length).toBeLessThanOrEqual(100);
      const times = recent.map(({ timestamp }) => timestamp);
      expect(times).toEqual(times.toSorted().toReversed());
    });

    test('a notification is 202 and empty', async () => {
      const { status, text } = await say({ jsonrpc: '2.0', method: 'notifications/initialized' });
      expect([status, text]).toEqual([202, '']);
    });

    test('GET and DELETE are 405, as there are no sessions and no streams', async () => {
      for (const method of ['GET', 'DELETE']) {
        const answer = await send(at(), {
          method,
          path: '/mcp',
          key: at().saved.keys.rk,
          headers: [['Accept', 'text/event-stream']],
        });
        expectRefusal(answer, 'method_not_allowed', 'This method does not exist on /mcp; use POST.');
        expect(answer.headers.allow).toBe('POST');
      }
    });

    test('an Origin of the project is fine, any other is refused: a page of a stranger’s cannot use an agent’s key', async () => {
      expect((await say(rpc('ping'), [['Origin', page]])).status).toBe(200);
      const answer = await say(rpc('ping'), [['Origin', 'http://evil.example']]);
      const { project_slug } = at().saved;
      const said = `origin "http://evil.example" is not among the allowed_origins of project ${project_slug}; add it there, or send no Origin.`;
      expectRefusal(answer, 'origin_not_allowed', said);
      expectRefusalHeaders(answer);
    });
  });
};
