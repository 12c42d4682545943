import * as z from 'zod/mini';
import { itemsOf } from '../access/items.ts';
import { keyId, newKey, parseKey } from '../access/keys.ts';
import { type KeyEnv, type KeyKind, keyEnvs, keyScopes, kindNames } from '../access/kinds.ts';
import { planLacks } from '../access/may.ts';
import { termsOf } from '../access/plans.ts';
import { type KeyRecord, keyRecord } from '../access/record.ts';
import type { LedgerItem } from '../ports.ts';
import { Problem } from '../problems.ts';
import { accountOf } from './accounts.ts';
import { writeAudit } from './audit.ts';
import type { Books } from './books.ts';
import type { PageAt } from './collection.ts';
import { noteName, ownerOf } from './key-rows.ts';
import { displayName } from './names.ts';
import { wrongField } from './parsed.ts';
import { projectOf } from './project-rows.ts';
import { copyFor, renewKey } from './renew.ts';

const expiry = z.nullable(z.iso.datetime({ offset: true }));
const projects = z.nullable(z.array(z.string()).check(z.minLength(1), z.maxLength(100)));

/** What may be said of a new key. `project`: the id or slug of the project a pk_, sk_ or rk_ key is for; `projects`: those an ak_ key may see, null for all. */
export const keyInput = z.strictObject({
  kind: z.enum(kindNames),
  env: z._default(z.enum(keyEnvs), 'live'),
  project: z.exactOptional(z.string()),
  account_id: z.exactOptional(z.string()),
  label: z._default(z.nullable(displayName), null),
  scope: z._default(z.enum(keyScopes), ''),
  projects: z._default(projects, null),
  expires_at: z._default(expiry, null),
});

/** What may be changed of one. */
export const keyChange = z.strictObject({
  label: z.exactOptional(z.nullable(displayName)),
  scope: z.exactOptional(z.enum(keyScopes)),
  projects: z.exactOptional(projects),
  expires_at: z.exactOptional(expiry),
});

/** How a key is rotated: the old one is good for so many seconds more, a day unless said, 30 days at most. */
export const keyRotation = z.strictObject({
  delay_s: z._default(z.int().check(z.minimum(0), z.maximum(30 * 86_400)), 86_400),
});

/** What a key is given beside its owner. */
export interface KeyExtras {
  readonly label?: string | null;
  readonly expires_at?: string | null;
  readonly projects?: readonly string[] | null;
}

/** Whose key it is: pk_, sk_ and rk_ belong to a project, ak_ to an account. */
export type KeyOwner =
  | { readonly kind: Exclude<KeyKind, 'ak'>; readonly projectId: string }
  | { readonly kind: 'ak'; readonly accountId: string; readonly scope?: '' | 'admin' };

/** Mints a key and keeps its record. The answer is the only time the key itself is seen; throws `not_found` without such an owner, `plan_limit` where its plan has no such keys. */
export const mintKey = async (
  books: Books,
  owner: KeyOwner & { readonly env: KeyEnv } & KeyExtras,
): Promise<{ readonly key: string; readonly record: KeyRecord }> => {
  const key = newKey(owner.kind, owner.env, books.random);
  return { key, record: await keepKey(books, key, owner) };
};

/** Keeps the record of a key that was minted elsewhere (the first start's file); a record that is there stays as it is. */
export const keepKey = async (books: Books, key: string, owner: KeyOwner & KeyExtras): Promise<KeyRecord> => {
  const parsed = parseKey(key);
  if (parsed === undefined || parsed.kind !== owner.kind)
    throw new Problem('malformed_api_key', `This is not a key of kind ${owner.kind}_.`);
  const { ledger, clock, pepper } = books;
  const id = keyId(key, await pepper());
  const known = await ledger.read(id);
  if (known !== undefined) {
    await noteName(ledger, parsed.name, id);
    return keyRecord.parse(known.data);
  }
  const record: KeyRecord = {
    ...{ key: parsed.name, kind: parsed.kind, env: parsed.env },
    ...(await belongings(books, owner)),
    ...{ label: owner.label ?? null, projects: owner.projects ? [...owner.projects] : null },
    ...{
      created_at: new Date(clock()).toISOString(),
      revoked_at: null,
      expires_at: owner.expires_at ?? null,
    },
  };
  const group = `KEYS#${ownerOf(record)}`;
  if (!(await ledger.write({ id, group, at: `${record.created_at}#${record.key}`, data: { ...record } }, 0)))
    return keyRecord.parse((await ledger.read(id))?.data);
  await noteName(ledger, record.key, id);
  // Project and account may have changed between our reading them and the key's being listed among those to renew.
  await renewKey(books, id);
  await writeAudit(books, record.account_id, 'key.mint', record.key, null, told(record));
  return record;
};

