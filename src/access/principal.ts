import type { KeyEnv, KeyKind, keyScopes } from './kinds.ts';
import type { Terms } from './plans.ts';

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
