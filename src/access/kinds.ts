import type { ProblemCode } from '../problems.ts';
import type { Terms } from './plans.ts';

/** What a route lets one do. */
export type Action = 'ingest' | 'beacon' | 'read' | 'mcp' | 'mcp_account' | 'forget' | 'admin';

/** Per kind of key: true where it may, else the problem it meets. The contract’s table, §1. */
export const keyKinds = {
  pk: {
    meant: 'browsers; checked against the project’s allowed origins',
    ingest: true,
    beacon: true,
    read: 'insufficient_scope',
    mcp: 'key_kind_not_allowed',
    mcp_account: 'account_key_required',
    forget: 'forget_requires_secret_key',
    admin: 'insufficient_scope',
  },
  sk: {
    meant: 'servers, writing agents',
    ingest: true,
    beacon: 'insufficient_scope',
    read: true,
    mcp: true,
    mcp_account: 'account_key_required',
    forget: true,
    admin: 'insufficient_scope',
  },
  rk: {
    meant: 'dashboards, agents that read',
    ingest: 'insufficient_scope',
    beacon: 'insufficient_scope',
    read: true,
    mcp: true,
    mcp_account: 'account_key_required',
    forget: 'insufficient_scope',
    admin: 'insufficient_scope',
  },
  ak: {
    meant: 'agencies: every project of one account',
    ingest: 'insufficient_scope',
    beacon: 'insufficient_scope',
    read: true,
    mcp: 'key_kind_not_allowed',
    mcp_account: true,
    forget: 'insufficient_scope',
    admin: 'insufficient_scope',
  },
} as const satisfies Record<string, { meant: string } & Record<Action, true | ProblemCode>>;

/** pk, sk, rk or ak. */
export type KeyKind = keyof typeof keyKinds;
export const isKeyKind = (word: string): word is KeyKind => Object.hasOwn(keyKinds, word);
export const kindNames: readonly KeyKind[] = Object.keys(keyKinds).filter(isKeyKind);

/** Which events a key writes and reads: everybody’s, or those of trials. */
export const keyEnvs = ['live', 'test'] as const;
export type KeyEnv = (typeof keyEnvs)[number];

/** What an account key may beyond reading; nothing on every other key. */
export const keyScopes = ['', 'admin'] as const;

/** Who is asking: what the authorizer learned from the key and hands to every door. */
export interface Principal {
  /** `{kind}_{env}_{prefix}`: safe to log. */
  readonly key: string;
  readonly kind: KeyKind;
  readonly env: KeyEnv;
  readonly scope: (typeof keyScopes)[number];
  readonly accountId: string;
  readonly plan: string;
  /** What the plan grants; left out: as published under its name. */
  readonly terms?: Terms;
  /** The projects an account key may see; null or left out: all of its account. */
  readonly projects?: readonly string[] | null;
  /** The key’s project; null on an account key. */
  readonly project: {
    readonly id: string;
    readonly slug: string;
    readonly timezone: string;
    readonly allowedOrigins: readonly string[];
    /** Hosts of its own sites: who comes from one of them was there already. */
    readonly siteHosts?: readonly string[];
    /** Hosts its visits pass through, which bring nobody. */
    readonly ignoredReferrers?: readonly string[];
    /** Takes it no more events? */
    readonly archived?: boolean;
  } | null;
}
