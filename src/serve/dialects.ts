import type { APIGatewayProxyEvent } from 'aws-lambda';
import { type KeyWorld, principalOfKey, tokenIn } from '../access/authorize.ts';
import { checkOrigin, checkPlan, refusalFor } from '../access/may.ts';
import type { Principal } from '../access/principal.ts';
import { uses } from '../access/used.ts';
import type { Came, Presented, Read, ToolAnswer } from '../dialects/dialect.ts';
import { dialects } from '../dialects/index.ts';
import { placeIn } from '../dialects/place.ts';
import { countRefused } from '../dialects/refused.ts';
import { foreignRoutes } from '../dialects/routes.ts';
import type { IntakeWorld } from '../ports.ts';
import { Problem } from '../problems.ts';
import { baseOf, lowerCased } from './asked.ts';
import { keep, limitRate, type Taken } from './collect.ts';
import { challenge } from './cors.ts';
import { answering, type Handler, type Told } from './door.ts';
import { foreignBody } from './foreign-body.ts';
import { foreignPreflight, toPages } from './foreign-cors.ts';
import { tracksIn } from './foreign-tracks.ts';
import { gatewayAnswers, wrongMethod } from './gateway-answers.ts';

/** Takes in what other tools’ SDKs send, and shows them what they ask for before they send. */
export const speakDialects = (world: IntakeWorld & KeyWorld): Handler => {
  const noteUse = uses(world);
  return answering(world, async (event) => {
    const headers = lowerCased(event.headers);
    if (event.httpMethod === 'OPTIONS') return { status: 204, headers: foreignPreflight(headers.origin) };
    const asking = askingOf(event, headers);
    const pages = toPages(headers.origin);
    let read: Read | undefined;
    try {
      if ('shows' in asking.place) return told(asking.place.shows(asking.came), pages);
      const body = await foreignBody(event, world.breathe);
      const came = { ...asking.came, body };
      read = asking.place.reads(came);
      const principal = await principalIn(world, [...asking.keys, ...read.keys]);
      await noteUse(principal.key);
      const { answer, headers: month } = await take(world, principal, came, read, event, asking.name);
      return told(answer, { ...month, ...pages });
    } catch (thrown) {
      if (!(thrown instanceof Problem)) throw thrown;
      const refusal = read?.refusal;
      const more = { ...(thrown.status === 401 ? challenge : {}), ...thrown.headers, ...pages };
      // What failed on our side is written down where every failure is.
      if (thrown.status >= 500)
        throw new Problem(thrown.code, thrown.message, { headers: more, cause: thrown.cause ?? thrown });
      return {
        status: thrown.status,
        headers: more,
        body: refusal === undefined ? thrown.body : refusal(thrown.status, thrown.message),
      };
    }
  });
};

const told = ({ status = 200, type, body }: ToolAnswer, pages: Readonly<Record<string, string>>): Told => ({
  status,
  headers: {
    ...pages,
    'X-Content-Type-Options': 'nosniff',
    ...(type === undefined ? {} : { 'Content-Type': type }),
  },
  body,
});

/** Which dialect and which of its places is asked, and the keys that stand in head and address. Throws `not_found`, `method_not_allowed`, `invalid_params`. */
const askingOf = (event: APIGatewayProxyEvent, headers: Came['headers']) => {
  const route = foreignRoutes.find(({ path }) => path === event.resource);
  if (route === undefined) throw gatewayAnswers.noRoute;
  const whole = event.requestContext.path ?? event.path;
  const isPrefixed = route.path.includes('{');
  const [first = '', ...rest] = pieces(isPrefixed ? (event.pathParameters?.proxy ?? '') : route.path);
  const dialect = dialects.find(({ name, roots }) =>
    isPrefixed ? name === first : roots.includes(route.path),
  );
  if (dialect === undefined) throw unknownTool(first);
  const [second = '', ...others] = rest;
  const isKeyed = isPrefixed && keyLike.test(second);
  const path = isPrefixed ? (isKeyed ? others : rest) : [first, ...rest];
  const place = placeIn(dialect, event.httpMethod, path);
  if (place === undefined)
    throw new Problem(
      'not_found',
      `Nothing of ${dialect.tool} is at this path. docs/dialects.md has the line to change for each SDK.`,
    );
  if (place === 'wrong method') throw wrongMethod(route.path, ['GET', 'POST']);
  return {
    name: dialect.name,
    place,
    keys: [...authorizationIn(headers), ...(isKeyed ? [{ text: second, inUrl: true }] : [])],
    came: {
      ...{ method: event.httpMethod, path, headers, body: undefined },
      query: queryOf(event),
      base: baseOf(event, { path: isPrefixed ? whole.slice(whole.indexOf('/in/')) : route.path }, headers),
    },
  };
};

