import type { ProblemCode } from '../problems.ts';

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
