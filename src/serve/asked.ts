import type { APIGatewayProxyEvent } from 'aws-lambda';
import { contextRefusal, principalOf } from '../access/context.ts';
import { checkOrigin, checkPlan, refusalFor } from '../access/may.ts';
import { presentedIn } from '../access/presented.ts';
import type { Principal } from '../access/principal.ts';
import { Problem } from '../problems.ts';
import { type Route, routes } from '../routes.ts';
import { challenge } from './cors.ts';
import { bodyLimitBytes, gatewayAnswers } from './gateway-answers.ts';
import { unpacked } from './unpacked.ts';

/**
 * A gateway’s request as a door sees it, checked in this order: route, key (401), what its kind may do (403), its plan (402) and where (403), content type
 * (415), size (413), encoding (400), query. Throws the Problem of the first that fails; without a principal nothing passes that needs a key.
 */
export const askedOf = (event: APIGatewayProxyEvent): RoutedRequest => {
  const route = routeOf(event);
  const headers = lowerCased(event.headers);
  const principal = route.needs === null ? null : principalFor(event, route, headers);
  checkContentType(route, headers);
  return {
    route,
    principal,
    id: event.pathParameters?.id,
    requestId: event.requestContext.requestId,
    base: baseOf(event, route, headers),
    headers,
    query: queryOf(event),
    body: bodyOf(event, headers),
    ip: event.requestContext.identity.sourceIp,
  };
};

/** Scheme, host and what the gateway puts before a route’s path (its stage). A host that cannot be one is not repeated. */
export const baseOf = (
  { requestContext }: APIGatewayProxyEvent,
  { path }: Pick<Route, 'path'>,
  headers: RoutedRequest['headers'],
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

const principalFor = (
  event: APIGatewayProxyEvent,
  route: Route,
  headers: RoutedRequest['headers'],
): Principal => {
  const { requestContext } = event;
  // The verdict may be one that was remembered, of a request with one key.
  if (presentedIn(event, route).length > 1) throw gatewayAnswers.noKey;
  const refused = contextRefusal(requestContext.authorizer);
  if (refused !== null) throw new Problem(refused.problem, refused.message, { headers: challenge });
  const principal = principalOf(requestContext.authorizer);
  if (principal === null || route.needs === null) throw gatewayAnswers.noKey;
  const forbidden = refusalFor(principal, route.needs);
  if (forbidden !== null) throw new Problem(forbidden.problem, forbidden.message);
  checkPlan(principal, route.needs);
  checkOrigin(principal, headers.origin);
  return principal;
};

/** Headers by their names in lower case. */
export const lowerCased = (headers: APIGatewayProxyEvent['headers']): Record<string, string> => {
  const lower: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) lower[name.toLowerCase()] = value;
  }
  return lower;
};

const checkContentType = ({ body }: Route, headers: RoutedRequest['headers']): void => {
  if (body.length === 0) return;
  const came = headers['content-type'] ?? '';
  const wanted = `Send Content-Type: ${body.join(' or ')}`;
  if (!body.includes(came.split(';', 1)[0]?.trim().toLowerCase() ?? '')) {
    throw new Problem(
      'unsupported_media_type',
      `${came === '' ? 'No Content-Type came' : `Content-Type ${JSON.stringify(came.slice(0, 100))} came`}. ${wanted}.`,
    );
  }
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(came) ?? [];
  if (!utf8.includes(charset.toLowerCase()))
    throw new Problem(
      'unsupported_media_type',
      `A body in ${JSON.stringify(charset.slice(0, 100))} came. Bodies are UTF-8: convert the text, and leave charset out or set it to utf-8.`,
    );
  const coding = codingOf(headers);
  if (coding !== 'identity' && !isGzip(coding))
    throw new Problem(
      'unsupported_media_type',
      `Content-Encoding ${JSON.stringify(coding.slice(0, 100))} came. Send the body plain, or packed with Content-Encoding: gzip.`,
      { headers: { 'Accept-Encoding': 'gzip' } },
    );
};

/** ASCII is UTF-8. */
const utf8 = ['utf-8', 'utf8', 'us-ascii', 'ascii', ''];
const codingOf = (headers: RoutedRequest['headers']): string =>
  (headers['content-encoding'] ?? '').trim().toLowerCase() || 'identity';
/** By its name and its old one. */
const isGzip = (coding: string): boolean => coding === 'gzip' || coding === 'x-gzip';

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

/** The body as text, without a byte order mark. What a gateway handed on as bytes is checked here; what it handed on as text it has read itself. */
const bodyOf = (
  { body, isBase64Encoded }: Pick<APIGatewayProxyEvent, 'body' | 'isBase64Encoded'>,
  headers: RoutedRequest['headers'],
): string => {
  if (body === null) return '';
  if (isGzip(codingOf(headers)))
    return utf8Text(unpacked(Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')));
  if (isBase64Encoded) {
    const bytes = Buffer.from(body, 'base64');
    if (bytes.length > bodyLimitBytes) throw gatewayAnswers.tooLarge;
    return utf8Text(bytes);
  }
  // A character is 1 to 3 bytes per UTF-16 unit; counting is needed only in between.
  if (
    body.length > bodyLimitBytes ||
    (body.length * 3 > bodyLimitBytes && Buffer.byteLength(body) > bodyLimitBytes)
  )
    throw gatewayAnswers.tooLarge;
  return body.startsWith('\ufeff') ? body.slice(1) : body;
};

const decoder = new TextDecoder('utf-8', { fatal: true });
/** Bytes as text; throws `invalid_payload` where they are not UTF-8. */
export const utf8Text = (bytes: Uint8Array): string => {
  try {
    return decoder.decode(bytes);
  } catch {
    const [first = 0, second = 0] = bytes;
    const what = first + second === 0xff + 0xfe ? 'it looks like UTF-16' : 'some of its bytes are none';
    throw new Problem(
      'invalid_payload',
      `The body is not UTF-8: ${what}. Convert the text to UTF-8 before sending it (é is the two bytes C3 A9 there, the one byte E9 in ISO 8859-1).`,
      { details: { formErrors: ['The body is not UTF-8.'], fieldErrors: {} } },
    );
  }
};

/** A request as a door sees it: already authorized, its route known. */
export interface RoutedRequest {
  readonly route: Route;
  /** Null only where the route needs no key. */
  readonly principal: Principal | null;
  /** What stands for `{id}` in the route’s path; undefined where it has none. */
  readonly id?: string | undefined;
  readonly requestId: string;
  /** Where the caller reaches this installation, as its Host header says: no slash at the end. */
  readonly base: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: string;
  /** The caller’s address as the gateway saw it. Never logged. */
  readonly ip: string;
  /** Aborts when the caller hung up, where the gateway can tell. */
  readonly signal?: AbortSignal;
}
