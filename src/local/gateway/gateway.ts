import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { type Authorizer, unauthorized } from '../../access/authorize.ts';
import type { World } from '../../ports.ts';
import { asProblem, Problem } from '../../problems.ts';
import type { Route } from '../../routes.ts';
import { challenge, cors, preflight } from '../../serve/cors.ts';
import type { Handler } from '../../serve/door.ts';
import { logFailure } from '../../serve/failure.ts';
import { foreignPreflight } from '../../serve/foreign-cors.ts';
import { bodyLimitBytes, denied, gatewayAnswers } from '../../serve/gateway-answers.ts';
import { announcesTooMuch, bodyRoom, hungUp } from './body.ts';
import { boundConnections, connectionsFor, descriptorLimit } from './connections.ts';
import { allows, authorizerEventFor, contextFor, eventFor, type RequestHead } from './event.ts';
import { placeAt, routeAt } from './match.ts';
import { answerBrokenHttp, headerLimitBytes, headerLimitCount, hostFault, tooManyHeaders } from './wire.ts';

/** The handler of each door. */
export type Doors = Readonly<Record<Route['door'], Handler>>;

/** How long a request may take to arrive, in milliseconds: its head, all of it, and how often that is looked at. */
export interface Patience {
  readonly headMs: number;
  readonly requestMs: number;
  readonly lookMs: number;
}

/** What comes before the doors: the local twin of API Gateway. It is not listening yet. */
export interface Gateway {
  readonly server: Server;
  /** Takes no more requests, lets those under way finish for up to `graceMs`, then cuts what is left. */
  readonly close: (graceMs: number) => Promise<void>;
}

const patient: Patience = { headMs: 10_000, requestMs: 30_000, lookMs: 1_000 };
/** What the bodies of all requests under way may hold together. */
const usualRoomBytes = 64 << 20;

/** A server that does with the table of routes what API Gateway does: preflights, 404, 405, 413, keys, then the door. */
export const gateway = (
  world: Pick<World, 'log' | 'clock'>,
  authorizer: Authorizer,
  doors: Doors,
  patience: Patience = patient,
  roomBytes = usualRoomBytes,
  connections = connectionsFor(descriptorLimit()),
): Gateway => {
  let closing = false;
  const room = bodyRoom(roomBytes);
  const line = (request: IncomingMessage, status: number, requestId: string, at: number) =>
    world.log.info('request', {
      method: request.method,
      route: placeOf(request),
      status,
      ms: world.clock() - at,
      key: null,
      request_id: requestId,
    });

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = randomUUID();
    const at = world.clock();
    const caller = new AbortController();
    response.once('close', () => {
      room.leave(request);
      if (!response.writableFinished) caller.abort(leftEarly);
    });
    try {
      const result = await answerTo(request, response, requestId, at, caller.signal);
      send(request, response, result, closing);
    } catch (thrown) {
      if (thrown === hungUp) return void response.destroy();
      const problem = asProblem(thrown);
      if (!(thrown instanceof Problem))
        logFailure(world.log, thrown, requestId, [request.url, ...request.rawHeaders]);
      send(request, response, refusal(problem, requestId), closing);
      line(request, problem.status, requestId, at);
    }
  };

  const answerTo = async (
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
    at: number,
    caller: AbortSignal,
  ): Promise<APIGatewayProxyResult> => {
    const fault = hostFault(request);
    if (fault !== undefined) throw fault;
    if (request.rawHeaders.length > 2 * headerLimitCount) throw tooManyHeaders;
    const { path, query } = targetOf(request);
    const place = placeAt(path);
    if (request.method === 'OPTIONS') {
      line(request, 204, requestId, at);
      const methods = place.routes.map(({ method }) => method);
      return {
        statusCode: 204,
        headers: {
          ...(place.routes[0]?.door === 'dialects'
            ? foreignPreflight(request.headers.origin)
            : preflight(path, methods)),
          ...{ Allow: place.methods.join(', '), 'X-Request-Id': requestId },
        },
        body: '',
      };
    }
    const head: RequestHead = {
      route: routeAt(place, request.method ?? ''),
      requestId,
      at,
      path,
      query,
      request,
    };
    if (announcesTooMuch(request, bodyLimitBytes)) throw gatewayAnswers.tooLarge;
    const event = eventFor(head);
    const authorizerContext = head.route.key === 'none' ? undefined : await permit(event, head.route);
    if (expectsGoAhead(request)) response.writeContinue();
    const { body, isBase64Encoded } = await room.read(request);
    event.body = body;
    event.isBase64Encoded = isBase64Encoded;
    event.requestContext.authorizer = authorizerContext;
    return doors[head.route.door](event, contextFor(head, world.clock, caller)).catch((thrown: unknown) => {
      logFailure(world.log, thrown, requestId, [request.url, ...request.rawHeaders, body ?? '']);
      throw gatewayAnswers.noAnswer;
    });
  };

  /** The authorizer’s context, or the 401 or 403 that a gateway answers by itself. */
  const permit = async (
    event: APIGatewayProxyEvent,
    route: Route,
  ): Promise<APIGatewayProxyEvent['requestContext']['authorizer']> => {
    if (!(route.key === 'k' ? event.queryStringParameters?.k : event.headers.authorization))
      throw gatewayAnswers.noKey;
    const verdict = await authorizer(authorizerEventFor(event)).catch((thrown: unknown) => {
      if (thrown instanceof Error && thrown.message === unauthorized) throw gatewayAnswers.noKey;
      logFailure(world.log, thrown, event.requestContext.requestId, [
        ...Object.values(event.headers),
        ...Object.values(event.queryStringParameters ?? {}),
      ]);
      throw gatewayAnswers.noVerdict;
    });
    const context = Object.fromEntries(
      Object.entries(verdict.context ?? {}).map(([name, value]) => [name, String(value)]),
    );
    if (!allows(verdict, event)) throw denied(context);
    return { ...context, principalId: verdict.principalId };
  };

  const server = createServer(
    {
      maxHeaderSize: headerLimitBytes,
      requireHostHeader: false,
      headersTimeout: patience.headMs,
      requestTimeout: patience.requestMs,
      connectionsCheckingInterval: patience.lookMs,
      keepAliveTimeout: 65_000,
      noDelay: true,
    },
    serve,
  );
  // A client may close its half once its request is sent; without this, Node ends the socket and the answer is lost.
  Object.assign(server, { httpAllowHalfOpen: true });
  // Beyond its own limit Node forgets headers in silence; ours says so.
  server.maxHeadersCount = 0;
  boundConnections(server, connections);
  server.on('checkContinue', serve);
  server.on('checkExpectation', serve);
  server.on('clientError', (error: Error, socket: Duplex) => answerBrokenHttp(error, socket));
  server.on('connect', (_, socket: Duplex) => answerBrokenHttp(new Error('CONNECT'), socket));
  return {
    server,
    close: (graceMs) => {
      closing = true;
      return close(server, graceMs);
    },
  };
};

