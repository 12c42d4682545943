import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ofOneProject } from '../../src/tools/index.ts';
import { type Running, startProduct } from '../local/product.ts';

let product: Running;
beforeAll(async () => {
  product = await startProduct();
  const events = [
    {
      event: 'sign_up',
      anonymous_id: 'a',
      url: 'https://shop.example/?utm_source=newsletter&utm_medium=email',
    },
    { event: 'sign_up', anonymous_id: 'b', url: 'https://shop.example/', referrer: 'https://chatgpt.com/' },
    { event: 'sign_up', anonymous_id: 'c', url: 'https://shop.example/', referrer: 'https://chatgpt.com/' },
  ];
  const kept = await fetch(`${product.url}/v1/batch`, {
    method: 'POST',
    headers: keyed(product.keys.sk),
    body: JSON.stringify({
      events: events.map((event) => ({
        ...event,
        user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      })),
    }),
  });
  expect(kept.status).toBe(202);
});
afterAll(() => product.stop());

const keyed = (key: string) => ({ Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' });

const result = z.object({
  content: z.array(z.object({ text: z.string() })),
  isError: z.boolean().optional(),
  structuredContent: z
    .looseObject({ rows: z.array(z.record(z.string(), z.unknown())), notes: z.array(z.string()) })
    .optional(),
});

/** How an agent speaks in each era: what it sends before and beside its calls. */
const eras = {
  legacy: {
    hello: {
      method: 'initialize',
      params: {
        protocolVersion: '2025-11-25',
        capabilities: {},
        clientInfo: { name: 'agent', version: '1' },
      },
    },
    meta: {},
    headers: () => ({}),
  },
  modern: {
    hello: { method: 'server/discover', params: {} },
    meta: {
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
    headers: (method: string, name?: string) => ({
      'MCP-Protocol-Version': '2026-07-28',
      'Mcp-Method': method,
      ...(name === undefined ? {} : { 'Mcp-Name': name }),
    }),
  },
} as const;

describe.each(Object.entries(eras))('an agent of the %s era', (_name, era) => {
  const say = async (method: string, params: Record<string, unknown>): Promise<unknown> => {
    const name = typeof params.name === 'string' ? params.name : undefined;
    const answer = await fetch(`${product.url}/mcp`, {
      method: 'POST',
      headers: { ...keyed(product.keys.rk), ...era.headers(method, name) },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, ...era.meta } }),
    });
    expect(answer.status).toBe(200);
    return z.object({ result: z.unknown() }).parse(await answer.json()).result;
  };
  const call = async (name: string, args: Record<string, unknown>) =>
    result.parse(await say('tools/call', { name, arguments: args }));

  test('says hello, reads the menu, mistypes a column and mends it from the error text alone', async () => {
    const hello = z
      .looseObject({ instructions: z.string() })
      .parse(await say(era.hello.method, era.hello.params));
    expect(hello.instructions).toContain('schema://events');
    const { tools } = z
      .object({ tools: z.array(z.looseObject({ name: z.string() })) })
      .parse(await say('tools/list', {}));
    expect(tools.map((tool) => tool.name)).toEqual(ofOneProject);

    const wrong = await call('get_stats', { event: 'sign_up', group_by: 'sorce' });
    expect(wrong).toMatchObject({ isError: true });
    expect(wrong.structuredContent).toBeUndefined();
    const mended = /nearest: (\w+)/.exec(wrong.content[0]?.text ?? '')?.[1];
    const right = await call('get_stats', { event: 'sign_up', group_by: mended });
    expect(right.structuredContent?.rows).toEqual([
      { source: 'chatgpt', value: 2 },
      { source: 'newsletter', value: 1 },
    ]);
    expect(right.content[0]?.text).toBe(JSON.stringify(right.structuredContent?.rows));
  });

  test('asks for an event nobody sends and finds its real name in the notes', async () => {
    const empty = await call('get_stats', { event: 'signup' });
    expect(empty.structuredContent?.rows).toEqual([{ value: 0 }]);
    const real = /nearest: "([^"]+)"/.exec(empty.structuredContent?.notes.join('\n') ?? '')?.[1];
    expect((await call('get_stats', { event: real })).structuredContent?.rows).toEqual([{ value: 3 }]);
  });

  test('guesses an argument and is told the one there is', async () => {
    const wrong = await call('funnel', { steps: ['sign_up', 'purchase'], windw: '1d' });
    expect(wrong.content[0]?.text).toContain('did you mean window?');
  });
});

test('an event’s property keys are those of its newest 20, its count is of all', async () => {
  const now = Date.now();
  const events = Array.from({ length: 21 }, (_, minutes) => ({
    ...{ event: 'page turned', anonymous_id: 'a', timestamp: new Date(now - minutes * 60_000).toISOString() },
    properties: { page: minutes, [minutes === 20 ? 'oldest' : minutes === 19 ? 'older' : 'newer']: true },
  }));
  expect(
    (
      await fetch(`${product.url}/v1/batch`, {
        method: 'POST',
        headers: keyed(product.keys.sk),
        body: JSON.stringify({ events }),
      })
    ).status,
  ).toBe(202);
  const read = {
    jsonrpc: '2.0',
    id: 1,
    method: 'resources/read',
    params: { uri: 'schema://events/page%20turned' },
  };
  const answer = await fetch(`${product.url}/mcp`, {
    method: 'POST',
    headers: keyed(product.keys.rk),
    body: JSON.stringify(read),
  });
  const { result: told } = z
    .object({ result: z.object({ contents: z.tuple([z.object({ text: z.string() })]) }) })
    .parse(await answer.json());
  expect(JSON.parse(told.contents[0].text)).toEqual({
    event: 'page turned',
    events: 21,
    property_keys: ['newer', 'older', 'page'],
  });
});
