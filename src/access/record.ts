import * as z from 'zod/mini';
import { keyEnvs, keyScopes, kindNames } from './kinds.ts';
import type { Terms } from './plans.ts';
import type { Principal } from './principal.ts';

const project = z.object({
  id: z.string(),
  slug: z.string(),
  timezone: z.string(),
  allowed_origins: z.array(z.string()),
  site_hosts: z._default(z.array(z.string()), []),
  ignored_referrers: z._default(z.array(z.string()), []),
  archived: z._default(z.boolean(), false),
});

/** What the ledger keeps of a key under `keyId`: all that an authorizer must know, so that one read decides. */
export const keyRecord = z.object({
  /** `{kind}_{env}_{prefix}`. */
  key: z.string(),
  kind: z.enum(kindNames),
  env: z.enum(keyEnvs),
  scope: z.enum(keyScopes),
  account_id: z.string(),
  plan: z.string(),
  /** A copy of the project's own record, renewed with it; null on an account key. */
  project: z.nullable(project),
  /** The ids an account key may see; null: every project of its account. */
  projects: z._default(z.nullable(z.array(z.string())), null),
  /** What its owner calls it. */
  label: z._default(z.nullable(z.string()), null),
  /** ISO 8601, UTC. */
  created_at: z.string(),
  /** ISO 8601, UTC; null while the key is good. */
  revoked_at: z.nullable(z.string()),
  /** ISO 8601, UTC; from then on the key is no good. Null: never. */
  expires_at: z._default(z.nullable(z.string()), null),
});

/** A key as the ledger keeps it, with all an authorizer must know. */
export type KeyRecord = Readonly<z.infer<typeof keyRecord>>;

/** Is a key with this record good at this time (ms since 1970)? */
export const isGood = ({ revoked_at, expires_at }: KeyRecord, now: number): boolean =>
  revoked_at === null && (expires_at === null || Date.parse(expires_at) > now);

/** Who presents this key. */
export const principalFrom = (
  { key, kind, env, scope, account_id, plan, project, projects }: KeyRecord,
  terms: Terms,
): Principal => ({
  ...{ key, kind, env, scope, accountId: account_id, plan, terms, projects },
  project: project && {
    id: project.id,
    slug: project.slug,
    timezone: project.timezone,
    allowedOrigins: project.allowed_origins,
    siteHosts: project.site_hosts,
    ignoredReferrers: project.ignored_referrers,
    archived: project.archived,
  },
});
