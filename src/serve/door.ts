import middy, { type Request } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { keyNameIn } from '../access/context.ts';
import type { World } from '../ports.ts';
import { asProblem, type Problem } from '../problems.ts';
import { shownText } from '../tools/shown.ts';
import { askedOf, type RoutedRequest } from './asked.ts';
import { challenge, cors } from './cors.ts';
import { logFailure } from './failure.ts';
import { gatewayAnswers } from './gateway-answers.ts';

/** What API Gateway calls: one request in, one answer out. */
export type Handler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/** A door’s answer; `body` is JSON, shown as visible.ts says, unless it is text with its own content type. */
export interface Told {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Makes a handler of what a door says to one request. */
export type MakeDoor = (
  world: Pick<World, 'log' | 'clock'>,
  tell: (asked: RoutedRequest) => Promise<Told>,
) => Handler;

type Turn = Request<APIGatewayProxyEvent, APIGatewayProxyResult, Error, Context, { began?: number }>;

/** A handler around `tell`: every request is checked, every answer has its headers, every failure its body, every request its log line. */
export const door: MakeDoor = (world, tell) =>
  answering(world, (event, context) => tell({ ...askedOf(event), ...callerOf(context) }));

/** The same around what looks at a gateway’s request for itself. */
export const answering = (
  world: Pick<World, 'log' | 'clock'>,
  tell: (event: APIGatewayProxyEvent, context: Context) => Promise<Told>,
): Handler => {
  const finish = (turn: Turn): void => {
    const { event, response, internal } = turn;
    if (!response) return;
    response.headers = {
      ...cors,
      'Cache-Control': 'no-store',
      ...response.headers,
      'X-Request-Id': event.requestContext.requestId,
    };
    world.log.info('request', {
      method: event.httpMethod,
      route: event.resource,
      status: response.statusCode,
      ms: world.clock() - (internal.began ?? world.clock()),
      key: keyNameIn(event.requestContext.authorizer),
      request_id: event.requestContext.requestId,
    });
  };
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult, Error, Context, { began?: number }>({
    timeoutEarlyInMillis: 500,
    timeoutEarlyResponse: () => {
      throw gatewayAnswers.tooLate;
    },
  })
    .before(({ internal }: Turn) => {
      internal.began = world.clock();
    })
    .after(finish)
    .onError((turn: Turn) => {
      const { event, error } = turn;
      const problem = asProblem(error);
      if (problem.cause !== undefined && problem.status >= 500)
        logFailure(world.log, problem, event.requestContext.requestId, privateOf(event));
      turn.response = refusal(problem);
      finish(turn);
    })
    .handler(async (event: APIGatewayProxyEvent, context: Context) => answer(await tell(event, context)));
};

/** A gateway in this process says in the context when the caller hung up; AWS’s cannot. */
const callerOf = (context: Context): Pick<RoutedRequest, 'signal'> =>
  'signal' in context && context.signal instanceof AbortSignal ? { signal: context.signal } : {};

const answer = ({ status, headers = {}, body }: Told): APIGatewayProxyResult => {
  if (body === undefined) return { statusCode: status, headers: { ...headers }, body: '' };
  const typed = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  return typed && typeof body === 'string'
    ? { statusCode: status, headers: { ...headers }, body }
    : {
        statusCode: status,
        headers: { 'Content-Type': 'application/json', ...headers },
        body: shownText(body),
      };
};

const refusal = (problem: Problem): APIGatewayProxyResult =>
  answer({
    status: problem.status,
    headers: { ...(problem.status === 401 ? challenge : {}), ...problem.headers },
    body: problem.body,
  });

const privateOf = ({
  headers,
  multiValueQueryStringParameters: query,
  body,
  requestContext,
}: APIGatewayProxyEvent): readonly (string | null | undefined)[] => [
  ...Object.values(headers),
  ...Object.values(query ?? {}).flatMap((values) => values ?? []),
  body,
  requestContext.identity.sourceIp,
];
