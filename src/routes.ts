import type { Action } from './access/kinds.ts';

/** One way in. The gateway, the stack, CORS, OpenAPI and the permission matrix are made from these. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** The Lambda behind it. */
  readonly door: 'collect' | 'query' | 'mcp' | 'site';
  /** What a key must be allowed to do; null: no key needed. */
  readonly needs: Action | null;
  /** Where the key stands. `k`: the query parameter `k` (sendBeacon cannot set headers). */
  readonly key: 'bearer' | 'k' | 'none';
  /** Content types a body may have; empty: no body. */
  readonly body: readonly string[];
  /** The question a GET under /v1 answers. */
  readonly question?: string;
  /** One line for OpenAPI and the README. */
  readonly does: string;
}

const json = ['application/json'] as const;

/** Every way in. A row here appears in the gateway, CORS, OpenAPI, the permission matrix and, with the cloud, the stack. */
export const routes = [
  {
    method: 'POST',
    path: '/v1/track',
    door: 'collect',
    needs: 'ingest',
    key: 'bearer',
    body: json,
    does: 'Takes one event.',
  },
  {
    method: 'POST',
    path: '/v1/batch',
    door: 'collect',
    needs: 'ingest',
    key: 'bearer',
    body: json,
    does: 'Takes 1 to 1000 events, all or none.',
  },
  {
    method: 'POST',
    path: '/v1/identify',
    door: 'collect',
    needs: 'ingest',
    key: 'bearer',
    body: json,
    does: 'Says which person an anonymous id is.',
  },
  {
    method: 'POST',
    path: '/v1/beacon',
    door: 'collect',
    needs: 'beacon',
    key: 'k',
    body: ['text/plain', 'application/json'],
    does: 'Takes a track or batch body from navigator.sendBeacon.',
  },
  {
    method: 'GET',
    path: '/v1/query',
    door: 'query',
    needs: 'read',
    key: 'bearer',
    body: [],
    question: 'query_events',
    does: 'Raw events, newest first.',
  },
  {
    method: 'GET',
    path: '/v1/stats',
    door: 'query',
    needs: 'read',
    key: 'bearer',
    body: [],
    question: 'get_stats',
    does: 'Counts and uniques by time and column.',
  },
  {
    method: 'GET',
    path: '/v1/sources',
    door: 'query',
    needs: 'read',
    key: 'bearer',
    body: [],
    question: 'top_sources',
    does: 'Where visitors come from.',
  },
  {
    method: 'GET',
    path: '/v1/funnel',
    door: 'query',
    needs: 'read',
    key: 'bearer',
    body: [],
    question: 'funnel',
    does: 'How many did these steps in order.',
  },
  {
    method: 'GET',
    path: '/v1/overview',
    door: 'query',
    needs: 'read',
    key: 'bearer',
    body: [],
    question: 'overview',
    does: 'Visitors, sessions, views, bounce and time of a site.',
  },
  {
    method: 'GET',
    path: '/v1/describe-data',
    door: 'query',
    needs: 'read',
    key: 'bearer',
    body: [],
    question: 'describe_data',
    does: 'Which events, properties and values there are.',
  },
  {
    method: 'GET',
    path: '/v1/query-sessions',
    door: 'query',
    needs: 'read',
    key: 'bearer',
    body: [],
    question: 'query_sessions',
    does: 'Visits, one row each, newest first.',
  },
  {
    method: 'GET',
    path: '/v1/find-people',
    door: 'query',
    needs: 'read',
    key: 'bearer',
    body: [],
    question: 'find_people',
    does: 'People, by what is known of them.',
  },
  {
    method: 'GET',
    path: '/v1/trends',
    door: 'query',
    needs: 'read',
    key: 'bearer',
    body: [],
    question: 'trends',
    does: 'Several numbers over time, and a formula of them.',
  },
  {
    method: 'POST',
    path: '/mcp',
    door: 'mcp',
    needs: 'mcp',
    key: 'bearer',
    body: json,
    does: 'MCP for agents: tools, resources, prompts.',
  },
  {
    method: 'GET',
    path: '/',
    door: 'site',
    needs: null,
    key: 'none',
    body: [],
    does: 'A page for who has just started it: the lines to paste, and what next.',
  },
  {
    method: 'GET',
    path: '/v1/a.js',
    door: 'site',
    needs: null,
    key: 'none',
    body: [],
    does: 'The browser loader.',
  },
  {
    method: 'GET',
    path: '/v1/openapi.json',
    door: 'site',
    needs: null,
    key: 'none',
    body: [],
    does: 'This interface as OpenAPI 3.1.',
  },
  {
    method: 'GET',
    path: '/healthz',
    door: 'site',
    needs: null,
    key: 'none',
    body: [],
    does: 'Says that it runs, and which version.',
  },
] as const satisfies readonly Route[];
