import * as z from 'zod/mini';
import type { Ledger } from '../ports.ts';
import type { Action, KeyKind } from './kinds.ts';

/** What a plan may hold besides numbers, each with the first of the published plans that has it. */
export const features = { mcp: 'pro', mcp_account: 'business' } as const;

/** One of them. */
export type Feature = keyof typeof features;
const featureNames = ['mcp', 'mcp_account'] as const satisfies readonly Feature[];

const most = 1e15;
const amount = z.int().check(z.minimum(0), z.maximum(most));
const bucket = z.strictObject({
  per_second: z.number().check(z.gt(0), z.maximum(1e6)),
  burst: z.int().check(z.minimum(1), z.maximum(1e6)),
});
const budget = z.strictObject({ key: z.nullable(amount), account: z.nullable(amount) });

/** What a plan grants; null is without end. Budgets are per UTC day, for one key and for all keys of the account. */
export const terms = z.strictObject({
  events_per_month: z.nullable(amount),
  retention_days: z.nullable(z.int().check(z.minimum(1), z.maximum(36_500))),
  projects: z.nullable(amount),
  features: z.array(z.enum(featureNames)).check(z.maxLength(featureNames.length)),
  /** Token buckets per project and route. */
  rates: z.nullable(z.strictObject({ track: bucket, batch: bucket })),
  questions_per_day: budget,
  bytes_per_day: budget,
});
export type Terms = Readonly<z.infer<typeof terms>>;

const million = 1_000_000;
const gib = 1024 ** 3;
/** A day of these at Athena’s $5 a TiB is a dollar on `pro`, five on `business`. */
const published = {
  free: {
    ...{ events_per_month: 100_000, retention_days: 30, projects: 1, features: [] },
    rates: { track: { per_second: 50, burst: 200 }, batch: { per_second: 5, burst: 20 } },
    questions_per_day: { key: 500, account: 1_000 },
    bytes_per_day: { key: 5 * gib, account: 10 * gib },
  },
  pro: {
    ...{ events_per_month: million, retention_days: 90, projects: null, features: ['mcp'] },
    rates: { track: { per_second: 50, burst: 200 }, batch: { per_second: 5, burst: 20 } },
    questions_per_day: { key: 5_000, account: 10_000 },
    bytes_per_day: { key: 100 * gib, account: 200 * gib },
  },
  business: {
    ...{ events_per_month: 10 * million, retention_days: 365, projects: null },
    features: ['mcp', 'mcp_account'],
    rates: { track: { per_second: 50, burst: 200 }, batch: { per_second: 5, burst: 20 } },
    questions_per_day: { key: 20_000, account: 50_000 },
    bytes_per_day: { key: 512 * gib, account: 1024 * gib },
  },
  unlimited: {
    ...{ events_per_month: null, retention_days: null, projects: null, features: ['mcp', 'mcp_account'] },
    rates: null,
    // High, so that nobody notices; not endless, so that a stolen key costs $100 a day and not an hour.
    questions_per_day: { key: 200_000, account: 500_000 },
    bytes_per_day: { key: 10 * 1024 * gib, account: 20 * 1024 * gib },
  },
} as const satisfies Record<string, unknown>;

/** The plans every installation has, until its operator changes their rows: contract §7. */
export const publishedPlans: ReadonlyMap<string, Terms> = new Map(
  Object.entries(published).map(([name, granted]) => [name, terms.parse(granted)]),
);

/** A plan as the ledger keeps it under `PLAN#<name>`; the published ones have no row until they are changed. */
export const planRow = z.object({
  name: z.string(),
  ...terms.shape,
  created_at: z.string(),
  archived_at: z._default(z.nullable(z.string()), null),
});

/** The id of a plan’s row. */
export const planId = (name: string): string => `PLAN#${name}`;

/** What this plan grants at present, by its row, else as published; a plan that nobody knows grants what `free` does. */
export const termsOf = async (ledger: Pick<Ledger, 'read'>, plan: string): Promise<Terms> => {
  const item = await ledger.read(planId(plan));
  return item === undefined ? knownTerms(plan) : granted(planRow.parse(item.data));
};

/** As published; a name that is not published grants what `free` does. */
export const knownTerms = (plan: string): Terms => publishedPlans.get(plan) ?? terms.parse(published.free);

/** What a row grants, without its name and times. */
export const granted = ({ name: _, created_at: __, archived_at: ___, ...rest }: z.infer<typeof planRow>) =>
  rest satisfies Terms;

/** What a plan must hold for this; null where every plan will do. Administration is no matter of plans. */
export const featureFor = (action: Action, kind: KeyKind): Feature | null => {
  if (action === 'mcp') return 'mcp';
  return action === 'mcp_account' || action === 'across' || (kind === 'ak' && action === 'read')
    ? 'mcp_account'
    : null;
};
