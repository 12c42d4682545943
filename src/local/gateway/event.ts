import type { IncomingMessage } from 'node:http';
import type {
  APIGatewayAuthorizerResult,
  APIGatewayProxyEvent,
  APIGatewayRequestAuthorizerEvent,
  Context as LambdaContext,
} from 'aws-lambda';
import type { Route } from '../../routes.ts';
import { parametersIn } from './match.ts';

/** A request as far as its head tells. */
export interface RequestHead {
  readonly route: Route;
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** As sent, without the query. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly request: IncomingMessage;
}

type Values = Record<string, string[]>;

/** The event API Gateway (REST, v1) gives a Lambda for this request. */
export const eventFor = (
  head: RequestHead,
  body: string | null = null,
  authorizer: APIGatewayAuthorizerResult['context'] = null,
): APIGatewayProxyEvent => {
  const { route, path, request } = head;
  const { single: headers, multi: multiValueHeaders } = lists(pairs(request.rawHeaders));
  const { single: query, multi: queries } = lists(new URLSearchParams(head.query));
  return {
    resource: route.path,
    path,
    httpMethod: route.method,
    headers,
    multiValueHeaders,
    queryStringParameters: head.query === '' ? null : query,
    multiValueQueryStringParameters: head.query === '' ? null : queries,
    pathParameters: parametersIn(path, route),
    stageVariables: null,
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      authorizer: authorizer ?? undefined,
      protocol: `HTTP/${request.httpVersion}`,
      httpMethod: route.method,
      identity: {
        ...nobody,
        sourceIp: request.socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, '') ?? '',
        userAgent: headers['user-agent'] ?? null,
      },
      path,
      stage: 'local',
      requestId: head.requestId,
      requestTimeEpoch: head.at,
      resourceId: 'local',
      resourcePath: route.path,
    },
    body,
    isBase64Encoded: false,
  };
};

/** The same as its authorizer sees it: no body, and the method’s ARN. */
export const authorizerEventFor = ({
  body: _,
  isBase64Encoded: __,
  requestContext,
  ...event
}: APIGatewayProxyEvent): APIGatewayRequestAuthorizerEvent => ({
  ...event,
  type: 'REQUEST',
  methodArn: methodArn(event),
  requestContext: { ...requestContext, authorizer: undefined },
});

/** Does the policy name this request’s method and path and allow it? A denial wins; silence denies. */
export const allows = (
  { policyDocument }: APIGatewayAuthorizerResult,
  event: Pick<APIGatewayProxyEvent, 'httpMethod' | 'path'>,
): boolean => {
  const effects = policyDocument.Statement.flatMap((statement) => {
    const resources = 'Resource' in statement ? [statement.Resource].flat() : [];
    return resources.some((pattern = '') => covers(pattern, methodArn(event))) ? [statement.Effect] : [];
  });
  return effects.includes('Allow') && !effects.includes('Deny');
};

/** IAM’s asterisk stands for anything. */
const covers = (pattern: string, arn: string): boolean => {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.at(-1);
  return tail === undefined
    ? pattern === arn
    : arn.startsWith(head) && arn.endsWith(tail) && arn.length >= head.length + tail.length;
};

/** What Lambda tells a handler about its run, API Gateway waiting 29 s; and what only this gateway can tell, when the caller hung up. */
export const contextFor = (
  { requestId, at, route }: RequestHead,
  clock: () => number,
  signal: AbortSignal,
): LambdaContext & { readonly signal: AbortSignal } => ({
  signal,
  callbackWaitsForEmptyEventLoop: false,
  functionName: route.door,
  functionVersion: '$LATEST',
  invokedFunctionArn: `arn:aws:lambda:local:000000000000:function:${route.door}`,
  memoryLimitInMB: '0',
  awsRequestId: requestId,
  logGroupName: 'local',
  logStreamName: 'local',
  getRemainingTimeInMillis: () => 29_500 - (clock() - at),
  done: none,
  fail: none,
  succeed: none,
});

const none = () => {};

const nobody = {
  accessKey: null,
  accountId: null,
  apiKey: null,
  apiKeyId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  user: null,
  userArn: null,
} as const;

const methodArn = ({ httpMethod, path }: Pick<APIGatewayProxyEvent, 'httpMethod' | 'path'>): string =>
  `arn:aws:execute-api:local:000000000000:local/local/${httpMethod}${path}`;

function* pairs(raw: readonly string[]): Iterable<readonly [string, string]> {
  for (let i = 0; i + 1 < raw.length; i += 2) yield [(raw[i] ?? '').toLowerCase(), raw[i + 1] ?? ''];
}

/** Each name with its last value, and with all of them. No name can reach the prototype. */
const lists = (
  given: Iterable<readonly [string, string]>,
): { readonly single: Record<string, string>; readonly multi: Values } => {
  const all = new Map<string, string[]>();
  for (const [name, value] of given) {
    const values = all.get(name);
    if (values === undefined) all.set(name, [value]);
    else values.push(value);
  }
  return {
    single: Object.fromEntries(Array.from(all, ([name, values]) => [name, values.at(-1) ?? ''])),
    multi: Object.fromEntries(all),
  };
};
