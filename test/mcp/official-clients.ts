import assert from 'node:assert/strict';
import {
  Client as ClientOfToday,
  StreamableHTTPClientTransport as TransportOfToday,
} from '@modelcontextprotocol/client';
import { Client as ClientOf2025 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportOf2025 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { isObject } from '../../src/mcp/era.ts';
import type { Json } from '../../src/mcp/host.ts';
import type { Expectations } from './expectations.ts';

type Headers = Readonly<Record<string, string>>;

/** One conversation, the same for every client. */
interface Talk {
  instructions(): string | undefined;
  tools(): Promise<readonly { readonly name: string }[]>;
  call(name: string, args: Json): Promise<Json>;
  read(uri: string): Promise<Json>;
  prompt(name: string, args: Record<string, string>): Promise<Json>;
  close(): Promise<void>;
}

/** An official client in one of its modes. */
export interface OfficialClient {
  readonly name: string;
  readonly era: 'legacy' | 'modern';
  connect(url: string, headers: Headers): Promise<Talk>;
}

const who = { name: 'millimetric-tests', version: '1.0.0' };

const sdk: OfficialClient = {
  name: '@modelcontextprotocol/sdk',
  era: 'legacy',
  connect: async (url, headers) => {
    const client = new ClientOf2025(who);
    await client.connect(new TransportOf2025(new URL(url), { requestInit: { headers } }));
    return {
      instructions: () => client.getInstructions(),
      tools: async () => (await client.listTools()).tools,
      call: (name, args) => client.callTool({ name, arguments: args }),
      read: (uri) => client.readResource({ uri }),
      prompt: (name, args) => client.getPrompt({ name, arguments: args }),
      close: () => client.close(),
    };
  },
};

const client = (
  era: OfficialClient['era'],
  mode: 'legacy' | 'auto' | { readonly pin: string },
): OfficialClient => ({
  name: `@modelcontextprotocol/client ${typeof mode === 'string' ? mode : `pinned to ${mode.pin}`}`,
  era,
  connect: async (url, headers) => {
    const client = new ClientOfToday(who, { versionNegotiation: { mode } });
    await client.connect(new TransportOfToday(new URL(url), { requestInit: { headers } }));
    return {
      instructions: () => client.getInstructions(),
      tools: async () => (await client.listTools()).tools,
      call: (name, args) => client.callTool({ name, arguments: args }),
      read: (uri) => client.readResource({ uri }),
      prompt: (name, args) => client.getPrompt({ name, arguments: args }),
      close: () => client.close(),
    };
  },
});

/** Both official clients, in every mode they have. */
export const officialClients: readonly OfficialClient[] = [
  sdk,
  client('legacy', 'legacy'),
  client('modern', 'auto'),
  client('modern', { pin: '2026-07-28' }),
];

/** Rejects with the first thing a client finds otherwise than expected; `url` is the endpoint’s own, e.g. http://127.0.0.1:8787/mcp. */
export const clientAgrees = async (
  official: OfficialClient,
  url: string,
  headers: Headers,
  expected: Expectations,
): Promise<void> => {
  const talk = await official.connect(url, headers);
  try {
    assert.ok((talk.instructions() ?? '').length > 0, 'there are no instructions');
    const names = (await talk.tools()).map((tool) => tool.name);
    for (const name of expected.tools) assert.ok(names.includes(name), `${name} is not among ${names}`);

    // Having listed the tools, the clients hold structured content against its schema themselves and reject what does not fit.
    const called = await talk.call(expected.call.name, expected.call.args);
    assert.notEqual(called.isError, true, textOf(called));
    assert.partialDeepStrictEqual(called.structuredContent, expected.call.structured);

    const bad = await talk.call(expected.badArguments.name, expected.badArguments.args);
    assert.equal(bad.isError, true);
    assert.match(textOf(bad), expected.badArguments.says);
    assert.equal(bad.structuredContent, undefined);

    assert.match(JSON.stringify(await talk.read(expected.resource.uri)), expected.resource.says);
    assert.match(
      JSON.stringify(await talk.prompt(expected.prompt.name, expected.prompt.args)),
      expected.prompt.says,
    );

    const none = 'no_such_thing';
    assert.partialDeepStrictEqual(await refusal(talk.call(none, {})), {
      code: -32602,
      word: 'unknown_tool',
      data: { reason: 'unknown_tool' },
    });
    const { unknownResource: uri } = expected;
    assert.partialDeepStrictEqual(await refusal(talk.read(uri)), {
      code: -32602,
      word: 'unknown_resource',
      data: { reason: 'unknown_resource', uri },
    });
    assert.partialDeepStrictEqual(await refusal(talk.prompt(none, {})), {
      code: -32602,
      word: 'unknown_prompt',
      data: { reason: 'unknown_prompt' },
    });
  } finally {
    await talk.close();
  }
};

/** Every official client against one endpoint. */
export const clientsAgree = async (url: string, headers: Headers, expected: Expectations): Promise<void> => {
  for (const official of officialClients) await clientAgrees(official, url, headers, expected);
};

/** The JSON-RPC error a client reports; the older one writes the code before the message. */
export const refusal = async (answer: Promise<unknown>): Promise<Json> => {
  const thrown = await answer.then(
    () => assert.fail('it was answered'),
    (error: unknown) => error,
  );
  if (!(thrown instanceof Error)) throw new Error('what was thrown is no error');
  const word = thrown.message.replace(/^MCP error -?\d+: /, '');
  return {
    code: 'code' in thrown ? thrown.code : undefined,
    data: 'data' in thrown ? thrown.data : undefined,
    word,
  };
};

/** The text blocks of a result. */
export const textOf = (result: Json): string =>
  (Array.isArray(result.content) ? result.content : [])
    .map((block: unknown) => (isObject(block) && typeof block.text === 'string' ? block.text : ''))
    .join('\n');
