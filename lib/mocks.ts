import {
  ContentHandling,
  type Integration,
  type MethodOptions,
  MockIntegration,
  PassthroughBehavior,
} from 'aws-cdk-lib/aws-apigateway';
import type { Route } from '../src/routes.ts';
import { preflight } from '../src/serve/cors.ts';
import { wrongMethod } from '../src/serve/gateway-answers.ts';
import { plain, quoted, refusalHeaders } from './gateway-responses.ts';

/** A method that the gateway answers by itself, always the same. */
export interface Mock {
  readonly integration: Integration;
  readonly options: MethodOptions;
}

/** The answer to a preflight of this path: 204, and what pages may send there. */
export const preflightMock = (
  path: string,
  methods: readonly Route['method'][],
  allowed: readonly string[],
): Mock => mock(204, { ...preflight(path, methods), Allow: allowed.join(', ') }, '');

/** The answer to any other method on this path: 405 with `Allow`. */
export const wrongMethodMock = (path: string, allowed: readonly string[]): Mock => {
  const problem = wrongMethod(path, allowed);
  return mock(problem.status, { ...refusalHeaders, ...problem.headers }, plain(JSON.stringify(problem.body)));
};

/**
 * A mock picks its template by the request’s Content-Type, so each that is likely to come is listed. Any other is 415 from the gateway itself: passed through without a
 * template it would be a 500.
 */
const contentTypes = [
  'application/json',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'application/octet-stream',
  'application/xml',
  'text/xml',
  'text/html',
  'application/x-ndjson',
];

const mock = (status: number, headers: Readonly<Record<string, string>>, body: string): Mock => {
  const statusCode = String(status);
  const named = Object.entries(quoted(headers)).map(
    ([name, value]) => [`method.response.header.${name}`, value] as const,
  );
  return {
    integration: new MockIntegration({
      passthroughBehavior: PassthroughBehavior.NEVER,
      // A template reads text; a request without Content-Type counts as JSON, which this API hands on as bytes.
      contentHandling: ContentHandling.CONVERT_TO_TEXT,
      requestTemplates: Object.fromEntries(
        contentTypes.map((type) => [type, JSON.stringify({ statusCode: status })]),
      ),
      integrationResponses: [
        {
          statusCode,
          responseParameters: Object.fromEntries(named),
          responseTemplates: { 'application/json': body },
        },
      ],
    }),
    options: {
      methodResponses: [
        { statusCode, responseParameters: Object.fromEntries(named.map(([name]) => [name, true])) },
      ],
    },
  };
};
