import * as z from 'zod/mini';
import { randomWord } from '../access/keys.ts';
import { knownTerms, type Terms, termsOf } from '../access/plans.ts';
import type { Ledger, World } from '../ports.ts';
import { writeAudit } from './audit.ts';
import type { Books } from './books.ts';
import { collection, type PageAt, type RowPage, type Versioned } from './collection.ts';
import { displayName } from './names.ts';

const account = z.object({
  account_id: z.string(),
  name: z.string(),
  plan: z.string(),
  created_at: z.string(),
  /** Whose keys with scope admin run the whole installation: every account, and the plans. */
  operator: z._default(z.boolean(), false),
  archived_at: z._default(z.nullable(z.string()), null),
  /** How many projects are not archived, and when that was last counted or changed; null until first asked. */
  live: z._default(z.nullable(z.object({ projects: z.number(), at: z.string() })), null),
});

/** Who pays and owns projects. */
export type Account = Readonly<z.infer<typeof account>>;

/** What may be said of a new account. */
export const accountInput = z.strictObject({ name: displayName, plan: z._default(z.string(), 'free') });
/** What may be changed of one; `plan` by the operator. */
export const accountChange = z.strictObject({
  name: z.exactOptional(displayName),
  plan: z.exactOptional(z.string()),
  archived: z.exactOptional(z.boolean()),
});

/** All accounts. */
export const accountRows = (ledger: Ledger) => collection(ledger, 'ACC', account);

/** A new id such as `prj_4fGh…`: unique, not secret. */
export const newId = (kind: 'acc' | 'prj', random: World['random']): string =>
  `${kind}_${randomWord(16, random)}`;

/** Keeps a new account, or finds the one that has this id already; `operator` is given to that one too. */
export const createAccount = async (
  books: Books,
  {
    id = newId('acc', books.random),
    name,
    plan,
    operator = false,
  }: { readonly id?: string; readonly name: string; readonly plan: string; readonly operator?: boolean },
): Promise<Account> => {
  const created_at = new Date(books.clock()).toISOString();
  const row: Account = {
    ...{ account_id: id, name, plan, created_at, operator },
    ...{ archived_at: null, live: { projects: 0, at: created_at } },
  };
  const rows = accountRows(books.ledger);
  if (await rows.create(id, row, { group: 'ACC', at: created_at })) {
    await writeAudit(books, id, 'account.create', id, null, { name, plan });
    return row;
  }
  // An older version did not know whose the installation is.
  const done = await rows.change(id, (was) => (operator && !was.operator ? { ...was, operator } : was));
  return done?.after.row ?? row;
};

/** The account with this id, or undefined. */
export const accountOf = async (
  { ledger }: Pick<Books, 'ledger'>,
  id: string,
): Promise<Account | undefined> => (await accountRows(ledger).read(id))?.row;

/** The installation's accounts, oldest first, a page at a time. */
export const accountsOf = async (
  { ledger }: Pick<Books, 'ledger'>,
  page?: PageAt,
): Promise<{ readonly accounts: readonly Account[]; readonly next?: string }> => {
  const { rows, next } = await accountRows(ledger).list('ACC', page);
  return { accounts: rows.map(({ row }) => row), ...(next === undefined ? {} : { next }) };
};

/** What the account’s plan grants at present; of an account that is not there, everything. */
export const termsOfAccount = async (ledger: Ledger, plan: string | undefined): Promise<Terms> =>
  plan === undefined ? knownTerms('unlimited') : termsOf(ledger, plan);

/** An account as it is shown. */
export const shownAccount = ({ row: { live: _, ...rest }, version }: Versioned<Account>): object => ({
  ...rest,
  version,
});

/** A page of accounts. */
export const accountPage = (ledger: Ledger, page?: PageAt): Promise<RowPage<Account>> =>
  accountRows(ledger).list('ACC', page);
