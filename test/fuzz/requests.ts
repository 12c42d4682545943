import fc from 'fast-check';
import { keyKinds } from '../../src/access/kinds.ts';
import { type Route, routes } from '../../src/routes.ts';
import { questions } from '../../src/tools/index.ts';
import type { Wire } from './exchange.ts';
import { anything, argumentsOf, batch, identify, junk, mostly, some, track } from './values.ts';

/** The keys a fuzzed request may carry. */
export type Keys = Readonly<Record<keyof typeof keyKinds | 'admin', string>>;

const rarely = <T>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 40, arbitrary: usual }, { weight: 1, arbitrary: other });

const modern = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'fuzz', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
const call = fc.oneof(
  ...questions.map(({ name }) =>
    fc.record({ name: fc.constant<string>(name), arguments: mostly(argumentsOf(name)) }),
  ),
  fc.record({ name: fc.constant('track_event'), arguments: track }),
  fc.record({ name: mostly(junk), arguments: anything }),
);
const uri = fc.oneof(
  fc.constantFrom(
    'events://recent',
    'schema://events',
    'schema://events/bought',
    'schema://events/%zz',
    'file:///etc/passwd',
  ),
  junk.map((word) => `schema://events/${word}`),
);
const reference = fc.constantFrom(
  { type: 'ref/prompt', name: 'funnel_review' },
  { type: 'ref/prompt', name: 'weekly_report' },
  { type: 'ref/resource', uri: 'schema://events/{event}' },
  { type: '__proto__' },
);
const completion = fc.record({
  ref: mostly(reference),
  argument: mostly(
    fc.record({ name: mostly(fc.constantFrom('steps', 'event', 'period')), value: mostly(junk) }),
  ),
});
const prompt = fc.record({
  name: mostly(fc.constantFrom('weekly_report', 'traffic_anomaly', 'funnel_review', 'compare_projects')),
  arguments: mostly(fc.dictionary(fc.constantFrom('period', 'steps', 'event'), junk)),
});
const message = (methods: readonly string[], params: fc.Arbitrary<Record<string, unknown>>) =>
  fc.tuple(rarely(fc.constantFrom(...methods), junk), params);

/** A message as one era or the other spells it: its body, and the headers that must agree with it. */
const envelope = fc
  .tuple(
    fc.oneof(
      { weight: 5, arbitrary: message(['tools/call'], call) },
      {
        weight: 1,
        arbitrary: message(
          ['resources/read', 'resources/list', 'resources/templates/list'],
          fc.record({ uri: mostly(uri) }),
        ),
      },
      { weight: 1, arbitrary: message(['prompts/get', 'prompts/list'], prompt) },
      { weight: 1, arbitrary: message(['completion/complete'], completion) },
      {
        weight: 1,
        arbitrary: message(
          [
            'initialize',
            'ping',
            'server/discover',
            'tools/list',
            'notifications/initialized',
            'logging/setLevel',
            '__proto__',
            'constructor',
          ],
          some({ protocolVersion: anything, cursor: anything }),
        ),
      },
    ),
    mostly(fc.constant('2.0')),
    rarely<unknown>(fc.oneof(fc.nat(), junk), anything),
    fc.boolean(),
    rarely<unknown>(
      fc.constant(modern),
      fc.constantFrom(
        {},
        { ...modern, 'io.modelcontextprotocol/protocolVersion': '1999-01-01' },
        { 'io.modelcontextprotocol/protocolVersion': 7 },
      ),
    ),
  )
  .map(([[method, params], jsonrpc, id, isModern, _meta]) => ({
    said: { jsonrpc, id, method, params: isModern ? { ...params, _meta } : params },
    headers: isModern
      ? [
          ['MCP-Protocol-Version', '2026-07-28'] as const,
          ['Mcp-Method', inHeader(method)] as const,
          ...[params.name, params.uri].flatMap((name) =>
            typeof name === 'string' ? [['Mcp-Name', inHeader(name)] as const] : [],
          ),
        ]
      : [],
  }));
