import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { foreignRoutes } from '../../src/dialects/routes.ts';
import { type ProblemCode, problems } from '../../src/problems.ts';
import { routes } from '../../src/routes.ts';
import { gatewayAnswers, wrongMethod } from '../../src/serve/gateway-answers.ts';
import { synthesized } from './synth.ts';

const ref = z.object({ Ref: z.string() });
/** The API’s root is no resource of its own. */
const root = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('RootResourceId')]) });
const resourceShape = z.object({ ParentId: z.unknown(), PathPart: z.string() });
const headersShape = z.record(z.string(), z.string());
const methodShape = z.object({
  HttpMethod: z.string(),
  ResourceId: z.union([ref, root]),
  AuthorizationType: z.string(),
  AuthorizerId: ref.optional(),
  Integration: z.object({
    Type: z.string(),
    Uri: z.unknown().optional(),
    PassthroughBehavior: z.string().optional(),
    RequestTemplates: headersShape.optional(),
    IntegrationResponses: z
      .array(
        z.object({
          StatusCode: z.string(),
          ResponseParameters: headersShape,
          ResponseTemplates: headersShape,
        }),
      )
      .optional(),
  }),
});
type Method = z.infer<typeof methodShape>;

let template: Template;
let methods: ReadonlyMap<string, Method>;

beforeAll(() => {
  template = synthesized().template;
  const resources = template.findResources('AWS::ApiGateway::Resource');
  const pathOf = (id: string): string => {
    const found = resources[id];
    if (found === undefined) return '';
    const { ParentId, PathPart } = resourceShape.parse(found.Properties);
    return `${pathOf(ref.safeParse(ParentId).data?.Ref ?? '')}/${PathPart}`;
  };
  const all = Object.values(template.findResources('AWS::ApiGateway::Method')).map(({ Properties }) =>
    methodShape.parse(Properties),
  );
  methods = new Map(
    all.map((method) => [
      `${method.HttpMethod} ${'Ref' in method.ResourceId ? pathOf(method.ResourceId.Ref) : '/'}`,
      method,
    ]),
  );
});

const at = (name: string): Method => {
  const method = methods.get(name);
  if (method === undefined) throw new Error(`the gateway has no ${name}`);
  return method;
};
const paths = [...new Set(routes.map(({ path }) => path))];
const foreign = [...new Set(foreignRoutes.map(({ path }) => path))];
const methodsOf = (path: string) =>
  routes
    .filter((route) => route.path === path)
    .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));

