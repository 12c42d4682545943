import { Problem } from '../problems.ts';
import { isObject } from './era.ts';
import type { Json, McpHost, McpMethod, McpReference } from './host.ts';
import { RpcError } from './refusal.ts';

/** All we list fits one page, so no cursor of ours exists. */
const list =
  (page: (host: McpHost) => Json): McpMethod =>
  (host, { params }) => {
    if ((params.cursor ?? undefined) !== undefined)
      throw new RpcError(-32602, 'invalid_params', 'There is one page only: ask again without cursor.');
    return page(host);
  };

const callTool: McpMethod = async (host, turn) => {
  const { name } = turn.params;
  const args = turn.params.arguments ?? {};
  if (!isObject(args))
    throw new Problem(
      'invalid_params',
      'arguments must be an object of the tool’s fields, e.g. {"limit":10}.',
    );
  const result = typeof name === 'string' ? await host.call(name, args, turn) : undefined;
  if (result === undefined) throw unknownTool(host, name);
  if (!('isError' in result) || result.isError !== true) return { ...result };
  const { structuredContent: _, ...told } = result;
  return told;
};

const readResource: McpMethod = async (host, turn) => {
  const { uri } = turn.params;
  const contents = typeof uri === 'string' ? await host.read(uri, turn) : undefined;
  if (contents === undefined || 'hint' in contents) throw unknownResource(host, uri, contents?.hint);
  return { contents };
};

const getPrompt: McpMethod = async (host, turn) => {
  const { name } = turn.params;
  const args = turn.params.arguments ?? {};
  if (!isTexts(args))
    throw new RpcError(-32602, 'invalid_params', 'arguments must be an object whose values are text.');
  const result = typeof name === 'string' ? await host.prompt(name, args, turn) : undefined;
  if (result === undefined) throw unknownPrompt(host, name);
  return { ...result };
};

const complete: McpMethod = async (host, { params }) => {
  const { ref, argument, context } = params;
  const chosen = isObject(context) ? (context.arguments ?? {}) : {};
  if (
    !isObject(argument) ||
    typeof argument.name !== 'string' ||
    typeof argument.value !== 'string' ||
    !isTexts(chosen)
  ) {
    throw new RpcError(
      -32602,
      'invalid_params',
      'argument must be {"name":…,"value":…} and context.arguments an object, all values text.',
    );
  }
  const of = reference(ref);
  const found = await host.complete(of, { name: argument.name, value: argument.value }, chosen);
  if (found === undefined)
    throw 'prompt' in of ? unknownPrompt(host, of.prompt) : unknownResource(host, of.template);
  const values: string[] = [];
  let room = roomForValues;
  for (const value of found.slice(0, mostValues)) {
    room -= value.length;
    if (room < 0) break;
    values.push(value);
  }
  return { completion: { values, total: found.length, hasMore: found.length > values.length } };
};

/** The protocol’s own limit. */
const mostValues = 100;
/** Characters of all values of a completion: long names must not become a page of text. */
const roomForValues = 16_000;

/** What both eras answer. */
export const methods: ReadonlyMap<string, McpMethod> = new Map([
  ['tools/list', list((host) => ({ tools: host.tools() }))],
  ['tools/call', callTool],
  ['resources/list', list((host) => ({ resources: host.resources() }))],
  ['resources/templates/list', list((host) => ({ resourceTemplates: host.templates() }))],
  ['resources/read', readResource],
  ['prompts/list', list((host) => ({ prompts: host.prompts() }))],
  ['prompts/get', getPrompt],
  ['completion/complete', complete],
]);

const reference = (ref: unknown): McpReference => {
  if (isObject(ref) && ref.type === 'ref/prompt' && typeof ref.name === 'string') return { prompt: ref.name };
  if (isObject(ref) && ref.type === 'ref/resource' && typeof ref.uri === 'string')
    return { template: ref.uri };
  throw new RpcError(
    -32602,
    'invalid_params',
    'ref must be {"type":"ref/prompt","name":…} or {"type":"ref/resource","uri":…}.',
  );
};

const unknownTool = (host: McpHost, name: unknown): RpcError => {
  const allowed = host.tools().map((tool) => tool.name);
  return unknown('tool', 'name', name, allowed);
};

const unknownPrompt = (host: McpHost, name: unknown): RpcError => {
  const allowed = host.prompts().map((prompt) => prompt.name);
  return unknown('prompt', 'name', name, allowed);
};

const unknownResource = (host: McpHost, uri: unknown, near?: string): RpcError => {
  const allowed = [
    ...host.resources().map((resource) => resource.uri),
    ...host.templates().map((template) => template.uriTemplate),
  ];
  return unknown('resource', 'uri', uri, allowed, near);
};

const unknown = (
  thing: 'tool' | 'resource' | 'prompt',
  field: 'name' | 'uri',
  asked: unknown,
  allowed: readonly string[],
  near?: string,
): RpcError => {
  const hint =
    near ?? (allowed.length === 0 ? `There is no ${thing} here at all.` : `One of: ${allowed.join(', ')}.`);
  if (typeof asked !== 'string')
    return new RpcError(-32602, `unknown_${thing}`, `params.${field} must be text.`, { data: { hint } });
  return new RpcError(
    -32602,
    `unknown_${thing}`,
    `There is no ${thing} ${JSON.stringify(asked.slice(0, 200))} for this key.`,
    {
      data: { [field]: asked, hint },
    },
  );
};

const isTexts = (value: unknown): value is Readonly<Record<string, string>> =>
  isObject(value) && Object.values(value).every((each) => typeof each === 'string');
