import * as z from 'zod/mini';
import { keyEnvs, keyScopes, kindNames, type Principal } from './kinds.ts';

const project = z.object({
  id: z.string(),
  slug: z.string(),
  timezone: z.string(),
  allowed_origins: z.array(z.string()),
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
  /** ISO 8601, UTC. */
  created_at: z.string(),
  /** ISO 8601, UTC; null while the key is good. */
  revoked_at: z.nullable(z.string()),
});

/** A key as the ledger keeps it, with all an authorizer must know. */
export type KeyRecord = Readonly<z.infer<typeof keyRecord>>;

/** Who presents this key. */
export const principalFrom = ({
  key,
  kind,
  env,
  scope,
  account_id,
  plan,
  project,
}: KeyRecord): Principal => ({
  key,
  kind,
  env,
  scope,
  accountId: account_id,
  plan,
  project: project && {
    id: project.id,
    slug: project.slug,
    timezone: project.timezone,
    allowedOrigins: project.allowed_origins,
  },
});