/** Why a question is stopped whose caller hung up: for the log, since nobody is left to read it. */
const leftEarly = new Problem('request_timeout', 'The caller hung up before the answer was there.');

const expectsGoAhead = ({ headers }: IncomingMessage): boolean =>
  headers.expect?.toLowerCase() === '100-continue';

/** The target’s path and query, as sent; a whole URL (as proxies send it) loses its origin. */
const targetOf = ({ url = '' }: IncomingMessage): { readonly path: string; readonly query: string } => {
  const target = url.replace(/^https?:\/\/[^/?#]*/i, '');
  const mark = target.indexOf('?');
  return mark < 0
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
};

/** The route’s path for the log; a path that is no route may hold anything, so it stays out. */
const placeOf = (request: IncomingMessage): string | null => {
  try {
    return placeAt(targetOf(request).path).path;
  } catch {
    return null;
  }
};

const refusal = (problem: Problem, requestId: string): APIGatewayProxyResult => {
  const headers = {
    ...cors,
    'Cache-Control': 'no-store',
    ...(problem.status === 401 ? challenge : {}),
    ...problem.headers,
    'Content-Type': 'application/json',
  };
  return {
    statusCode: problem.status,
    headers: { ...headers, 'X-Request-Id': requestId },
    body: JSON.stringify(problem.body),
  };
};

/** How long a refused sender may go on before we hang up: cutting at once would make it lose the answer. */
const lingerMs = 1_000;

const send = (
  request: IncomingMessage,
  response: ServerResponse,
  result: APIGatewayProxyResult,
  last: boolean,
): void => {
  const { statusCode, headers = {}, body, isBase64Encoded = false } = result;
  if (response.destroyed) return;
  const bytes = isBase64Encoded ? Buffer.from(body, 'base64') : body;
  const length =
    statusCode === 204
      ? {}
      : { 'Content-Length': typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length };
  const unread = !request.complete && (statusCode === 413 || statusCode === 429 || expectsGoAhead(request));
  response.writeHead(statusCode, {
    ...textHeaders(headers),
    ...length,
    ...(unread || last ? { Connection: 'close' } : {}),
  });
  if (!unread) return void response.end(request.method === 'HEAD' ? undefined : bytes);
  response.write(bytes);
  request.on('error', () => {}).resume();
  const hangUp = setTimeout(() => response.end(), lingerMs);
  request.on('close', () => clearTimeout(hangUp));
  request.on('end', () => response.end());
};

const textHeaders = (headers: Readonly<Record<string, boolean | number | string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

const close = (server: Server, graceMs: number): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
