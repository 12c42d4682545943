import type { APIGatewayProxyEvent } from 'aws-lambda';
import { principalOf, refusalOf } from '../access/context.ts';
import type { Principal } from '../access/kinds.ts';
import { checkOrigin, refusalFor } from '../access/may.ts';
import { presentedIn } from '../access/presented.ts';
import { Problem } from '../problems.ts';
import { type Route, routes } from '../routes.ts';
import { challenge } from './cors.ts';
import type { Asked } from './door.ts';
import { bodyLimitBytes, gatewayAnswers } from './gateway-answers.ts';

/**
 * A gateway’s request as a door sees it, checked in this order: route, key (401), what its kind may do and where (403), content type
 * (415), size (413), query. Throws the Problem of the first that fails; without a principal nothing passes that needs a key.
 */
export const askedOf = (event: APIGatewayProxyEvent): Asked => {
  const route = routeOf(event);
  const headers = lowerCased(event.headers);
  const principal = route.needs === null ? null : principalFor(event, route, headers);
  checkContentType(route, headers);
  return {
    route,
    principal,
    requestId: event.requestContext.requestId,
    base: baseOf(event, route, headers),
    headers,
    query: queryOf(event),
    body: bodyOf(event),
    ip: event.requestContext.identity.sourceIp,
  };
};

/** Scheme, host and what the gateway puts before a route’s path (its stage). A host that cannot be one is not repeated. */
const baseOf = (
  { requestContext }: APIGatewayProxyEvent,
  { path }: Route,
  headers: Asked['headers'],
): string => {
  const host = /^[\w.-]+(:\d+)?$|^\[[\da-f:.]+\](:\d+)?$/i.test(headers.host ?? '')
    ? headers.host
    : 'localhost';
  const scheme = /^https\b/i.test(headers['x-forwarded-proto'] ?? '') ? 'https' : 'http';
  const whole = requestContext.path ?? path;
  const at = whole.lastIndexOf(path === '/' ? '/' : path);
  return `${scheme}://${host}${at > 0 ? whole.slice(0, at) : ''}`;
};

const byName: ReadonlyMap<string, Route> = new Map(
  routes.map((route) => [`${route.method} ${route.path}`, route]),
);

const routeOf = ({ httpMethod, resource }: APIGatewayProxyEvent): Route => {
  const route = byName.get(`${httpMethod === 'HEAD' ? 'GET' : httpMethod} ${resource}`);
  if (route === undefined) throw gatewayAnswers.noRoute;
  return route;
};

const principalFor = (event: APIGatewayProxyEvent, route: Route, headers: Asked['headers']): Principal => {
  const { requestContext } = event;
  // The verdict may be one that was remembered, of a request with one key.
  if (presentedIn(event, route).length > 1) throw gatewayAnswers.noKey;
  const refused = refusalOf(requestContext.authorizer);
  if (refused !== null) throw new Problem(refused.problem, refused.message, { headers: challenge });
  const principal = principalOf(requestContext.authorizer);
  if (principal === null || route.needs === null) throw gatewayAnswers.noKey;
  const forbidden = refusalFor(principal, route.needs);
  if (forbidden !== null) throw new Problem(forbidden.problem, forbidden.message);
  checkOrigin(principal, headers.origin);
  return principal;
};

const lowerCased = (headers: APIGatewayProxyEvent['headers']): Record<string, string> => {
  const lower: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) lower[name.toLowerCase()] = value;
  }
  return lower;
};

const checkContentType = ({ body }: Route, headers: Asked['headers']): void => {
  if (body.length === 0) return;
  const came = headers['content-type'] ?? '';
  const wanted = `Send Content-Type: ${body.join(' or ')}`;
  if (!body.includes(came.split(';', 1)[0]?.trim().toLowerCase() ?? '')) {
    throw new Problem(
      'unsupported_media_type',
      `${came === '' ? 'No Content-Type came' : `Content-Type ${JSON.stringify(came.slice(0, 100))} came`}. ${wanted}.`,
    );
  }
  const coding = headers['content-encoding'] ?? 'identity';
  if (coding.toLowerCase() !== 'identity') {
    throw new Problem(
      'unsupported_media_type',
      `Content-Encoding ${JSON.stringify(coding.slice(0, 100))} came. ${wanted} without compression.`,
    );
  }
};

const queryOf = ({
  multiValueQueryStringParameters: given,
}: APIGatewayProxyEvent): Record<string, string> => {
  const entries: [string, string][] = [];
  const repeated: [string, string[]][] = [];
  for (const [name, values = []] of Object.entries(given ?? {})) {
    entries.push([name, values[0] ?? '']);
    if (values.length > 1)
      repeated.push([name, [`Came ${values.length} times; send it once, lists with commas.`]]);
  }
  if (repeated.length === 0) return Object.fromEntries(entries);
  const names = repeated.map(([name]) => JSON.stringify(name.slice(0, 64))).join(', ');
  throw new Problem(
    'invalid_params',
    `A query parameter came more than once: ${names}. Send each once; lists go into one, with commas.`,
    {
      details: { formErrors: [], fieldErrors: Object.fromEntries(repeated) },
    },
  );
};

const bodyOf = ({ body, isBase64Encoded }: APIGatewayProxyEvent): string => {
  if (body === null) return '';
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString() : body;
  // A character is 1 to 3 bytes per UTF-16 unit; counting is needed only in between.
  if (
    text.length > bodyLimitBytes ||
    (text.length * 3 > bodyLimitBytes && Buffer.byteLength(text) > bodyLimitBytes)
  )
    throw gatewayAnswers.tooLarge;
  return text;
};
