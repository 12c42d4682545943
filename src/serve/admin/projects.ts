import * as z from 'zod/mini';
import { newId } from '../../accounts/accounts.ts';
import { writeAudit } from '../../accounts/audit.ts';
import type { Versioned } from '../../accounts/collection.ts';
import { parsed } from '../../accounts/parsed.ts';
import {
  type Project,
  projectChange,
  projectInput,
  projectPage,
  projectRows,
  projectWithSlug,
} from '../../accounts/project-rows.ts';
import { changedProject, createProject } from '../../accounts/projects.ts';
import { Problem } from '../../problems.ts';
import {
  type Act,
  accountFor,
  type Deeds,
  pageAnswer,
  queries,
  queryOf,
  requestedPage,
  withVersion,
} from './act.ts';

/** A new project: its name is its slug where none is said. */
export const newProject = z.strictObject({
  ...projectInput.shape,
  name: z.exactOptional(projectInput.shape.name),
  account_id: z.exactOptional(z.string()),
});

/** Without `yes` it is only said how many events would go. */
export const projectErasure = z.strictObject({ yes: z._default(z.boolean(), false) });

/** Projects of the account, or for the operator of any. */
export const projects: Deeds = {
  list: async (act) => {
    const { archived, account_id, ...page } = queryOf(queries.projects, act);
    const account = await accountFor(act, account_id);
    const { rows, next } = await projectPage(act.books.ledger, account.account_id, requestedPage(page));
    const wanted = rows.filter(({ row }) => archived === 'true' || row.archived_at === null);
    return pageAnswer(
      wanted.map(({ row, version }) => ({ ...row, version })),
      next,
    );
  },
  create: async (act) => {
    queryOf(queries.none, act);
    const { account_id: wanted, ...said } = parsed('project', newProject, act.body);
    const account = await accountFor(act, wanted);
    if (account.archived_at !== null)
      throw new Problem('not_found', 'The account is archived: no project is made in it.');
    const id = newId('prj', act.books.random);
    const made = await createProject(act.books, account.account_id, { name: said.slug, ...said, id });
    return withVersion(await keptProject({ ...act, id: made.project_id }));
  },
  show: async (act) => withVersion(await keptProject(act)),
  change: async (act) => {
    const { row } = await keptProject(act);
    const change = parsed('project', projectChange, act.body);
    return withVersion(await changedProject(act.books, row.project_id, change, act.ifVersion));
  },
  archive: async (act) => {
    const { row } = await keptProject(act);
    return withVersion(await changedProject(act.books, row.project_id, { archived: true }, act.ifVersion));
  },
  erase: async (act) => {
    const { row } = await keptProject(act);
    const { yes } = parsed('erasure', projectErasure, act.body);
    const { project_id, slug, account_id } = row;
    if (act.eraser === undefined)
      throw new Problem(
        'not_found',
        'Here a project’s events cannot be erased at once: they lie in S3, where the job that keeps the lake erases. Archive the project (DELETE), so that it takes no more.',
      );
    const events = yes ? await act.eraser.erase(project_id) : await act.eraser.count(project_id);
    if (yes) await writeAudit(act.books, account_id, 'project.erase', project_id, null, { events });
    return { row: { project_id, slug, events, erased: yes } };
  },
};

/** The project of the path, by id or slug. One of another account is answered as one that is not there. */
const keptProject = async (act: Act): Promise<Versioned<Project>> => {
  const { account_id } = queryOf(queries.one, act);
  const kept = await foundProject(act, act.id, account_id);
  if (kept === undefined)
    throw new Problem(
      'not_found',
      `No project with the id or slug ${JSON.stringify(act.id)} is visible to this key; GET /v1/admin/projects lists them.`,
    );
  return kept;
};

/** The project with this id or slug in the account that is meant; undefined where this key sees none. */
export const foundProject = async (
  act: Act,
  word: string,
  accountId?: string,
): Promise<Versioned<Project> | undefined> => {
  const { ledger } = act.books;
  const account = await accountFor(act, accountId);
  const byId = await projectRows(ledger).read(word);
  const isVisible =
    byId !== undefined &&
    (byId.row.account_id === account.account_id || (act.operator && accountId === undefined));
  if (isVisible) return byId;
  const bySlug = await projectWithSlug(act.books, account.account_id, word);
  return bySlug && (await projectRows(ledger).read(bySlug.project_id));
};