describe('the gateway', () => {
  test('has the routes of the table, HEAD wherever GET is, a preflight and a 405 at each path, and nothing else', () => {
    const wanted = paths.flatMap((path) =>
      [...methodsOf(path), 'OPTIONS', 'ANY'].map((method) => `${method} ${path}`),
    );
    const ofOthers = foreign.flatMap((path) =>
      ['GET', 'HEAD', 'POST', 'OPTIONS', 'ANY'].map((method) => `${method} ${path}`),
    );
    expect([...methods.keys()].sort()).toEqual([...wanted, ...ofOthers].sort());
  });

  test.each(foreign)(
    'sends what other tools’ SDKs say at %s to their door, preflights too, without asking for a key',
    (path) => {
      for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
        const { AuthorizationType, Integration } = at(`${method} ${path}`);
        expect([AuthorizationType, Integration.Type]).toEqual(['NONE', 'AWS_PROXY']);
        expect(JSON.stringify(Integration.Uri)).toContain('DoorsDialectsFunction');
      }
      expect(at(`ANY ${path}`).Integration.Type).toBe('MOCK');
    },
  );

  test('hands on as bytes whatever such an SDK may call its body', () => {
    const [api] = Object.values(template.findResources('AWS::ApiGateway::RestApi'));
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded'])
      expect(api?.Properties.BinaryMediaTypes).toContain(type);
  });

  test.each(routes.flatMap((route) => methodsOf(route.path).map((method) => ({ ...route, method }))))(
    'sends $method $path to $door and asks for its key in $key',
    ({ method, path, door, key }) => {
      const { AuthorizationType, AuthorizerId, Integration } = at(`${method} ${path}`);
      expect(Integration.Type).toBe('AWS_PROXY');
      expect(JSON.stringify(Integration.Uri)).toMatch(new RegExp(`Doors${door}Function`, 'i'));
      expect(AuthorizationType).toBe(key === 'none' ? 'NONE' : 'CUSTOM');
      if (key !== 'none') expect(AuthorizerId?.Ref).toMatch(key === 'k' ? /Beacon/ : /Bearer/);
    },
  );

  test('keeps a verdict 60 s, for one key on one route only', () => {
    const authorizer = (source: string) => ({
      Type: 'REQUEST',
      AuthorizerResultTtlInSeconds: 60,
      IdentitySource: `${source},context.resourcePath,context.httpMethod`,
    });
    template.hasResourceProperties(
      'AWS::ApiGateway::Authorizer',
      authorizer('method.request.header.Authorization'),
    );
    template.hasResourceProperties('AWS::ApiGateway::Authorizer', authorizer('method.request.querystring.k'));
    template.resourceCountIs('AWS::ApiGateway::Authorizer', 2);
  });

  test.each(paths)(
    'answers OPTIONS on %s itself with 204, and any other method with 405 in our words',
    (path) => {
      const preflight = at(`OPTIONS ${path}`);
      const [allowed] = preflight.Integration.IntegrationResponses ?? [];
      expect([preflight.AuthorizationType, preflight.Integration.Type, allowed?.StatusCode]).toEqual([
        'NONE',
        'MOCK',
        '204',
      ]);
      const headers = allowed?.ResponseParameters ?? {};
      const allow = methodsOf(path);
      expect(headers['method.response.header.Access-Control-Allow-Methods']).toBe(
        `'${allow.filter((method) => method !== 'HEAD').join(', ')}'`,
      );
      expect(headers['method.response.header.Access-Control-Allow-Headers']).toContain(
        path === '/mcp'
          ? 'Mcp-Session-Id'
          : path.startsWith('/v1/admin')
            ? 'Content-Encoding, If-Match, Idempotency-Key, baggage'
            : "'Authorization, Content-Type, Content-Encoding, baggage, sentry-trace, ",
      );

      const wrong = at(`ANY ${path}`);
      const [answer] = wrong.Integration.IntegrationResponses ?? [];
      expect([
        wrong.AuthorizationType,
        wrong.Integration.Type,
        answer?.StatusCode,
        wrong.Integration.PassthroughBehavior,
      ]).toEqual(['NONE', 'MOCK', '405', 'NEVER']);
      expect(answer?.ResponseTemplates['application/json']).toBe(
        JSON.stringify(wrongMethod(path, allow).body),
      );
      expect(answer?.ResponseParameters).toMatchObject({
        'method.response.header.Allow': `'${allow.join(', ')}'`,
        'method.response.header.Access-Control-Allow-Origin': "'*'",
        'method.response.header.X-Request-Id': 'context.requestId',
      });
      for (const text of Object.values(wrong.Integration.RequestTemplates ?? {}))
        expect(JSON.parse(text)).toEqual({ statusCode: 405 });
    },
  );

  test('throttles, traces, and logs each request without key, query, body or address', () => {
    template.hasResourceProperties('AWS::ApiGateway::Stage', {
      StageName: 'api',
      TracingEnabled: true,
      MethodSettings: [
        Match.objectLike({
          HttpMethod: '*',
          ResourcePath: '/*',
          ThrottlingRateLimit: 500,
          ThrottlingBurstLimit: 1000,
          LoggingLevel: 'OFF',
          DataTraceEnabled: false,
        }),
      ],
      AccessLogSetting: {
        DestinationArn: Match.anyValue(),
        Format: Match.serializedJson(
          Match.objectLike({ route: '$context.resourcePath', status: '$context.status' }),
        ),
      },
    });
    const stage = JSON.stringify(template.findResources('AWS::ApiGateway::Stage'));
    expect(stage).not.toMatch(/sourceIp|userAgent|\$context\.path|header/);
  });

  test('is Regional and in no VPC', () => {
    template.hasResourceProperties('AWS::ApiGateway::RestApi', {
      EndpointConfiguration: { Types: ['REGIONAL'] },
    });
    for (const { Properties } of Object.values(template.findResources('AWS::Lambda::Function')))
      expect(Properties).not.toHaveProperty('VpcConfig');
  });
});

