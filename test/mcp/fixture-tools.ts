import { createHmac, timingSafeEqual } from 'node:crypto';
import { isObject } from '../../src/mcp/era.ts';
import type { Json, McpInputRequired, McpToolResult, McpTurn } from '../../src/mcp/host.ts';
import { RpcError } from '../../src/mcp/refusal.ts';
import { Problem } from '../../src/problems.ts';

/** A tool of the conformance suite, or one of ours that shows what its tools leave out. */
export interface FixtureTool {
  readonly description: string;
  readonly input?: Json;
  readonly output?: Json;
  readonly call: (args: Json, turn: McpTurn) => McpToolResult | McpInputRequired;
}

/** One red pixel. */
export const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
/** No sound, 8 kHz. */
const wav = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=';

const text = (words: string): McpToolResult => ({ content: [{ type: 'text', text: words }] });
const state = (what: string): string =>
  `${what}.${createHmac('sha256', 'fixture').update(what).digest('hex')}`;

/** What a signed state says; anything unsigned is refused. */
const stated = (sent: unknown): string | undefined => {
  if (sent === undefined) return undefined;
  const what = typeof sent === 'string' ? sent.split('.')[0] : undefined;
  const [given, right] = [Buffer.from(typeof sent === 'string' ? sent : ''), Buffer.from(state(what ?? ''))];
  if (given.length === right.length && timingSafeEqual(given, right)) return what;
  throw new RpcError(-32602, 'invalid_request_state', 'requestState is not one of ours.');
};

const elicit = (message: string, properties: Json): Json => ({
  method: 'elicitation/create',
  params: {
    mode: 'form',
    message,
    requestedSchema: { type: 'object', properties, required: Object.keys(properties) },
  },
});
const sample = (question: string, maxTokens = 100): Json => ({
  method: 'sampling/createMessage',
  params: { messages: [{ role: 'user', content: { type: 'text', text: question } }], maxTokens },
});
const roots: Json = { method: 'roots/list', params: {} };

/** Asks for `inputRequests` until the client has answered each of them. */
export const asks = <Done>(
  inputRequests: Json,
  turn: McpTurn,
  done: (answers: Json) => Done,
  requestState?: string,
): Done | McpInputRequired => {
  const { inputResponses } = turn.params;
  const answers = isObject(inputResponses) ? inputResponses : {};
  if (Object.keys(inputRequests).every((key) => isObject(answers[key]))) return done(answers);
  return {
    resultType: 'input_required',
    inputRequests,
    ...(requestState === undefined ? {} : { requestState }),
  };
};

const clientMay = (turn: McpTurn): Json => {
  const meta = isObject(turn.params._meta) ? turn.params._meta : {};
  const capabilities = meta['io.modelcontextprotocol/clientCapabilities'];
  return isObject(capabilities) ? capabilities : {};
};

const logs = (turn: McpTurn): void => {
  const meta = isObject(turn.params._meta) ? turn.params._meta : {};
  if (turn.era === 'modern' && meta['io.modelcontextprotocol/logLevel'] === undefined) return;
  for (const data of ['Tool execution started', 'Tool processing data', 'Tool execution completed'])
    turn.notify('notifications/message', { level: 'info', data });
};

