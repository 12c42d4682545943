import * as z from 'zod/mini';
import { granted, planRow, publishedPlans, terms } from '../access/plans.ts';
import type { Ledger } from '../ports.ts';
import { Problem } from '../problems.ts';
import { writeAudit } from './audit.ts';
import type { Books } from './books.ts';
import { collection, type Versioned } from './collection.ts';
import { slugText } from './names.ts';
import { wrongField } from './parsed.ts';

/** A plan as the operator keeps it. */
export type Plan = Readonly<z.infer<typeof planRow>>;

const { shape } = terms;
/** A new plan: all of its terms. */
export const planInput = z.strictObject({ name: slugText, ...shape });
/** Some of them. */
export const planChange = z.strictObject({
  events_per_month: z.exactOptional(shape.events_per_month),
  retention_days: z.exactOptional(shape.retention_days),
  projects: z.exactOptional(shape.projects),
  features: z.exactOptional(shape.features),
  rates: z.exactOptional(shape.rates),
  questions_per_day: z.exactOptional(shape.questions_per_day),
  bytes_per_day: z.exactOptional(shape.bytes_per_day),
  archived: z.exactOptional(z.boolean()),
});

const planRows = (ledger: Ledger) => collection(ledger, 'PLAN', planRow);
const began = '2026-01-01T00:00:00.000Z';

/** The plan of this name: its row, else as published (version 0); undefined where there is none. */
export const planNamed = async (ledger: Ledger, name: string): Promise<Versioned<Plan> | undefined> => {
  const kept = await planRows(ledger).read(name);
  if (kept !== undefined) return kept;
  const known = publishedPlans.get(name);
  return known && { row: { name, ...known, created_at: began, archived_at: null }, version: 0 };
};

/** All plans: the published ones, and the operator’s own in the order they were made. */
export const allPlans = async (ledger: Ledger): Promise<readonly Versioned<Plan>[]> => {
  const plans: Versioned<Plan>[] = [];
  for (const name of publishedPlans.keys()) {
    const plan = await planNamed(ledger, name);
    if (plan !== undefined) plans.push(plan);
  }
  for await (const row of planRows(ledger).all('PLAN'))
    if (!publishedPlans.has(row.name))
      plans.push((await planRows(ledger).read(row.name)) ?? { row, version: 1 });
  return plans;
};

/** Throws `invalid_payload` unless accounts may be given this plan. */
export const checkPlanName = async (ledger: Ledger, name: string): Promise<void> => {
  const plan = await planNamed(ledger, name);
  if (plan !== undefined && plan.row.archived_at === null) return;
  const names = (await allPlans(ledger))
    .filter(({ row }) => row.archived_at === null)
    .map(({ row }) => row.name);
  throw wrongField(
    'plan',
    `There is no plan ${JSON.stringify(name.slice(0, 64))}; there are: ${names.join(', ')}.`,
  );
};

/** Keeps a new plan; one of that name, published ones among them, is in its way. */
export const createPlan = async (
  books: Books,
  accountId: string,
  input: z.output<typeof planInput>,
): Promise<Versioned<Plan>> => {
  const row: Plan = { ...input, created_at: new Date(books.clock()).toISOString(), archived_at: null };
  const isNew =
    !publishedPlans.has(row.name) &&
    (await planRows(books.ledger).create(row.name, row, { group: 'PLAN', at: row.created_at }));
  const kept = isNew ? undefined : await planNamed(books.ledger, row.name);
  if (kept !== undefined && JSON.stringify(granted(kept.row)) !== JSON.stringify(granted(row)))
    throw wrongField('name', `There is a plan ${row.name} already; change that one, or choose another name.`);
  if (isNew) await writeAudit(books, accountId, 'plan.create', row.name, null, granted(row));
  return kept ?? { row, version: 1 };
};

/** Changes a plan’s terms; accounts that have it feel it within 60 s. Of a published plan this makes the row. Throws `not_found`, `conflict`. */
export const changePlan = async (
  books: Books,
  accountId: string,
  name: string,
  { archived, ...change }: z.output<typeof planChange>,
  ifVersion?: number,
): Promise<Versioned<Plan>> => {
  const { ledger, clock } = books;
  const rows = planRows(ledger);
  const at = new Date(clock()).toISOString();
  const known = await planNamed(ledger, name);
  if (known?.version === 0 && (ifVersion === undefined || ifVersion === 0))
    await rows.create(name, { ...known.row, created_at: at }, { group: 'PLAN', at });
  const done = await rows.change(
    name,
    (was) => ({
      ...was,
      ...change,
      ...(archived !== undefined && { archived_at: archived ? (was.archived_at ?? at) : null }),
    }),
    ifVersion === 0 ? 1 : ifVersion,
  );
  if (done === undefined) throw new Problem('not_found', noPlan(name));
  await writeAudit(books, accountId, 'plan.change', name, done.before, done.after.row);
  return done.after;
};

/** The sentence for a name that no plan has, or none this key may know of. */
export const noPlan = (name: string): string =>
  `No plan has the name ${JSON.stringify(name.slice(0, 64))}; GET /v1/admin/plans lists them.`;