/** The keys of a project or an account, oldest first, revoked ones too, a page at a time. */
export const listKeys = async (
  { ledger }: Pick<Books, 'ledger'>,
  ownerId: string,
  page?: PageAt,
): Promise<{ readonly keys: readonly KeyRecord[]; readonly next?: string }> => {
  const { items, next } = await ledger.list(`KEYS#${ownerId}`, page);
  return { keys: items.map(({ data }) => keyRecord.parse(data)), ...(next === undefined ? {} : { next }) };
};

/** Revokes the owner's key of this name (`{kind}_{env}_{prefix}`), for good; again changes nothing. Throws `not_found`. */
export const revokeKey = async (books: Books, ownerId: string, name: string): Promise<KeyRecord> => {
  const at = new Date(books.clock()).toISOString();
  const item = await itemNamed(books.ledger, ownerId, name);
  return (
    await changeKeyItem(books, item.id, 'key.revoke', (was) => ({ ...was, revoked_at: was.revoked_at ?? at }))
  ).data;
};

/**
 * Changes a key’s record by the id of its item, of several at once none lost; with `ifVersion` only while it has that version, else `conflict`. What is revoked stays so.
 */
export const changeKeyItem = async (
  books: Books,
  id: string,
  what: string,
  edit: (was: KeyRecord) => KeyRecord,
  ifVersion?: number,
): Promise<{ readonly data: KeyRecord; readonly version: number }> => {
  const item = await books.ledger.read(id);
  if (item === undefined) throw new Problem('not_found', 'There is no such key.');
  const { version, ...rest } = item;
  const was = keyRecord.parse(item.data);
  if (ifVersion !== undefined && ifVersion !== version) throw changedKey(was, version);
  const data = edit(was);
  if (JSON.stringify(data) === JSON.stringify(was)) return { data: was, version };
  if (!(await books.ledger.write({ ...rest, data: { ...data } }, version)))
    return changeKeyItem(books, id, what, edit, ifVersion);
  await writeAudit(books, was.account_id, what, was.key, told(was), told(data));
  return { data, version: version + 1 };
};

const changedKey = (was: KeyRecord, version: number): Problem =>
  new Problem(
    'conflict',
    `It was changed meanwhile and is version ${version} now (details.current): look at it, then send the change with If-Match: "${version}".`,
    { details: { current: { ...told(was), version } } },
  );

/** Throws unless scope and reach go together: only ak_ keys have either, and administration reaches the whole account. */
export const checkReach = ({
  kind,
  scope,
  projects: some,
}: {
  readonly kind: KeyKind;
  readonly scope: string;
  readonly projects: readonly string[] | null;
}): void => {
  if (kind !== 'ak' && scope !== '')
    throw wrongField('scope', `Only ak_ keys have a scope; this is a ${kind}_ key.`);
  if (kind !== 'ak' && some !== null)
    throw wrongField(
      'projects',
      `Only ak_ keys see several projects; a ${kind}_ key is for one, named in project.`,
    );
  if (scope !== '' && some !== null)
    throw wrongField('projects', 'Scope admin reaches the whole account: leave out projects, or the scope.');
};

/** What an audit may tell of a key. */
const told = ({
  key,
  kind,
  env,
  label,
  scope,
  project,
  projects: some,
  expires_at,
  revoked_at,
}: KeyRecord) => ({
  ...{
    key,
    kind,
    env,
    label,
    scope,
    project_id: project?.id ?? null,
    projects: some,
    expires_at,
    revoked_at,
  },
});

const itemNamed = async (ledger: Books['ledger'], ownerId: string, name: string): Promise<LedgerItem> => {
  for await (const item of itemsOf(ledger, `KEYS#${ownerId}`)) if (item.data.key === name) return item;
  throw new Problem(
    'not_found',
    `${ownerId} has no key ${JSON.stringify(name.slice(0, 32))}; keys are named by their first three parts, e.g. sk_live_AbCd1234.`,
  );
};

const belongings = async (
  books: Books,
  owner: KeyOwner,
): Promise<Pick<KeyRecord, 'scope' | 'account_id' | 'plan' | 'project'>> => {
  const project = owner.kind === 'ak' ? undefined : await projectOf(books, owner.projectId);
  const accountId = owner.kind === 'ak' ? owner.accountId : project?.account_id;
  const account = accountId === undefined ? undefined : await accountOf(books, accountId);
  if (account === undefined)
    throw new Problem(
      'not_found',
      `There is no ${owner.kind === 'ak' ? 'account' : 'project'} to mint this key for.`,
    );
  if (account.archived_at !== null)
    throw new Problem('not_found', 'The account is archived: no key is minted for it.');
  if (owner.kind === 'ak' && !(await termsOf(books.ledger, account.plan)).features.includes('mcp_account'))
    throw planLacks('mcp_account', account.plan);
  const scope = owner.kind === 'ak' ? (owner.scope ?? '') : '';
  return {
    scope,
    account_id: account.account_id,
    plan: account.plan,
    project: project === undefined ? null : copyFor(project),
  };
};
