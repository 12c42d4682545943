import type * as z from 'zod/mini';
import { itemsOf } from '../access/items.ts';
import { Problem } from '../problems.ts';
import { accountOf, newId, termsOfAccount } from './accounts.ts';
import { writeAudit } from './audit.ts';
import type { Books } from './books.ts';
import type { Versioned } from './collection.ts';
import { parsed, wrongField } from './parsed.ts';
import {
  type Project,
  type ProjectInput,
  projectChange,
  projectInput,
  projectOf,
  projectRows,
} from './project-rows.ts';
import { renewKey } from './renew.ts';
import { giveRoom, takeRoom } from './room.ts';
import { giveSlugs, slugTaken, takeSlug } from './slugs.ts';

/**
 * Keeps a new project. Throws `invalid_payload` with the field when the input does not fit or the slug, or one that looks like it, is taken in this account; `plan_limit` when its plan has no
 * room. With an `id` that is there already it is that project.
 */
export const createProject = async (
  books: Books,
  accountId: string,
  input: ProjectInput & { readonly id?: string },
): Promise<Project> => {
  const { id: wanted, ...said } = input;
  const fields = parsed('project', projectInput, said);
  checkLists(fields);
  await checkKept(books, accountId, fields);
  const known = wanted === undefined ? undefined : await projectOf(books, wanted);
  if (known?.account_id === accountId) return known;
  await takeRoom(books, accountId);
  try {
    const id = await takeSlug(books, accountId, fields.slug, wanted ?? newId('prj', books.random));
    const created_at = new Date(books.clock()).toISOString();
    const project: Project = {
      ...fields,
      ...{ project_id: id, account_id: accountId, created_at, archived_at: null },
    };
    const isNew = await projectRows(books.ledger).create(id, project, {
      group: `PRJ#${accountId}`,
      at: created_at,
    });
    if (!isNew && wanted === undefined) throw slugTaken(fields.slug);
    if (!isNew) {
      await giveRoom(books, accountId);
      return (await projectOf(books, id)) ?? project;
    }
    await writeAudit(books, accountId, 'project.create', id, null, fields);
    return project;
  } catch (thrown) {
    await giveRoom(books, accountId);
    throw thrown;
  }
};

/** Changes some of a project's fields and renews the copy its keys carry. Throws `not_found`, `conflict` where it has not `ifVersion`, or `invalid_payload` with the field. */
export const changeProject = async (
  books: Books,
  id: string,
  change: z.input<typeof projectChange>,
  ifVersion?: number,
): Promise<Project> => (await changedProject(books, id, change, ifVersion)).row;

/** The same, with the version it has now. */
export const changedProject = async (
  books: Books,
  id: string,
  change: z.input<typeof projectChange>,
  ifVersion?: number,
): Promise<Versioned<Project>> => {
  const { ledger } = books;
  const { archived, ...said } = parsed('project', projectChange, change);
  let hasRoom = false;
  const done = await projectRows(ledger).change(
    id,
    async (before) => {
      const after: Project = { ...before, ...said, archived_at: archivedAt(books, before, archived) };
      checkLists(after);
      await checkKept(books, before.account_id, said);
      if (after.slug !== before.slug && (await takeSlug(books, before.account_id, after.slug, id)) !== id)
        throw slugTaken(after.slug);
      if (before.archived_at !== null && after.archived_at === null && !hasRoom) {
        await takeRoom(books, before.account_id);
        hasRoom = true;
      }
      return JSON.stringify(after) === JSON.stringify(before) ? before : after;
    },
    ifVersion,
  );
  if (done === undefined)
    throw new Problem('not_found', `No project has the id ${JSON.stringify(id.slice(0, 64))}.`);
  const { before, after } = done;
  await giveSlugs(ledger, before, after.row);
  if (before.archived_at === null && after.row.archived_at !== null) await giveRoom(books, before.account_id);
  for await (const { id: keyItemId } of itemsOf(ledger, `KEYS#${id}`)) await renewKey(books, keyItemId);
  await writeAudit(books, before.account_id, 'project.change', id, before, after.row);
  return after;
};

const archivedAt = (
  { clock }: Books,
  { archived_at }: Project,
  archived: boolean | undefined,
): string | null => {
  if (archived === undefined) return archived_at;
  return archived ? (archived_at ?? new Date(clock()).toISOString()) : null;
};

/** The lists of a project together, in characters: they travel from authorizer to door with each verdict. */
const longestLists = 6_000;

const checkLists = ({
  allowed_origins,
  site_hosts,
  ignored_referrers,
}: z.output<typeof projectInput>): void => {
  const all = [...allowed_origins, ...site_hosts, ...ignored_referrers];
  if (all.reduce((sum, { length }) => sum + length, 0) > longestLists)
    throw wrongField(
      'allowed_origins',
      `allowed_origins, site_hosts and ignored_referrers may hold ${longestLists} characters together; these hold more.`,
    );
};

/** Throws `plan_limit` where a project would be kept longer than its account’s plan grants. */
const checkKept = async (
  books: Books,
  accountId: string,
  { retention_days: wanted = null }: { readonly retention_days?: number | null },
): Promise<void> => {
  if (wanted === null) return;
  const plan = (await accountOf(books, accountId))?.plan;
  const { retention_days: most } = await termsOfAccount(books.ledger, plan);
  if (most !== null && wanted > most)
    throw new Problem(
      'plan_limit',
      `retention_days ${wanted} is more than the account’s plan ${plan} grants (${most}). Give ${most} or less, or null for what the plan grants.`,
      { details: { feature: 'retention_days', plan, required_plan: 'business', allowed: most } },
    );
};
