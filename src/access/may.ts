import { Problem, type ProblemCode } from '../problems.ts';
import { type Action, keyKinds, kindNames } from './kinds.ts';
import { type Feature, featureFor, features, knownTerms } from './plans.ts';
import type { Principal } from './principal.ts';

/** Why a key is not taken, or may not: the stable word and a sentence. */
export interface Refusal {
  readonly problem: ProblemCode;
  readonly message: string;
}

const deeds: Record<Action, string> = {
  ingest: 'write events',
  beacon: 'stand in a URL, where logs and histories keep it',
  read: 'read',
  mcp: 'speak to /mcp',
  mcp_account: 'speak to /mcp/account',
  forget: 'erase a person',
  admin: 'administer',
};

/** Why this key may not do this, or null when it may (contract §1). The sentence holds no quotation mark: gateways put it into JSON as it is. */
export const refusalFor = (who: Pick<Principal, 'kind' | 'scope'>, action: Action): Refusal | null => {
  const verdict = keyKinds[who.kind][action];
  if (verdict === true || (action === 'admin' && who.kind === 'ak' && who.scope === 'admin')) return null;
  const able = kindNames.filter((kind) => keyKinds[kind][action] === true).map((kind) => `${kind}_`);
  const remedy = action === 'admin' ? 'an ak_ key with scope admin' : `one of: ${able.join(', ')}`;
  return { problem: verdict, message: `A key of kind ${who.kind}_ may not ${deeds[action]}; use ${remedy}.` };
};

/** Checks that the account’s plan has what this asks for. Throws `plan_limit` with the feature, the plan, and the one that has it. */
export const checkPlan = ({ kind, plan, terms = knownTerms(plan) }: Principal, action: Action): void => {
  const feature = featureFor(action, kind);
  if (feature !== null && !terms.features.includes(feature)) throw planLacks(feature, plan);
};

const has: Record<Feature, string> = { mcp: '/mcp', mcp_account: 'ak_ keys and /mcp/account' };

/** The refusal of what an account’s plan does not hold. */
export const planLacks = (feature: Feature, plan: string): Problem =>
  new Problem(
    'plan_limit',
    `The account’s plan ${plan} is without ${has[feature]}; ${features[feature]} has it. Whoever runs this installation can change the plan.`,
    { details: { feature, plan, required_plan: features[feature] } },
  );

/**
 * Checks that a browser key is used on one of its project's pages: `Origin` must equal an entry (scheme, host, port), or `*` is listed.
 * Other kinds pass. Throws `origin_not_allowed`.
 */
export const checkOrigin = ({ kind, project }: Principal, origin: string | undefined): void => {
  if (kind !== 'pk') return;
  const allowed = project?.allowedOrigins ?? [];
  if (origin !== undefined && (allowed.includes(origin) || allowed.includes('*'))) return;
  const came =
    origin === undefined
      ? 'no Origin header came'
      : `the page’s origin ${JSON.stringify(origin.slice(0, 200))} is not listed`;
  throw new Problem(
    'origin_not_allowed',
    `A pk_ key works only on pages of its project’s allowed_origins; ${came}. List the page’s origin there (millimetric projects add-origin SLUG ORIGIN), make a project for another site (millimetric projects add shop --origin https://shop.example), or use an sk_ key on a server.`,
  );
};