const pieces = (path: string): readonly string[] => path.split('/').filter((piece) => piece !== '');
const unknownTool = (name: string): Problem =>
  new Problem(
    'not_found',
    `/in/${/^[\w-]{1,40}$/.test(name) ? name : '…'} is no tool whose SDKs are understood here. Understood: ${dialects.map((one) => one.name).join(', ')}.`,
  );

const queryOf = ({ multiValueQueryStringParameters: given }: APIGatewayProxyEvent): Record<string, string> =>
  Object.fromEntries(Object.entries(given ?? {}).map(([name, [value = ''] = []]) => [name, value]));

/** Looks like a key of ours; whether it is one is asked afterwards. */
const keyLike = /^(?:pk|sk|rk|ak)_(?:live|test)_/;

/** A key as `Bearer`, or in the place of name or password of `Basic`. */
const authorizationIn = ({ authorization = '' }: Came['headers']): readonly Presented[] => {
  const [, basic] = /^basic +(\S+) *$/i.exec(authorization) ?? [];
  if (basic !== undefined) {
    const [name = '', password = ''] = Buffer.from(basic, 'base64').toString().split(':', 2);
    const text = name === '' ? password : name;
    return text === '' ? [] : [{ text, inUrl: false }];
  }
  const token = tokenIn(authorization);
  return typeof token === 'string' ? [{ text: token, inUrl: false }] : [];
};

const where =
  'Put a pk_ key (pages) or an sk_ key (servers) where this tool’s SDK has its own; docs/dialects.md says where for each.';
const noKey = new Problem('missing_bearer_token', `No key was sent. ${where}`);
const noneOfOurs = new Problem(
  'missing_bearer_token',
  `What stands where the key belongs is no key of ours. ${where}`,
);
const otherKeys = new Problem(
  'missing_bearer_token',
  'Several keys came that are not the same, so nobody can say whose these events are. Send one.',
);

/** Who sent it. The best proof counts; what is no key of ours beside it (a site’s name, a token that was left as it was) is not looked at. */
const principalIn = async (world: KeyWorld, keys: readonly Presented[]): Promise<Principal> => {
  const ours = keys.filter(({ text }) => keyLike.test(text));
  const [best] = ours;
  if (best === undefined) throw keys.length === 0 ? noKey : noneOfOurs;
  if (ours.some(({ text }) => text !== best.text)) throw otherKeys;
  const found = await principalOfKey(world, best.text);
  if ('problem' in found) throw new Problem(found.problem, found.message);
  const inUrl = ours.some((one) => one.inUrl);
  const action = inUrl ? 'beacon' : 'ingest';
  const refusal = refusalFor(found, 'ingest') ?? refusalFor(found, action);
  if (refusal !== null) throw new Problem(refusal.problem, refusal.message);
  checkPlan(found, action);
  return found;
};

/** Keeps what can be kept and counts the rest; its plan’s rates and month go for it as for /v1. */
const take = async (
  world: IntakeWorld,
  principal: Principal,
  came: Came,
  read: Read,
  event: APIGatewayProxyEvent,
  dialect: string,
): Promise<{ readonly answer: ToolAnswer; readonly headers: Taken['headers'] }> => {
  const { headers } = came;
  const receivedAt = Math.floor(world.clock());
  const projectId = principal.project?.id;
  const count = async (refused: Readonly<Record<string, number>>): Promise<void> => {
    if (projectId === undefined || Object.keys(refused).length === 0) return;
    const named = Object.fromEntries(Object.entries(refused).map(([why, n]) => [`${dialect}: ${why}`, n]));
    const counted = await countRefused(world.ledger, projectId, receivedAt, named);
    if (!counted) world.log.warn('refused events could not be counted', { dialect, ...refused });
  };
  const origin = originOf(came);
  try {
    checkOrigin(principal, origin);
  } catch (thrown) {
    await count({ origin_not_allowed: read.items.length });
    throw thrown;
  }
  await limitRate(world, principal, read.items.length > 1 ? 'batch' : 'track');
  const { tracks, refused } = await tracksIn(read, principal, receivedAt, world.breathe);
  const kept =
    tracks.length > 0 &&
    (await keep(world, principal, tracks, {
      ip: event.requestContext.identity.sourceIp,
      userAgent: headers['user-agent'] ?? null,
      origin: origin ?? null,
      edgeCountry: (world.countryHeader && headers[world.countryHeader]) ?? null,
    }));
  await count(refused);
  const answer = read.answer({ taken: tracks.length, refused, receivedAt });
  return { answer, headers: kept === false ? {} : kept.headers };
};

/** The page’s origin; images and other plain GETs of a page name it in `Referer` alone. */
const originOf = ({ method, headers }: Came): string | undefined => {
  if (headers.origin !== undefined || method === 'POST') return headers.origin;
  const page = headers.referer === undefined ? null : URL.parse(headers.referer);
  return page === null ? undefined : page.origin;
};
