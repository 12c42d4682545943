import * as z from 'zod/mini';
import type { Json, McpTool } from '../mcp/host.ts';
import { briefly } from '../tools/briefly.ts';
import { projectChoice } from '../tools/inputs.ts';
import type { Question } from '../tools/question.ts';
import { inputOf } from '../tools/resolve.ts';
import { flat } from './flat-schema.ts';
import { jsonSchemaOf } from './json-schema.ts';

const cell = { type: ['string', 'number', 'boolean', 'null'] } as const;

/** The envelope of every analysis that is answered, as JSON Schema, open so that it may grow. */
export const envelopeSchema = {
  type: 'object',
  properties: {
    profile: { type: 'object', additionalProperties: cell },
    rows: { type: 'array', items: { type: 'object', additionalProperties: cell } },
    columns: {
      type: 'array',
      items: {
        type: 'object',
        properties: { name: { type: 'string' }, type: { type: 'string' }, unit: { type: 'string' } },
        required: ['name', 'type'],
      },
    },
    period: {
      type: 'object',
      properties: { from: { type: 'string' }, to: { type: 'string' }, timezone: { type: 'string' } },
      required: ['from', 'to', 'timezone'],
    },
    complete_until: { type: 'string' },
    partial_buckets: { type: 'array', items: { type: 'string' } },
    additive: { type: 'boolean' },
    truncated: { type: ['object', 'null'] },
    notes: { type: 'array', items: { type: 'string' } },
    resolved: { type: 'object' },
    cost: { type: 'object' },
    query_id: { type: 'string' },
    next_cursor: { type: ['string', 'null'] },
  },
  required: ['rows', 'columns', 'period', 'complete_until', 'notes', 'resolved'],
} as const satisfies Json;

/** What stands for the envelope while a question is still running. */
export const runningSchema = {
  type: 'object',
  properties: {
    status: { const: 'running' },
    query_id: { type: 'string' },
    notes: { type: 'array', items: { type: 'string' } },
    resolved: { type: 'object' },
  },
  required: ['status', 'query_id', 'notes', 'resolved'],
} as const satisfies Json;

/** What a question’s tool says: the envelope, or that it is still running. Clients understand no choice at the root, so what both have is required; every tool repeats it, so it says no more. */
const outputSchema = { type: 'object', required: ['query_id', 'notes', 'resolved'] } as const satisfies Json;

const memory = new Map<z.ZodMiniType, Json>();

/** A zod object as the JSON Schema of what a caller may send. */
export function inputSchema(type: z.ZodMiniObject): Json {
  const known = memory.get(type);
  if (known !== undefined) return known;
  const schema = jsonSchemaOf(type);
  memory.set(type, schema);
  return schema;
}

const advertised = new Map<z.ZodMiniType, Json>();

/** The same as `tools/list` shows it: flat, for whatever client reads it. */
export function toolInputSchema(type: z.ZodMiniObject): Json {
  const known = advertised.get(type);
  if (known !== undefined) return known;
  const schema = flat(inputSchema(type));
  advertised.set(type, schema);
  return schema;
}

const inputs = new Map<string, z.ZodMiniObject>();

/** The input of a question as a project’s key may use it. */
export function toolInputForProject(question: Question): z.ZodMiniObject {
  const known = inputs.get(question.name);
  if (known !== undefined) return known;
  const own = z.strictObject(
    Object.fromEntries(
      Object.entries(inputOf(question).shape).filter(([name]) => !Object.hasOwn(projectChoice, name)),
    ),
  );
  inputs.set(question.name, own);
  return own;
}

/** The same with what questions share in few words, and `required` last. */
const briefInputs = (question: Question): Json => {
  const { properties, ...schema } = toolInputSchema(toolInputForProject(question));
  return {
    ...schema,
    properties: { ...eachOf(properties, withBriefWhere), ...sharedIn(question) },
  };
};

/** Conditions inside a list’s objects are written as those of `where` are, which says how. */
const withBriefWhere = (_: string, schema: Json): Json => {
  const items = jsonOf(schema.items);
  if (!('properties' in items)) return lean(schema);
  const properties = eachOf(items.properties, (name, inner) =>
    name === 'where' ? whereInside : lean(inner),
  );
  return lean({ ...schema, items: { ...items, properties } });
};
const whereInside = { type: 'array', items: { type: 'object' }, description: 'As where.' } as const;

/** Without lengths, which the tool checks and says, and without what the description says as well. */
const lean = ({ description, ...schema }: Json): Json => {
  const said = String(description ?? '');
  const kept = Object.entries(schema).filter(([word]) => {
    if (word === 'default') return !/default/i.test(said);
    return !(/^m(?:in|ax)imum$/.test(word) ? /\d–\d/.test(said) : /^m(?:in|ax)(?:Length|Items)$/.test(word));
  });
  return { ...Object.fromEntries(kept), ...(description === undefined ? {} : { description }) };
};

const eachOf = (properties: unknown, as: (name: string, schema: Json) => Json): Json =>
  Object.fromEntries(
    Object.entries(jsonOf(properties)).map(([name, schema]) => [name, as(name, jsonOf(schema))]),
  );
const jsonOf = (value: unknown): Json => (typeof value === 'object' && value !== null ? { ...value } : {});

/** Of the inputs that the question shares; one with a meaning of its own there keeps its words. */
const sharedIn = ({ shared, input, since }: Question): Json =>
  Object.fromEntries(
    Object.entries(briefly).filter(
      ([name]) =>
        (name === 'query_id' || name === 'format' || shared.some((one) => one === name)) &&
        !Object.hasOwn(input.shape, name) &&
        !(name === 'from' && since !== undefined),
    ),
  );

/** A question as a tool. */
export const toolOf = (question: Question): McpTool => ({
  name: question.name,
  title: question.title,
  description: question.answers,
  inputSchema: briefInputs(question),
  outputSchema,
  // What only reads destroys nothing: the protocol gives the other hints no meaning then.
  annotations: { readOnlyHint: true, openWorldHint: false },
});