/** What each of API Gateway’s own refusals is answered with. */
const refusals: Readonly<Record<string, ProblemCode | 'of the authorizer'>> = {
  ACCESS_DENIED: 'of the authorizer',
  API_CONFIGURATION_ERROR: 'internal_error',
  AUTHORIZER_CONFIGURATION_ERROR: 'internal_error',
  AUTHORIZER_FAILURE: 'internal_error',
  BAD_REQUEST_BODY: 'invalid_payload',
  BAD_REQUEST_PARAMETERS: 'invalid_params',
  DEFAULT_4XX: 'not_found',
  DEFAULT_5XX: 'internal_error',
  EXPIRED_TOKEN: 'not_found',
  INTEGRATION_FAILURE: 'upstream_failed',
  INTEGRATION_TIMEOUT: 'query_timeout',
  INVALID_API_KEY: 'missing_bearer_token',
  INVALID_SIGNATURE: 'not_found',
  MISSING_AUTHENTICATION_TOKEN: 'not_found',
  QUOTA_EXCEEDED: 'rate_limited',
  REQUEST_TOO_LARGE: 'payload_too_large',
  RESOURCE_NOT_FOUND: 'not_found',
  THROTTLED: 'rate_limited',
  UNAUTHORIZED: 'missing_bearer_token',
  UNSUPPORTED_MEDIA_TYPE: 'unsupported_media_type',
  WAF_FILTERED: 'rate_limited',
};
const refusalShape = z.object({
  ResponseType: z.string(),
  StatusCode: z.string(),
  ResponseParameters: headersShape,
  ResponseTemplates: z.object({ 'application/json': z.string() }),
});

describe('what the gateway refuses by itself', () => {
  const answers = () =>
    Object.values(template.findResources('AWS::ApiGateway::GatewayResponse')).map(({ Properties }) =>
      refusalShape.parse(Properties),
    );
  const answerTo = (type: string) => answers().find(({ ResponseType }) => ResponseType === type);

  test('is every kind there is, once', () => {
    expect(
      answers()
        .map(({ ResponseType }) => ResponseType)
        .sort(),
    ).toEqual(Object.keys(refusals).sort());
  });

  test.each(Object.entries(refusals))('%s is answered %s, readable by any page', (type, code) => {
    const answer = answerTo(type);
    const status = code === 'of the authorizer' ? 403 : problems[code].status;
    expect(answer?.StatusCode).toBe(String(status));
    const body = JSON.parse(answer?.ResponseTemplates['application/json'] ?? '');
    expect(Object.keys(body)).toEqual(['error', 'message']);
    expect(body.error).toBe(code === 'of the authorizer' ? '$context.authorizer.denied' : code);
    const headers = answer?.ResponseParameters ?? {};
    expect(headers['gatewayresponse.header.Access-Control-Allow-Origin']).toBe("'*'");
    expect(headers['gatewayresponse.header.Access-Control-Allow-Credentials']).toBeUndefined();
    expect(headers['gatewayresponse.header.X-Request-Id']).toBe('context.requestId');
    expect(headers['gatewayresponse.header.WWW-Authenticate']).toBe(
      status === 401 ? `'Bearer realm="mcp"'` : undefined,
    );
    expect(/^'\d+'$/.test(headers['gatewayresponse.header.Retry-After'] ?? '')).toBe(status === 429);
  });

  test.each([
    ['UNAUTHORIZED', gatewayAnswers.noKey],
    ['MISSING_AUTHENTICATION_TOKEN', gatewayAnswers.noRoute],
    ['REQUEST_TOO_LARGE', gatewayAnswers.tooLarge],
    ['AUTHORIZER_FAILURE', gatewayAnswers.noVerdict],
    ['INTEGRATION_FAILURE', gatewayAnswers.noAnswer],
    ['INTEGRATION_TIMEOUT', gatewayAnswers.tooLate],
  ])('%s has the local gateway’s body, byte for byte', (type, problem) => {
    expect(answerTo(type)?.ResponseTemplates['application/json']).toBe(JSON.stringify(problem.body));
  });
});
