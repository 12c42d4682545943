import type {
  Json,
  McpContents,
  McpHost,
  McpInputRequired,
  McpPromptResult,
  McpTurn,
} from '../../src/mcp/host.ts';
import { Problem } from '../../src/problems.ts';
import { asks, fixtureTools, png } from './fixture-tools.ts';

const none: Json = { type: 'object', properties: {} };

/** Everything the conformance suite wants to find on a server, and the tool `divide`; `bugs` collects what was thrown by mistake. */
export const fixtureHost = (bugs: unknown[] = []): McpHost => ({
  serverInfo: { name: 'fixtures', version: '1.0.0' },
  instructions: 'Fixtures of the conformance suite. Try divide.',
  tools: () =>
    Object.entries(fixtureTools).map(([name, { description, input = none, output }]) => ({
      name,
      description,
      inputSchema: input,
      ...(output === undefined ? {} : { outputSchema: output }),
    })),
  call: async (name, args, turn) =>
    Object.hasOwn(fixtureTools, name) ? fixtureTools[name]?.call(args, turn) : undefined,
  resources: () => resources,
  templates: () => [
    {
      uriTemplate: 'test://template/{id}/data',
      name: 'Data by id',
      description: 'Data that belongs to an id.',
      mimeType: 'application/json',
    },
  ],
  read: async (uri) => contentsOf(uri),
  prompts: () =>
    Object.entries(prompts).map(([name, { description, args }]) => ({
      name,
      description,
      arguments: args.map((arg) => ({ name: arg, description: `The ${arg}.`, required: true })),
    })),
  prompt: async (name, args, turn) => {
    const prompt = Object.hasOwn(prompts, name) ? prompts[name] : undefined;
    const missing = prompt?.args.filter((arg) => args[arg] === undefined) ?? [];
    if (missing.length > 0)
      throw new Problem('invalid_params', `The prompt ${name} also needs ${missing.join(' and ')}.`);
    return prompt?.fill(args, turn);
  },
  complete: async (of, { value }) => {
    if ('prompt' in of ? !Object.hasOwn(prompts, of.prompt) : of.template !== 'test://template/{id}/data')
      return undefined;
    return Array.from({ length: 150 }, (_, i) => `park${i}`).filter((word) => word.startsWith(value));
  },
  bug: (thrown) => {
    bugs.push(thrown);
  },
  beyond: {
    legacy: {
      capabilities: { logging: {}, resources: { subscribe: true } },
      methods: new Map(
        ['logging/setLevel', 'resources/subscribe', 'resources/unsubscribe'].map((method) => [
          method,
          () => ({}),
        ]),
      ),
    },
  },
});

const resources = [
  { uri: 'test://static-text', name: 'Text', description: 'A text that stays.', mimeType: 'text/plain' },
  { uri: 'test://static-binary', name: 'Picture', description: 'A red pixel.', mimeType: 'image/png' },
  {
    uri: 'test://watched-resource',
    name: 'Watched',
    description: 'A text one may watch.',
    mimeType: 'text/plain',
  },
];

const contentsOf = (uri: string): readonly McpContents[] | undefined => {
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
  if (id !== undefined)
    return [
      {
        uri,
        mimeType: 'application/json',
        text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
      },
    ];
  if (uri === 'test://static-text')
    return [{ uri, mimeType: 'text/plain', text: 'This is the content of the static text resource.' }];
  if (uri === 'test://static-binary') return [{ uri, mimeType: 'image/png', blob: png }];
  if (uri === 'test://watched-resource')
    return [{ uri, mimeType: 'text/plain', text: 'Watched resource content' }];
  return undefined;
};

interface FixturePrompt {
  readonly description: string;
  readonly args: readonly string[];
  readonly fill: (
    args: Readonly<Record<string, string>>,
    turn: McpTurn,
  ) => McpPromptResult | McpInputRequired;
}

const says = (text: string): McpPromptResult['messages'][number] => ({
  role: 'user',
  content: { type: 'text', text },
});

const prompts: Readonly<Record<string, FixturePrompt>> = {
  test_simple_prompt: {
    description: 'One sentence.',
    args: [],
    fill: () => ({ messages: [says('This is a simple prompt for testing.')] }),
  },
  test_prompt_with_arguments: {
    description: 'Two arguments.',
    args: ['arg1', 'arg2'],
    fill: ({ arg1, arg2 }) => ({ messages: [says(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)] }),
  },
  test_prompt_with_embedded_resource: {
    description: 'Carries a resource.',
    args: ['resourceUri'],
    fill: ({ resourceUri = '' }) => ({
      messages: [
        {
          role: 'user',
          content: {
            type: 'resource',
            resource: {
              uri: resourceUri,
              mimeType: 'text/plain',
              text: 'Embedded resource content for testing.',
            },
          },
        },
        says('Please process the embedded resource above.'),
      ],
    }),
  },
  test_prompt_with_image: {
    description: 'Carries a picture.',
    args: [],
    fill: () => ({
      messages: [
        { role: 'user', content: { type: 'image', data: png, mimeType: 'image/png' } },
        says('Please analyze the image above.'),
      ],
    }),
  },
  test_input_required_result_prompt: {
    description: 'Asks for context first.',
    args: [],
    fill: (_args, turn) =>
      asks(
        {
          user_context: {
            method: 'elicitation/create',
            params: {
              mode: 'form',
              message: 'What context should the prompt use?',
              requestedSchema: {
                type: 'object',
                properties: { context: { type: 'string' } },
                required: ['context'],
              },
            },
          },
        },
        turn,
        ({ user_context }): McpPromptResult => ({
          messages: [says(`Context: ${JSON.stringify(user_context)}`)],
        }),
      ),
  },
};
