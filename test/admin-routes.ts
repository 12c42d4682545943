import { type Route, routes } from '../src/routes.ts';

/** What an installation has that administration may be tried on. */
export interface Present {
  readonly account_id: string;
  readonly keys: { readonly rk: string };
}

/** A request to a route of administration that its key may send, and the status of its answer. What would end something is tried on what is not there. */
export interface AdminTry {
  readonly path: string;
  readonly status: number;
  readonly body?: unknown;
}

const ends = (deed: string): boolean => deed === 'archive' || deed === 'rotate' || deed === 'erase';
let tries = 0;

/** The try of this route; undefined where it administers nothing. Each has names of its own. */
export const adminTry = (
  { path, admin, body }: Pick<Route, 'path' | 'admin' | 'body'>,
  { account_id, keys }: Present,
  run: string,
): AdminTry | undefined => {
  if (admin === undefined) return undefined;
  const { thing, deed } = admin;
  const present = {
    accounts: account_id,
    projects: 'demo',
    keys: keys.rk.slice(0, 16),
    plans: 'pro',
    audit: '',
    usage: '',
  };
  const word = `e2e-${run}-${++tries}`;
  const news: Readonly<Record<string, unknown>> = {
    accounts: { name: word },
    projects: { slug: word },
    keys: { kind: 'rk', project: 'demo', env: 'test', expires_at: '2099-01-01T00:00:00Z' },
    plans: {
      ...{ name: word, events_per_month: 1, retention_days: 1, projects: 1, features: [], rates: null },
      ...{ questions_per_day: { key: 1, account: 1 }, bytes_per_day: { key: 1, account: 1 } },
    },
  };
  return {
    path: path.replace('{id}', ends(deed) ? 'nothing' : present[thing]),
    status: deed === 'create' ? 201 : ends(deed) ? 404 : 200,
    ...(body.length > 0 && { body: deed === 'create' ? news[thing] : {} }),
  };
};

/** The names of the routes of administration, in their order. */
export const adminNames: readonly string[] = routes
  .filter(({ admin }) => admin !== undefined)
  .map(({ method, path }) => `${method} ${path}`);
