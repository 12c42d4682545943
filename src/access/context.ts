import * as z from 'zod/mini';
import { type ProblemCode, problems } from '../problems.ts';
import { keyEnvs, keyScopes, kindNames } from './kinds.ts';
import type { Refusal } from './may.ts';
import { knownTerms, terms } from './plans.ts';
import type { Principal } from './principal.ts';

/** What an authorizer hands to the gateway and on to the door: API Gateway carries flat text only. */
export type Context = Readonly<Record<string, string>>;

const json = z.transform((text: string, { issues }): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    issues.push({ code: 'custom', message: 'not JSON', input: text });
    return z.NEVER;
  }
});
const words = z.pipe(z.pipe(z.string(), json), z.array(z.string()));
/** Verdicts that were remembered while a new version was deployed lack what it added. */
const newWords = z._default(words, []);
const word = z.string().check(z.minLength(1));
const known = z.object({
  key: z.string(),
  kind: z.enum(kindNames),
  env: z.enum(keyEnvs),
  scope: z.enum(keyScopes),
  account_id: word,
  plan: word,
  terms: z.optional(z.pipe(z.pipe(z.string(), json), terms)),
  projects: z.optional(words),
  problem: z.optional(z.undefined()),
});
const inProject = z.object({
  project_id: word,
  project_slug: z.string(),
  timezone: z.string(),
  allowed_origins: words,
  site_hosts: newWords,
  ignored_referrers: newWords,
  archived: z._default(z.enum(['', 'yes']), ''),
});

/** The principal as authorizer context. */
export const contextOf = ({
  key,
  kind,
  env,
  scope,
  accountId,
  plan,
  terms: granted,
  projects,
  project,
}: Principal): Context => ({
  ...{
    key,
    kind,
    env,
    scope,
    account_id: accountId,
    plan,
    ...(granted && { terms: JSON.stringify(granted) }),
  },
  ...(projects && { projects: JSON.stringify(projects) }),
  ...(project && {
    project_id: project.id,
    project_slug: project.slug,
    timezone: project.timezone,
    allowed_origins: JSON.stringify(project.allowedOrigins),
    site_hosts: JSON.stringify(project.siteHosts ?? []),
    ignored_referrers: JSON.stringify(project.ignoredReferrers ?? []),
    archived: project.archived ? 'yes' : '',
  }),
});

/** The principal of an authorizer context; null when there is none or any part is missing, so that doors fail closed. */
export const principalOf = (context: unknown): Principal | null => {
  const who = known.safeParse(context);
  if (!who.success) return null;
  const { account_id, problem: _, terms: granted, projects = null, ...rest } = who.data;
  const common = { ...rest, accountId: account_id, terms: granted ?? knownTerms(rest.plan) };
  if (rest.kind === 'ak') return { ...common, projects, project: null };
  const where = inProject.safeParse(context);
  if (!where.success) return null;
  const { project_id, project_slug, timezone, allowed_origins, site_hosts, ignored_referrers, archived } =
    where.data;
  return {
    ...common,
    projects: null,
    project: {
      ...{ id: project_id, slug: project_slug, timezone, allowedOrigins: allowed_origins },
      ...{ siteHosts: site_hosts, ignoredReferrers: ignored_referrers, archived: archived === 'yes' },
    },
  };
};

/** Why the authorizer did not take the key; null when it did. A plain look, for it is null on nearly every request. */
export const contextRefusal = (context: unknown): Refusal | null => {
  if (typeof context !== 'object' || context === null || !('problem' in context) || !('message' in context))
    return null;
  const { problem, message } = context;
  return typeof problem === 'string' && isProblem(problem) && typeof message === 'string'
    ? { problem, message }
    : null;
};

/** The word and the sentence for what the verdict’s policy does not allow; every verdict has them. */
export const denialOf = ({
  denied = '',
  because = 'This key may not use this route.',
}: Context): Refusal => ({
  problem: isProblem(denied) ? denied : 'insufficient_scope',
  message: because,
});

/** The name of the key, for the log; null where none was good enough to have one. */
export const keyNameIn = (context: unknown): string | null =>
  typeof context === 'object' && context !== null && 'key' in context && typeof context.key === 'string'
    ? context.key
    : null;

const isProblem = (word: string): word is ProblemCode => Object.hasOwn(problems, word);
