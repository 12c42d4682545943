import { en } from 'zod/locales';
import * as z from 'zod/mini';
import type { KeyKind } from '../access/kinds.ts';
import { createAccount, newId } from '../accounts/accounts.ts';
import type { Books } from '../accounts/books.ts';
import { firstAccount, firstProject } from '../accounts/first.ts';
import { mintKey, revokeKey } from '../accounts/keys.ts';
import { projectOf } from '../accounts/project-rows.ts';
import { changeProject, createProject } from '../accounts/projects.ts';
import type { LedgerItem } from '../ports.ts';
import { Problem } from '../problems.ts';

const project = z.strictObject({
  slug: z.exactOptional(z.string()),
  name: z.exactOptional(z.string()),
  timezone: z.exactOptional(z.string()),
  allowed_origins: z.exactOptional(z.array(z.string())),
});

/** What the operator may say: new keys beside the present ones, one that administers, names of keys to revoke, fields of the project to set. */
export const startOrder = z.strictObject({
  rotate: z._default(z.boolean(), false),
  admin: z._default(z.boolean(), false),
  revoke: z._default(z.array(z.string()), []),
  project: z._default(project, {}),
});

/** What the operator is told; `keys` only where they were minted just now, and never again. */
export interface Started {
  readonly account_id: string;
  readonly project_id: string;
  readonly project_slug: string;
  readonly keys: Readonly<Record<KeyKind, string>> | null;
  /** An ak_ key with scope admin, where one was asked for. */
  readonly admin: string | null;
  /** The names of the keys made here that are good. */
  readonly active: readonly string[];
}

const id = 'INIT';
const stored = z.object({
  account_id: z.string(),
  project_id: z.string(),
  began: z.boolean(),
  keys: z.array(z.string()),
});
type Beginning = z.infer<typeof stored>;

/**
 * Sees that account `default`, project `demo` and one key of each kind exist. Repeated, it makes nothing twice and shows only ids and names; whoever asks first, of several at
 * once, gets the keys. Throws an Error that says what in the order does not fit, or the Problem of the project or key.
 */
export const cloudFirstStart = async (books: Books, order: unknown): Promise<Started> => {
  const { rotate, revoke, admin: asksAdmin, project: wanted } = understood(order);
  const beginning = await begin(books);
  const { account_id, project_id } = beginning;
  await createAccount(books, { id: account_id, ...firstAccount });
  const made =
    (await projectOf(books, project_id)) ??
    (await createProject(books, account_id, { ...firstProject, ...wanted, id: project_id }));
  const project = Object.keys(wanted).length === 0 ? made : await changeProject(books, project_id, wanted);

  // Said before it is done: a start that is cut short here has shown no key, and `rotate` mints others.
  const first = await change(books, (now) => (now.began ? undefined : { ...now, began: true }));
  const keys = first || rotate ? await mint(books, beginning) : null;
  const admin = asksAdmin ? await mintAdmin(books, account_id) : null;
  for (const name of revoke) await revokeKey(books, name.startsWith('ak_') ? account_id : project_id, name);
  if (revoke.length > 0)
    await change(books, (now) => ({ ...now, keys: now.keys.filter((name) => !revoke.includes(name)) }));
  return {
    ...{ account_id, project_id, project_slug: project.slug, keys, admin },
    active: (await begin(books)).keys,
  };
};

const understood = (order: unknown): z.infer<typeof startOrder> => {
  const read = startOrder.safeParse(order ?? {}, { error: en().localeError });
  if (!read.success)
    throw new Problem('invalid_payload', `The order does not fit: ${z.prettifyError(read.error)}`, {
      details: z.flattenError(read.error),
    });
  return read.data;
};

/** The record of the beginning; the first to ask makes it, so that all use the same ids. */
const begin = async ({ ledger, random }: Pick<Books, 'ledger' | 'random'>): Promise<Beginning> => {
  const known = await ledger.read(id);
  if (known !== undefined) return stored.parse(known.data);
  const data: Beginning = {
    account_id: newId('acc', random),
    project_id: newId('prj', random),
    began: false,
    keys: [],
  };
  return (await ledger.write({ id, data }, 0)) ? data : begin({ ledger, random });
};

/** Changes the record; false when there was nothing to change. Of two at once neither change is lost. */
const change = async (books: Books, to: (now: Beginning) => Beginning | undefined): Promise<boolean> => {
  const item: LedgerItem | undefined = await books.ledger.read(id);
  const data = item && to(stored.parse(item.data));
  if (item === undefined || data === undefined) return false;
  return (await books.ledger.write({ id, data }, item.version)) || change(books, to);
};

const mintAdmin = async (books: Books, accountId: string): Promise<string> => {
  const { key, record } = await mintKey(books, { kind: 'ak', env: 'live', accountId, scope: 'admin' });
  await change(books, (now) => ({ ...now, keys: [...now.keys, record.key] }));
  return key;
};

const mint = async (
  books: Books,
  { account_id, project_id }: Beginning,
): Promise<Readonly<Record<KeyKind, string>>> => {
  const minted = async (kind: KeyKind): Promise<string> => {
    const { key, record } = await mintKey(
      books,
      kind === 'ak'
        ? { kind, env: 'live', accountId: account_id }
        : { kind, env: 'live', projectId: project_id },
    );
    await change(books, (now) => ({ ...now, keys: [...now.keys, record.key] }));
    return key;
  };
  return { pk: await minted('pk'), sk: await minted('sk'), rk: await minted('rk'), ak: await minted('ak') };
};
