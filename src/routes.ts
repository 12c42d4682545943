import { type Action, keyKinds } from './access/kinds.ts';
import type { ProblemCode } from './problems.ts';

/** What administration speaks of, and what it may do with each. */
export type Thing = 'accounts' | 'projects' | 'keys' | 'plans' | 'audit' | 'usage';
export type Deed = 'list' | 'create' | 'show' | 'change' | 'archive' | 'rotate' | 'erase';

/** One way in. The gateway, the stack, CORS, OpenAPI and the permission matrix are made from these. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** `{id}` stands for one segment, which the door gets as `asked.id`; `{proxy+}` at the end for all that follow. */
  readonly path: string;
  /** The Lambda behind it. */
  readonly door: 'collect' | 'query' | 'mcp' | 'site' | 'admin' | 'dialects';
  /** What a key must be allowed to do; null: no key needed. */
  readonly needs: Action | null;
  /** Where the key stands. `k`: the query parameter `k` (sendBeacon cannot set headers). */
  readonly key: 'bearer' | 'k' | 'none';
  /** Content types a body may have; empty: no body. */
  readonly body: readonly string[];
  /** The name of what a body holds; src/serve/openapi.ts has the schema of each. */
  readonly takes?: string;
  /** The name of what a success shows, there too. */
  readonly answers: string;
  /** What the door may say no with, beside what keys meet (`problemsOf` has both). */
  readonly problems: readonly ProblemCode[];
  /** The question a GET under /v1 answers. */
  readonly question?: string;
  /** What a route of administration does to what. */
  readonly admin?: { readonly thing: Thing; readonly deed: Deed };
  /** One line for OpenAPI. */
  readonly does: string;
}

const json = ['application/json'] as const;
const body = ['payload_too_large', 'unsupported_media_type'] as const;

/** What takes events. */
const intake = (
  path: string,
  row: Pick<Route, 'takes' | 'answers' | 'does'> & Partial<Pick<Route, 'key' | 'needs' | 'body'>>,
): Route => ({
  ...{ method: 'POST', path, door: 'collect', needs: 'ingest', key: 'bearer', body: json },
  problems: [
    ...(['invalid_payload', 'invalid_params', 'origin_not_allowed', ...body, 'quota_exceeded'] as const),
    'upstream_failed',
  ],
  ...row,
});

/** What answers a question. */
const question = (
  path: string,
  name: string,
  does: string,
  ...more: readonly ProblemCode[]
): Route & { readonly question: string } => ({
  ...{ method: 'GET', path, door: 'query', needs: 'read', key: 'bearer', body: [], answers: 'envelope' },
  problems: [
    ...(['invalid_params', 'invalid_group_by', 'plan_limit', 'query_timeout', 'upstream_failed'] as const),
    ...(['unknown_project_id', 'unknown_project_slug', 'no_projects_visible'] as const),
    ...more,
  ],
  question: name,
  does,
});

/** What anybody may look at. */
const shown = (path: string, answers: string, does: string): Route => ({
  ...{ method: 'GET', path, door: 'site', needs: null, key: 'none', body: [], answers, does },
  problems: ['invalid_params'],
});

const methods = {
  list: 'GET',
  create: 'POST',
  show: 'GET',
  change: 'PATCH',
  archive: 'DELETE',
  rotate: 'POST',
  erase: 'POST',
} as const;
const writes: readonly Deed[] = ['create', 'change', 'rotate', 'erase'];
const changing = ['invalid_payload', 'conflict', 'plan_limit', 'rate_limited', ...body] as const;

/** What administers one kind of thing: a route for each deed, at `/v1/admin/<thing>` or below it. */
const admin = (thing: Thing, one: string, does: Partial<Readonly<Record<Deed, string>>>): readonly Route[] =>
  deeds.flatMap((deed) => {
    const says = does[deed];
    if (says === undefined) return [];
    const ofOne = deed !== 'list' && deed !== 'create';
    const isWrite = writes.includes(deed);
    return [
      {
        method: methods[deed],
        path: `/v1/admin/${thing}${ofOne ? '/{id}' : ''}${deed === 'rotate' || deed === 'erase' ? `/${deed}` : ''}`,
        ...{ door: 'admin', needs: 'admin', key: 'bearer', admin: { thing, deed }, does: says },
        body: isWrite ? json : [],
        ...(isWrite && { takes: `${one}.${deed}` }),
        answers: deed === 'list' ? `${one}.list` : one,
        problems: [
          ...(['invalid_params', 'insufficient_scope', 'not_found', 'upstream_failed'] as const),
          ...(isWrite || deed === 'archive' ? changing : []),
        ],
      },
    ];
  });
const deeds = [
  ...(['list', 'create', 'show', 'change', 'archive', 'rotate', 'erase'] as const),
] as const satisfies readonly Deed[];