/** Names and behaviour are the suite’s; see its `conformance list` and the descriptions of its scenarios. */
export const fixtureTools: Readonly<Record<string, FixtureTool>> = {
  test_simple_text: {
    description: 'Says one sentence.',
    call: () => text('This is a simple text response for testing.'),
  },
  test_image_content: {
    description: 'Shows a pixel.',
    call: () => ({ content: [{ type: 'image', data: png, mimeType: 'image/png' }] }),
  },
  test_audio_content: {
    description: 'Plays nothing.',
    call: () => ({ content: [{ type: 'audio', data: wav, mimeType: 'audio/wav' }] }),
  },
  test_embedded_resource: {
    description: 'Hands out a resource.',
    call: () => ({
      content: [
        {
          type: 'resource',
          resource: {
            uri: 'test://embedded-resource',
            mimeType: 'text/plain',
            text: 'This is an embedded resource content.',
          },
        },
      ],
    }),
  },
  test_multiple_content_types: {
    description: 'Says, shows and hands out.',
    call: () => ({
      content: [
        { type: 'text', text: 'Multiple content types test:' },
        { type: 'image', data: png, mimeType: 'image/png' },
        {
          type: 'resource',
          resource: {
            uri: 'test://mixed-content-resource',
            mimeType: 'application/json',
            text: '{"test":"data","value":123}',
          },
        },
      ],
    }),
  },
  test_tool_with_logging: {
    description: 'Logs three lines.',
    call: (_args, turn) => {
      logs(turn);
      return text('Logged.');
    },
  },
  test_logging_tool: {
    description: 'Logs only where asked to.',
    call: (_args, turn) => {
      logs(turn);
      return text('Done.');
    },
  },
  test_tool_with_progress: {
    description: 'Reports progress thrice.',
    call: (_args, turn) => {
      const progressToken = isObject(turn.params._meta) ? turn.params._meta.progressToken : undefined;
      if (progressToken !== undefined)
        for (const progress of [0, 50, 100])
          turn.notify('notifications/progress', { progressToken, progress, total: 100 });
      return text('Done.');
    },
  },
  test_error_handling: {
    description: 'Fails.',
    call: () => ({
      content: [{ type: 'text', text: 'This tool intentionally returns an error for testing' }],
      isError: true,
    }),
  },
  test_missing_capability: {
    description: 'Needs a client that samples.',
    call: (_args, turn) => {
      if (isObject(clientMay(turn).sampling)) return text('You may.');
      const data = { requiredCapabilities: { sampling: {} } };
      throw new RpcError(-32021, 'missing_client_capability', 'Declare the capability sampling.', {
        status: 400,
        data,
      });
    },
  },
  test_streaming_elicitation: {
    description: 'Asks within its result, never on the side.',
    call: (_args, turn) =>
      asks({ answer: elicit('Which?', { which: { type: 'string' } }) }, turn, () => text('Thanks.')),
  },
  test_input_required_result_elicitation: {
    description: 'Greets by name.',
    call: (_args, turn) =>
      asks({ user_name: elicit('What is your name?', { name: { type: 'string' } }) }, turn, ({ user_name }) =>
        text(`Hello, ${JSON.stringify(user_name)}!`),
      ),
  },
  test_input_required_result_sampling: {
    description: 'Asks the model.',
    call: (_args, turn) =>
      asks({ capital_question: sample('What is the capital of France?') }, turn, (answers) =>
        text(JSON.stringify(answers)),
      ),
  },
  test_input_required_result_list_roots: {
    description: 'Asks for roots.',
    call: (_args, turn) => asks({ client_roots: roots }, turn, (answers) => text(JSON.stringify(answers))),
  },
  test_input_required_result_request_state: {
    description: 'Keeps its state with the client.',
    call: (_args, turn) => {
      const before = stated(turn.params.requestState);
      const question = { confirm: elicit('Please confirm', { ok: { type: 'boolean' } }) };
      return asks(
        question,
        turn,
        () => text(before === 'confirm' ? 'state-ok' : 'no state'),
        state('confirm'),
      );
    },
  },
  test_input_required_result_tampered_state: {
    description: 'Refuses a state it did not sign.',
    call: (_args, turn) => {
      stated(turn.params.requestState);
      return asks(
        { confirm: elicit('Please confirm', { ok: { type: 'boolean' } }) },
        turn,
        () => text('state-ok'),
        state('confirm'),
      );
    },
  },
  test_input_required_result_multiple_inputs: {
    description: 'Asks three things at once.',
    call: (_args, turn) => {
      const questions = {
        user_name: elicit('What is your name?', { name: { type: 'string' } }),
        greeting: sample('Generate a greeting', 50),
        client_roots: roots,
      };
      return asks(questions, turn, (answers) => text(JSON.stringify(answers)), state('three'));
    },
  },
  test_input_required_result_multi_round: {
    description: 'Asks twice, one after the other.',
    call: (_args, turn) => {
      const before = stated(turn.params.requestState);
      const name = { step1: elicit('Step 1: What is your name?', { name: { type: 'string' } }) };
      const color = { step2: elicit('Step 2: What is your favorite color?', { color: { type: 'string' } }) };
      if (before === 'two')
        return asks(color, turn, (answers) => text(JSON.stringify(answers)), state('two'));
      return asks(
        name,
        turn,
        (): McpInputRequired => ({
          resultType: 'input_required',
          inputRequests: color,
          requestState: state('two'),
        }),
        state('one'),
      );
    },
  },
  test_input_required_result_capabilities: {
    description: 'Asks only what the client can answer.',
    call: (_args, turn) => {
      const may = clientMay(turn);
      const questions = {
        ...(isObject(may.sampling) ? { said: sample('Say something.') } : {}),
        ...(isObject(may.elicitation)
          ? { typed: elicit('Type something.', { words: { type: 'string' } }) }
          : {}),
      };
      return asks(questions, turn, (answers) => text(JSON.stringify(answers)));
    },
  },
  json_schema_2020_12_tool: {
    description: 'Tool with JSON Schema 2020-12 features',
    input: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      $defs: {
        address: {
          $anchor: 'addressDef',
          type: 'object',
          properties: { street: { type: 'string' }, city: { type: 'string' } },
        },
      },
      properties: {
        name: { type: 'string' },
        address: { $ref: '#/$defs/address' },
        contactMethod: { type: 'string', enum: ['phone', 'email'] },
        phone: { type: 'string' },
        email: { type: 'string' },
      },
      allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
      if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
      then: { required: ['phone'] },
      else: { required: ['email'] },
      additionalProperties: false,
    },
    call: (args) => text(JSON.stringify(args)),
  },
  /** Not the suite’s: structured content and the contract’s failures, for the official clients. */
  divide: {
    description: 'Divides one number by another.',
    input: {
      type: 'object',
      properties: { dividend: { type: 'number' }, divisor: { type: 'number' } },
      required: ['dividend', 'divisor'],
    },
    output: { type: 'object', properties: { quotient: { type: 'number' } }, required: ['quotient'] },
    call: ({ dividend, divisor }) => {
      if (typeof dividend !== 'number' || typeof divisor !== 'number')
        throw new Problem(
          'invalid_params',
          'dividend and divisor must be numbers, e.g. {"dividend":6,"divisor":3}.',
        );
      const failure = failures[divisor];
      if (failure !== undefined) throw failure();
      const quotient = dividend / divisor;
      return { content: [{ type: 'text', text: String(quotient) }], structuredContent: { quotient } };
    },
  },
};

/** By divisor: dividing by nothing fails in each way the contract knows. */
const failures: Readonly<Record<number, () => unknown>> = {
  0: () => new TypeError('a bug, with a secret inside'),
  [-1]: () =>
    new Problem('plan_limit', 'Negative numbers need the plan pro; this account is on free.', {
      details: { feature: 'negative', plan: 'free', required_plan: 'pro' },
    }),
  [-2]: () => new Problem('insufficient_scope', 'This key may not divide by -2.'),
  [-3]: () => new Problem('query_timeout', 'The division took over 25 s: divide less.'),
  [-4]: () => new Problem('unknown_project_slug', 'No project "shopp"; visible: shop, blog.'),
  [-5]: () => new Problem('no_projects_visible', 'This key sees no project: ask the account’s owner.'),
  [-6]: () => new Problem('unknown_project_id', 'No project "p_9"; visible: p_1, p_2.'),
  [-7]: () =>
    new Problem('invalid_group_by', 'Cannot group by "colour".', {
      details: { allowed: ['country', 'path'] },
    }),
};
