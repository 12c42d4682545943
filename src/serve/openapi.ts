import { keyKinds } from '../access/kinds.ts';
import { columnNames, columns } from '../events/columns.ts';
import { batchBody, identifyBody, trackBody } from '../events/schema.ts';
import type { Json } from '../mcp/host.ts';
import { problems } from '../problems.ts';
import { problemsOf, type Route, routes } from '../routes.ts';
import { questionNamed } from '../tools/index.ts';
import { shared } from '../tools/inputs.ts';
import { inputOf } from '../tools/resolve.ts';
import { holdsObjects } from '../tools/spellings.ts';
import { adminAnswers, adminBodies, adminParameters } from './admin/schemas.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { envelopeSchema, inputSchema, runningSchema } from './tool-schemas.ts';

const where = jsonSchemaOf(shared.where);

/** What bodies hold, by the names the table of routes gives them. */
const bodies: Readonly<Record<string, Json>> = {
  track: inputSchema(trackBody),
  batch: inputSchema(batchBody),
  identify: inputSchema(identifyBody),
  beacon: { anyOf: [inputSchema(trackBody), inputSchema(batchBody)] },
  message: {
    type: 'object',
    description:
      'A JSON-RPC 2.0 message of the Model Context Protocol, 2026-07-28 or 2025-11-25 and earlier.',
  },
  code: {
    type: 'object',
    properties: { code: { type: 'string', description: 'As it stands in the link.' } },
    required: ['code'],
  },
  ...adminBodies,
};

/** What successes show, by the names the table of routes gives them. */
const answers: Readonly<Record<string, Json>> = {
  tracked: {
    '202': said('Stored durably.', { ok: { const: true }, event_id: { type: ['string', 'null'] } }),
  },
  counted: { '202': said('All stored durably.', { ok: { const: true }, count: { type: 'integer' } }) },
  identified: { '200': said('Stored; history joins at question time.', { ok: { const: true } }) },
  taken: { '202': said('Stored durably.', { ok: { const: true } }) },
  health: { '200': said('It runs.', { ok: { const: true }, version: { type: 'string' } }) },
  script: {
    '200': { description: 'JavaScript.', content: { 'text/javascript': { schema: { type: 'string' } } } },
  },
  page: {
    '200': {
      description: 'The page for a browser; for a program the same in few words.',
      content: {
        'text/html': { schema: { type: 'string' } },
        'application/json': {
          schema: {
            type: 'object',
            properties: { ok: { const: true }, version: { type: 'string' } },
            required: ['ok', 'version'],
          },
        },
      },
    },
  },
  html: {
    '200': { description: 'The page.', content: { 'text/html': { schema: { type: 'string' } } } },
  },
  signedIn: { '200': said('The code was good, once.', { key: { type: 'string' } }) },
  object: { '200': shown('The answer.', { type: 'object' }) },
  envelope: {
    '200': shown('The answer.', { $ref: '#/components/schemas/Answer' }),
    '202': shown('The question is still running: send the same request again with `query_id`.', {
      $ref: '#/components/schemas/Running',
    }),
  },
};

/** The HTTP interface as an OpenAPI 3.1 document, made from the tables of routes, questions, columns, keys and problems. */
export const openapi = (version: string): Json => ({
  openapi: '3.1.0',
  info: {
    title: 'Millimetric',
    version,
    description:
      'Product and web analytics in your own account. /v1 only grows. Every answer carries X-Request-Id.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: 'http://127.0.0.1:8787', description: 'npm start' }],
  paths: Object.fromEntries(
    Map.groupBy(routes, ({ path }) => path)
      .entries()
      .map(([path, same]) => [
        path,
        Object.fromEntries(same.map((route) => [route.method.toLowerCase(), operation(route)])),
      ]),
  ),
  components: {
    securitySchemes: {
      key: {
        type: 'http',
        scheme: 'bearer',
        description: Object.entries(keyKinds)
          .map(([kind, { meant }]) => `${kind}_: ${meant}`)
          .join('; '),
      },
      k: { type: 'apiKey', in: 'query', name: 'k', description: 'A pk_ key, for navigator.sendBeacon only.' },
    },
    schemas: {
      Answer: envelopeSchema,
      Running: runningSchema,
      Where: where,
      Event: {
        type: 'object',
        properties: Object.fromEntries(
          columnNames.map((name) => [name, { description: columns[name].holds }]),
        ),
      },
      Problem: {
        type: 'object',
        properties: {
          error: { enum: Object.keys(problems) },
          message: { type: 'string' },
          details: { type: 'object' },
        },
        required: ['error', 'message'],
      },
    },
  },
});

function shown(description: string, schema: Json): Json {
  return { description, content: { 'application/json': { schema } } };
}

function said(description: string, properties: Json): Json {
  return shown(description, { type: 'object', properties, required: Object.keys(properties) });
}

function operation(route: Route): Json {
  const question = route.question === undefined ? undefined : questionNamed(route.question);
  const body = route.takes === undefined ? undefined : bodies[route.takes];
  const parameters = question === undefined ? adminParameters(route) : parametersOf(inputOf(question));
  return {
    operationId:
      question?.name ??
      `${route.method.toLowerCase()}${route.path.replaceAll(/[^a-z0-9]+/g, '_').replace(/_$/, '')}`,
    summary: route.does,
    ...(question === undefined ? {} : { description: question.answers }),
    ...(parameters.length === 0 && question === undefined ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: Object.fromEntries(route.body.map((type) => [type, { schema: body }])),
          },
        }),
    security: route.key === 'none' ? [] : [{ [route.key === 'bearer' ? 'key' : 'k']: [] }],
    responses: {
      ...(route.admin === undefined ? (answers[route.answers] ?? answers.object) : adminAnswers(route.admin)),
      ...refusals(route),
    },
  };
}

function parametersOf(type: ReturnType<typeof inputOf>): readonly Json[] {
  const { properties, required } = inputSchema(type);
  const needed = Array.isArray(required) ? required : [];
  return Object.entries(typeof properties === 'object' && properties !== null ? properties : {}).map(
    ([name, schema]: [string, unknown]) => {
      const shape = type.shape[name];
      const isJson = shape !== undefined && holdsObjects(shape);
      // So many questions share it that it is said once.
      if (shape === shared.where)
        return {
          ...{ name, in: 'query', required: false, description: where.description },
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Where' } } },
        };
      return {
        name,
        in: 'query',
        required: needed.includes(name),
        ...(isJson
          ? { content: { 'application/json': { schema } } }
          : { schema, style: 'form', explode: false }),
      };
    },
  );
}

/** Every problem the route can answer with, by status. */
function refusals(route: Route): Json {
  return Object.fromEntries(
    Map.groupBy(problemsOf(route), (code) => String(problems[code].status))
      .entries()
      .map(([status, same]) => [
        status,
        {
          description: same.map((code) => `\`${code}\`: ${problems[code].when}`).join(' '),
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      ]),
  );
}
