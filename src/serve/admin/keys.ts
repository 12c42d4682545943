import type { KeyKind } from '../../access/kinds.ts';
import type { KeyRecord } from '../../access/record.ts';
import type { Account } from '../../accounts/accounts.ts';
import { keptKey, keyItem, shownKey } from '../../accounts/key-rows.ts';
import {
  changeKeyItem,
  checkReach,
  type KeyExtras,
  keyChange,
  keyInput,
  keyRotation,
  mintKey,
} from '../../accounts/keys.ts';
import { parsed, wrongField } from '../../accounts/parsed.ts';
import type { LedgerItem } from '../../ports.ts';
import { Problem } from '../../problems.ts';
import {
  type Act,
  accountFor,
  type Deeds,
  type Done,
  pageAnswer,
  queries,
  queryOf,
  requestedPage,
} from './act.ts';
import { foundProject } from './projects.ts';

/** Keys of the account, or for the operator of any. A key is seen when it is made, and never again. */
export const keys: Deeds = {
  list: async (act) => {
    const { account_id, project_id, ...page } = queryOf(queries.keys, act);
    const account = await accountFor(act, account_id);
    const project = project_id === undefined ? undefined : await theProject(act, project_id, account_id);
    const owner = project?.project_id ?? account.account_id;
    const { items, next } = await act.books.ledger.list(`KEYS#${owner}`, requestedPage(page));
    return pageAnswer(
      await Promise.all(items.map((item) => shownKey(act.books.ledger, keptKey(item)))),
      next,
    );
  },
  create: async (act) => {
    queryOf(queries.none, act);
    const input = parsed('key', keyInput, act.body);
    const { kind, env, project: word, account_id, label, scope, projects, expires_at } = input;
    checkReach({ kind, scope, projects });
    checkExpiry(act, expires_at);
    const account = await accountFor(act, account_id);
    const extras = { label, expires_at, projects: await visibleProjects(act, account, projects) };
    if (kind === 'ak' && word !== undefined)
      throw wrongField(
        'project',
        'An ak_ key belongs to the account; which projects it sees is said in projects.',
      );
    if (kind === 'ak') return minted(act, { kind, env, accountId: account.account_id, scope, ...extras });
    if (word === undefined)
      throw wrongField('project', `Say whose ${kind}_ key it is: the id or slug of a project.`);
    const { project_id } = await theProject(act, word, account_id);
    return minted(act, { kind, env, projectId: project_id, ...extras });
  },
  show: async (act) => shown(act, await theKey(act)),
  change: async (act) => {
    const item = await theKey(act);
    const change = parsed('key', keyChange, act.body);
    const was = keptKey(item).row;
    const account = await accountFor(act, was.account_id);
    checkReach({
      kind: was.kind,
      scope: change.scope ?? was.scope,
      projects: change.projects === undefined ? was.projects : change.projects,
    });
    if (change.expires_at !== undefined) checkExpiry(act, change.expires_at);
    const projects =
      change.projects === undefined ? undefined : await visibleProjects(act, account, change.projects);
    const edit = (now: KeyRecord): KeyRecord => ({
      ...now,
      ...change,
      projects: projects === undefined ? now.projects : projects && [...projects],
    });
    await changeKeyItem(act.books, item.id, 'key.change', edit, act.ifVersion);
    return shown(act, item);
  },
  archive: async (act) => {
    const item = await theKey(act);
    const at = new Date(act.books.clock()).toISOString();
    await changeKeyItem(
      act.books,
      item.id,
      'key.revoke',
      (was) => ({ ...was, revoked_at: was.revoked_at ?? at }),
      act.ifVersion,
    );
    return shown(act, item);
  },
  rotate: async (act) => {
    const item = await theKey(act);
    const { delay_s } = parsed('rotation', keyRotation, act.body);
    const { row } = keptKey(item);
    if (row.revoked_at !== null)
      throw new Problem('conflict', 'This key is revoked, so there is nothing to rotate: mint a new one.');
    const { kind, env, label, scope, projects, project, account_id } = row;
    const extras: KeyExtras = { label, projects };
    const done = await minted(
      act,
      kind === 'ak' || project === null
        ? { kind: 'ak', env, accountId: account_id, scope, ...extras }
        : { kind: projectKind(kind), env, projectId: project.id, ...extras },
    );
    // A repeat of this request must not give the old key another day.
    const ends = new Date(act.books.clock() + delay_s * 1000).toISOString();
    const sooner = (old: string | null): string => (old === null || ends < old ? ends : old);
    await changeKeyItem(act.books, item.id, 'key.rotate', (was) => ({
      ...was,
      expires_at: sooner(was.expires_at),
    }));
    return { ...done, row: { ...done.row, replaces: (await shown(act, item)).row } };
  },
};

const projectKind = (kind: KeyKind): Exclude<KeyKind, 'ak'> => (kind === 'ak' ? 'rk' : kind);

const minted = async ({ books }: Act, owner: Parameters<typeof mintKey>[1]): Promise<Done> => {
  const { key, record } = await mintKey(books, owner);
  const item = await keyItem(books.ledger, record.account_id, record.key);
  if (item === undefined) throw new Problem('not_found', 'The key is gone.');
  const kept = keptKey(item);
  return { row: { ...(await shownKey(books.ledger, kept)), secret: key }, version: kept.version };
};

/** The key of the path, by its name. One of another account is answered as one that is not there. */
const theKey = async (act: Act): Promise<LedgerItem> => {
  queryOf(queries.none, act);
  const item = await keyItem(act.books.ledger, act.own, act.id, act.operator);
  if (item === undefined)
    throw new Problem(
      'not_found',
      `No key named ${JSON.stringify(act.id)} is visible to this key; keys are named by their first three parts, e.g. rk_live_AbCd1234.`,
    );
  return item;
};

const shown = async ({ books }: Act, { id }: LedgerItem): Promise<Done> => {
  const item = await books.ledger.read(id);
  if (item === undefined) throw new Problem('not_found', 'The key is gone.');
  const kept = keptKey(item);
  return { row: await shownKey(books.ledger, kept), version: kept.version };
};

const theProject = async (act: Act, word: string, accountId: string | undefined) => {
  const kept = /^[A-Za-z0-9_-]{1,64}$/.test(word) ? await foundProject(act, word, accountId) : undefined;
  if (kept === undefined)
    throw new Problem(
      'not_found',
      `No project with the id or slug ${JSON.stringify(word.slice(0, 64))} is visible to this key; GET /v1/admin/projects lists them.`,
    );
  return kept.row;
};

/** The ids of the projects that an ak_ key is to see: each must be one of the account’s. */
const visibleProjects = async (
  act: Act,
  { account_id }: Account,
  wanted: readonly string[] | null,
): Promise<readonly string[] | null> => {
  if (wanted === null) return null;
  const ids: string[] = [];
  for (const word of wanted) ids.push((await theProject(act, word, account_id)).project_id);
  return [...new Set(ids)];
};

const checkExpiry = ({ books }: Act, expires_at: string | null): void => {
  if (expires_at !== null && Date.parse(expires_at) <= books.clock())
    throw wrongField('expires_at', 'expires_at must be in the future; to end a key now, revoke it (DELETE).');
};
