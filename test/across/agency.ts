import { createAccount } from '../../src/accounts/accounts.ts';
import { mintKey } from '../../src/accounts/keys.ts';
import { createProject } from '../../src/accounts/projects.ts';
import { browser } from '../e2e/run.ts';
import type { Running } from '../local/product.ts';

/** A project of an agency, with its own reading key. */
export interface Site {
  readonly id: string;
  readonly slug: string;
  readonly rk: string;
}

/** An account of its own in a running product: its projects by slug, and a key that sees all of them. */
export interface Agency {
  readonly accountId: string;
  readonly sites: readonly Site[];
  readonly ak: string;
  /** A key of the account, for some of its projects or all. */
  readonly mint: (some?: readonly Site[], scope?: '' | 'admin') => Promise<string>;
}

/** What is said of each of its projects: time zone, and the events it gets. */
export interface Said {
  readonly slug: string;
  readonly name?: string;
  readonly timezone?: string;
  readonly origins?: readonly string[];
  readonly events?: readonly Readonly<Record<string, unknown>>[];
}

/** Makes such an account, its projects in this order, and sends their events. */
export const openAgency = async (on: Running, said: readonly Said[], name = 'agency'): Promise<Agency> => {
  const { account_id: accountId } = await createAccount(on.world, { name, plan: 'business' });
  const sites: Site[] = [];
  for (const { slug, timezone = 'UTC', origins = [], events = [], ...rest } of said) {
    const { project_id: id } = await createProject(on.world, accountId, {
      ...{ slug, name: rest.name ?? slug, timezone, allowed_origins: [...origins] },
    });
    const mint = async (kind: 'sk' | 'rk'): Promise<string> =>
      (await mintKey(on.world, { kind, env: 'live', projectId: id })).key;
    if (events.length > 0) await bringTo(on, await mint('sk'), events);
    sites.push({ id, slug, rk: await mint('rk') });
  }
  const mint: Agency['mint'] = async (some, scope = '') => {
    const owner = { kind: 'ak', env: 'live', accountId, scope } as const;
    const projects = some === undefined ? null : some.map(({ id }) => id);
    return (await mintKey(on.world, { ...owner, projects })).key;
  };
  return { accountId, sites, ak: await mint(), mint };
};

const bringTo = async (
  on: Running,
  sk: string,
  events: readonly Readonly<Record<string, unknown>>[],
): Promise<void> => {
  const answer = await fetch(`${on.url}/v1/batch`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${sk}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ events: events.map((event) => ({ user_agent: browser, ...event })) }),
  });
  if (answer.status !== 202) throw new Error(await answer.text());
};

/** Asks over REST: `GET /v1/<question>`. */
export const asks =
  ({ url }: Pick<Running, 'url'>, key: string) =>
  async (
    question: string,
    args: Readonly<Record<string, unknown>> = {},
  ): Promise<{ readonly status: number; readonly text: string; readonly body: Told }> => {
    const query = new URLSearchParams(
      Object.entries(args).map(([name, value]): [string, string] => [
        name,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    );
    const answer = await fetch(`${url}/v1/${question}?${query}`, {
      headers: { Authorization: `Bearer ${key}` },
    });
    const text = await answer.text();
    return { status: answer.status, text, body: JSON.parse(text) };
  };

/** What is looked at of an answer. */
export interface Told {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly columns: readonly { readonly name: string }[];
  readonly period: { readonly timezone: string };
  readonly notes: readonly string[];
  readonly resolved: Readonly<Record<string, unknown>>;
  readonly next_cursor: string | null;
  readonly error?: string;
  readonly message?: string;
}