/** Every way in. A row here appears in the gateway, CORS, OpenAPI, the permission matrix and, with the cloud, the stack. */
export const routes: readonly Route[] = [
  intake('/v1/track', { takes: 'track', answers: 'tracked', does: 'Takes one event.' }),
  intake('/v1/batch', { takes: 'batch', answers: 'counted', does: 'Takes 1 to 1000 events, all or none.' }),
  intake('/v1/identify', {
    ...{ takes: 'identify', answers: 'identified', does: 'Says which person an anonymous id is.' },
  }),
  intake('/v1/beacon', {
    ...{
      needs: 'beacon',
      key: 'k',
      body: ['text/plain', 'application/json'],
      takes: 'beacon',
      answers: 'taken',
    },
    does: 'Takes a track or batch body from navigator.sendBeacon.',
  }),
  question('/v1/query', 'query_events', 'Raw events, newest first.'),
  question('/v1/stats', 'get_stats', 'Counts and uniques by time and column.'),
  question('/v1/sources', 'top_sources', 'Where visitors come from.'),
  question('/v1/funnel', 'funnel', 'How many did these steps in order.'),
  question('/v1/overview', 'overview', 'Visitors, sessions, views, bounce and time of a site.'),
  question('/v1/pages', 'pages', 'How each page of a site does.'),
  question('/v1/attribution', 'attribution', 'Which sources get credit for a conversion.'),
  question('/v1/flow', 'flow', 'What people do next, or did before.'),
  question('/v1/retention', 'retention', 'Who comes back, and after how long.'),
  question('/v1/active-people', 'active_people', 'DAU, WAU, MAU and stickiness by day.'),
  question('/v1/lifecycle', 'lifecycle', 'New, returning, resurrecting and dormant people.'),
  question('/v1/engagement', 'engagement', 'How often people come, and how long they were not seen.'),
  question('/v1/describe-data', 'describe_data', 'Which events, properties and values there are.'),
  question('/v1/query-sessions', 'query_sessions', 'Visits, one row each, newest first.'),
  question('/v1/find-people', 'find_people', 'People, by what is known of them.'),
  question('/v1/person', 'person', 'One person and all they did, newest first.', 'not_found'),
  question('/v1/trends', 'trends', 'Several numbers over time, and a formula of them.'),
  question('/v1/explain-change', 'explain_change', 'What stands behind a rise or a fall.'),
  question('/v1/anomalies', 'anomalies', 'Hours and days that were not as usual.'),
  question('/v1/data-health', 'data_health', 'What is wrong with the data itself.'),
  {
    ...{ method: 'POST', path: '/mcp', door: 'mcp', needs: 'mcp', key: 'bearer', body: json },
    ...{ takes: 'message', answers: 'object', does: 'MCP for agents: tools, resources, prompts.' },
    problems: ['origin_not_allowed', 'invalid_params', 'plan_limit', ...body, 'method_not_allowed'],
  },
  ...admin('accounts', 'account', {
    list: 'The accounts this key administers, oldest first.',
    create: 'Makes an account. For keys of the operator’s account.',
    show: 'One account.',
    change: 'Changes name or plan; the plan only by keys of the operator’s account.',
    archive: 'Ends an account: all its keys are revoked, its projects archived.',
  }),
  ...admin('projects', 'project', {
    list: 'The account’s projects, oldest first.',
    create: 'Makes a project.',
    show: 'One project, by its id or slug.',
    change: 'Changes some of a project’s fields.',
    archive: 'Archives a project: it takes no more events and leaves the lists; its events stay.',
    erase:
      'Says how many events of a project would go or, with `yes`, erases all of them for good. On a laptop only.',
  }),
  ...admin('keys', 'key', {
    list: 'The keys of an account or, with project_id, of a project; never a secret.',
    create: 'Mints a key. The answer is the only time it is seen.',
    show: 'What is known of one key, by its name such as rk_live_AbCd1234.',
    change: 'Changes label, expiry or reach of a key.',
    archive: 'Revokes a key for good; it is refused within 60 s.',
    rotate: 'Mints another key like this one, which then expires after the delay.',
  }),
  ...admin('plans', 'plan', {
    list: 'The plans this key may know of.',
    create: 'Makes a plan. For keys of the operator’s account.',
    show: 'One plan.',
    change: 'Changes a plan’s terms. For keys of the operator’s account.',
    archive: 'Archives a plan: no account is given it any more.',
  }),
  ...admin('audit', 'entry', { list: 'What was changed, by which key, newest first.' }),
  ...admin('usage', 'usage', {
    list: 'Events and questions by project and UTC day, and how much of the plan is used.',
  }),
  shown('/', 'page', 'A page for who has just started it: the lines to paste, and what next.'),
  shown('/app', 'html', 'The page for people: charts, sources, funnels, paths.'),
  {
    ...{ method: 'POST', path: '/app/sign-in', door: 'site', needs: null, key: 'none', body: json },
    ...{ takes: 'code', answers: 'signedIn', problems: ['invalid_payload', 'not_found', ...body] },
    does: 'Takes the one-time code that npm start prints; a laptop’s only.',
  },
  shown('/v1/a.js', 'script', 'The browser loader.'),
  shown('/v1/openapi.json', 'object', 'This interface as OpenAPI 3.1.'),
  shown('/healthz', 'health', 'Says that it runs, and which version.'),
];

/** Every problem a route can answer with: what keys meet there, what its door says, and what a gateway says of any route. */
export const problemsOf = ({ key, needs, problems }: Route): ReadonlySet<ProblemCode> =>
  new Set<ProblemCode>([
    ...(key === 'none' ? [] : ofKeys),
    ...(needs === null
      ? []
      : Object.values(keyKinds).flatMap((kind) => {
          const may: true | ProblemCode = kind[needs];
          return may === true ? [] : [may];
        })),
    ...problems,
    ...ofGateways,
  ]);

const ofKeys = [
  'missing_bearer_token',
  'malformed_api_key',
  'invalid_api_key',
  'key_kind_mismatch',
  'insufficient_scope',
] as const;
const ofGateways = [
  'payload_too_large',
  'request_timeout',
  'rate_limited',
  'headers_too_large',
  'internal_error',
  'upstream_failed',
  'query_timeout',
] as const;

/** The methods of a path as `Allow` names them: HEAD goes wherever GET does. */
export const allowed = (here: readonly Pick<Route, 'method'>[]): readonly string[] =>
  here.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