const inHeader = (text: string): string =>
  /^[!-~]+$/.test(text) ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`;

/** JSON, sometimes broken: cut, with something in it, with a key twice, deep. */
const written = fc.tuple(fc.nat(80), fc.nat(), junk).map(([how, at, more]) => (value: unknown): string => {
  const whole = JSON.stringify(value) ?? '';
  const place = at % (whole.length + 1);
  if (how === 0) return whole.slice(0, place);
  if (how === 1) return whole.slice(0, place) + more + whole.slice(place);
  if (how === 2) return whole.replace(/^\{/, '{"event":"twice","event":1,"__proto__":{"event":"x"},');
  if (how === 3) return `${'['.repeat(place)}${whole}${']'.repeat(place)}`;
  return whole;
});
const plain = (value: fc.Arbitrary<unknown>): fc.Arbitrary<Content> =>
  mostly(value).map((said) => ({ said, headers: [] }));
interface Content {
  readonly said: unknown;
  readonly headers: readonly (readonly [string, string])[];
}
const bodies: Readonly<Record<string, fc.Arbitrary<Content>>> = {
  '/v1/track': plain(track),
  '/v1/batch': plain(batch),
  '/v1/identify': plain(identify),
  '/v1/beacon': plain(fc.oneof(track, batch)),
  '/mcp': rarely<Content>(
    envelope,
    plain(
      fc.array(
        envelope.map(({ said }) => said),
        { maxLength: 3 },
      ),
    ),
  ),
};

/** Bodies of administration: fields that somewhere exist, with values that somewhere fit. */
const adminBody = mostly(
  some({
    slug: fc.constantFrom<unknown>('shop', 'sh0p', 'x', '', 'Ä', null),
    name: anything,
    kind: fc.constantFrom<unknown>('pk', 'sk', 'rk', 'ak', 'zk'),
    project: fc.constantFrom<unknown>('demo', 'none', 1),
    projects: anything,
    scope: fc.constantFrom<unknown>('', 'admin', 'root'),
    label: anything,
    timezone: fc.constantFrom<unknown>('UTC', 'Mars/Olympus'),
    allowed_origins: anything,
    site_hosts: anything,
    expires_at: fc.constantFrom<unknown>(null, '2099-01-01T00:00:00Z', 'soon'),
    delay_s: fc.constantFrom<unknown>(0, 60, -1, 1e9, '1'),
    plan: anything,
    features: anything,
    events_per_month: anything,
    archived: fc.constantFrom<unknown>(false, 'no'),
  }),
);
const adminContent = ({ takes, admin }: Route): fc.Arbitrary<Content | undefined> =>
  takes === undefined || admin === undefined ? fc.constant(undefined) : plain(adminBody);
/** Ids that are there, and what is none. What would end the keys of the others is tried on what is not there. */
const idOf = ({ admin }: Route): fc.Arbitrary<string> =>
  admin !== undefined && ['archive', 'rotate', 'erase'].includes(admin.deed)
    ? fc.constantFrom('nothing', '%00', '%2e%2e', 'x'.repeat(300))
    : fc.constantFrom('demo', 'pro', 'nothing', 'prj_x', 'rk_live_AbCd1234', '%00', '%2e%2e', '__proto__');

const encoded = (value: unknown): string =>
  encodeURIComponent((typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).toWellFormed());
const visible = fc.string({ maxLength: 20 }).map((text) => text.replace(/[^!-~]|#/g, '%'));
const queryOf = (question: string | undefined): fc.Arbitrary<string> =>
  question === undefined
    ? rarely(fc.constant(''), visible)
    : fc.tuple(argumentsOf(question), fc.nat(60), visible).map(([said, how, raw]) => {
        const pairs = Object.entries(said).map(
          ([field, value]) =>
            `${encoded(field)}=${encoded(Array.isArray(value) && value.every((item) => typeof item === 'string') ? value.join() : value)}`,
        );
        return [...pairs, ...(how === 0 ? pairs.slice(0, 1) : []), ...(how === 1 ? [raw] : [])].join('&');
      });

/** A header’s value may hold any byte but those that end it. */
const headerText = junk.map((text) => text.replace(/[^\t -~\u0080-\u00ff]/g, '?').slice(0, 300));
const header = (
  name: string,
  usual: fc.Arbitrary<string | null>,
  strange: fc.Arbitrary<string | null> = headerText,
) => rarely(usual, strange).map((value) => (value === null ? [] : [[name, value] as const]));
const absent = fc.constant(null);
const headers = fc
  .tuple(
    header('User-Agent', fc.oneof(absent, headerText)),
    header('X-Forwarded-For', fc.oneof(absent, headerText)),
    header('CloudFront-Viewer-Country', fc.constantFrom(null, 'DE', 'xx')),
    header('MCP-Protocol-Version', absent, fc.constantFrom('2025-11-25', '2026-07-28', '1.0', '')),
    header('Mcp-Method', absent),
    header('Content-Encoding', absent, fc.constantFrom('gzip', 'identity', 'br')),
    header('Accept', fc.oneof(absent, headerText)),
    header('Range', absent, fc.constant('bytes=0-0')),
  )
  .map((all) => all.flat());
/** A page’s key needs its page’s origin; every other sender may name one. */
const originFor = (key: string) =>
  header(
    'Origin',
    key.startsWith('pk_') ? fc.constant('http://localhost:3000') : absent,
    fc.oneof(fc.constantFrom('null', 'https://elsewhere.example'), headerText),
  );

const otherPaths =
  '/v1/../etc /%00 /__proto__ /v1/forget /v1/admin/keys /mcp/account /.well-known/oauth-protected-resource * //'.split(
    ' ',
  );

/** Requests to one route: as its callers would send them, with something wrong here and there. */
const requestTo = (route: Route, keys: Keys): fc.Arbitrary<Wire> => {
  const mayAsk = Object.entries(keys).filter(
    ([kind]) =>
      route.needs === null ||
      (route.needs === 'admin' && kind === 'admin') ||
      Object.entries(keyKinds).some(
        ([known, may]) => known === kind && route.needs !== null && may[route.needs] === true,
      ),
  );
  return fc
    .record({
      method: rarely(
        fc.constant<string>(route.method),
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'),
      ),
      path: rarely(
        route.path.includes('{id}')
          ? idOf(route).map((id) => route.path.replace('{id}', id))
          : fc.constant(route.path),
        fc.constantFrom(`${route.path}/`, `/${route.path}`, route.path.toUpperCase(), ...otherPaths),
      ),
      key: rarely(
        rarely(fc.constantFrom(...mayAsk.map(([, key]) => key)), fc.constantFrom(...Object.values(keys))),
        headerText.map(encoded),
      ),
      sent: rarely(fc.constant(true), fc.constant(false)),
      type: rarely(
        fc.constantFrom(...(route.body.length > 0 ? route.body : ['text/plain'])),
        fc.oneof(fc.constantFrom('application/json; charset=latin1', 'multipart/form-data', ''), headerText),
      ),
      more: headers,
      query: queryOf(route.question),
      content: bodies[route.path] ?? adminContent(route),
      write: written,
    })
    .chain((parts) => originFor(parts.key).map((origin) => ({ ...parts, origin })))
    .map(({ method, path, key, sent, type, more, origin, query, content, write }) => ({
      method,
      target: `${path}?${route.key === 'k' && sent ? `k=${key}&` : ''}${query}`.replace(/[?&]$/, ''),
      headers: [
        ...(sent && route.key === 'bearer' ? [['Authorization', `Bearer ${key}`] as const] : []),
        ...(content === undefined ? [] : [['Content-Type', type] as const, ...content.headers]),
        ...origin,
        ...more,
      ],
      body: content === undefined ? '' : write(content.said),
    }));
};

/** Requests to every route there is; those that can go wrong in more ways come more often. */
export const requests = (keys: Keys): fc.Arbitrary<Wire> =>
  fc.oneof(
    ...routes.map((route: Route) => ({
      weight: route.needs === null || route.admin !== undefined ? 1 : 6,
      arbitrary: requestTo(route, keys),
    })),
  );
