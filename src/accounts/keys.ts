import { itemsOf } from '../access/items.ts';
import { keyId, newKey, parseKey } from '../access/keys.ts';
import type { KeyEnv, KeyKind } from '../access/kinds.ts';
import { type KeyRecord, keyRecord } from '../access/record.ts';
import type { LedgerItem } from '../ports.ts';
import { Problem } from '../problems.ts';
import { accountOf, type Books } from './accounts.ts';
import { copyFor, projectOf, renewKey } from './projects.ts';

/** Whose key it is: pk_, sk_ and rk_ belong to a project, ak_ to an account. */
export type KeyOwner =
  | { readonly kind: Exclude<KeyKind, 'ak'>; readonly projectId: string }
  | { readonly kind: 'ak'; readonly accountId: string; readonly scope?: '' | 'admin' };

/** Mints a key and keeps its record. The answer is the only time the key itself is seen; throws `not_found` without such an owner. */
export const mintKey = async (
  books: Books,
  owner: KeyOwner & { readonly env: KeyEnv },
): Promise<{ readonly key: string; readonly record: KeyRecord }> => {
  const key = newKey(owner.kind, owner.env, books.random);
  return { key, record: await keepKey(books, key, owner) };
};

/** Keeps the record of a key that was minted elsewhere (the first start's file); a record that is there stays as it is. */
export const keepKey = async (books: Books, key: string, owner: KeyOwner): Promise<KeyRecord> => {
  const parsed = parseKey(key);
  if (parsed === undefined || parsed.kind !== owner.kind)
    throw new Problem('malformed_api_key', `This is not a key of kind ${owner.kind}_.`);
  const { ledger, clock, pepper } = books;
  const id = keyId(key, await pepper());
  const record: KeyRecord = {
    key: parsed.name,
    kind: parsed.kind,
    env: parsed.env,
    ...(await belongings(books, owner)),
    created_at: new Date(clock()).toISOString(),
    revoked_at: null,
  };
  const group = `KEYS#${owner.kind === 'ak' ? owner.accountId : owner.projectId}`;
  if (
    !(await ledger.write({ id, group, at: `${record.created_at}#${record.key}`, data: { ...record } }, 0))
  ) {
    return keyRecord.parse((await ledger.read(id))?.data);
  }
  // The project may have changed between our reading it and the key's being listed among those to renew.
  if (owner.kind !== 'ak') await renewKey(books, id, owner.projectId);
  return record;
};

/** The keys of a project or an account, oldest first, revoked ones too, a page at a time. */
export const listKeys = async (
  { ledger }: Pick<Books, 'ledger'>,
  ownerId: string,
  page?: { readonly after?: string; readonly limit?: number },
): Promise<{ readonly keys: readonly KeyRecord[]; readonly next?: string }> => {
  const { items, next } = await ledger.list(`KEYS#${ownerId}`, page);
  return { keys: items.map(({ data }) => keyRecord.parse(data)), ...(next === undefined ? {} : { next }) };
};

/** Revokes the owner's key of this name (`{kind}_{env}_{prefix}`), for good; again changes nothing. Throws `not_found`. */
export const revokeKey = async (books: Books, ownerId: string, name: string): Promise<KeyRecord> => {
  const { ledger, clock } = books;
  const item = await itemNamed(ledger, ownerId, name);
  const record = keyRecord.parse(item.data);
  if (record.revoked_at !== null) return record;
  const { version, ...rest } = item;
  const revoked = { ...record, revoked_at: new Date(clock()).toISOString() };
  return (await ledger.write({ ...rest, data: revoked }, version))
    ? revoked
    : revokeKey(books, ownerId, name);
};

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
  const scope = owner.kind === 'ak' ? (owner.scope ?? '') : '';
  return {
    scope,
    account_id: account.account_id,
    plan: account.plan,
    project: project === undefined ? null : copyFor(project),
  };
};
