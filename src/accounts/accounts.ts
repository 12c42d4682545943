import * as z from 'zod/mini';
import { randomWord } from '../access/keys.ts';
import type { World } from '../ports.ts';

/** What accounts, projects and keys are kept with. */
export type Books = Pick<World, 'ledger' | 'clock' | 'random' | 'pepper'>;

/** Who pays and owns projects. */
export interface Account {
  readonly account_id: string;
  readonly name: string;
  readonly plan: string;
  /** ISO 8601, UTC. */
  readonly created_at: string;
}

const stored = z.object({
  account_id: z.string(),
  name: z.string(),
  plan: z.string(),
  created_at: z.string(),
});

/** A new id such as `prj_4fGh…`: unique, not secret. */
export const newId = (kind: 'acc' | 'prj', random: World['random']): string =>
  `${kind}_${randomWord(16, random)}`;

/** Keeps a new account, or finds the one that has this id already. */
export const createAccount = async (
  { ledger, clock, random }: Books,
  {
    id = newId('acc', random),
    name,
    plan,
  }: { readonly id?: string; readonly name: string; readonly plan: string },
): Promise<Account> => {
  const account: Account = { account_id: id, name, plan, created_at: new Date(clock()).toISOString() };
  const kept = await ledger.write(
    { id: `ACC#${id}`, group: 'ACC', at: account.created_at, data: { ...account } },
    0,
  );
  return kept ? account : ((await accountOf({ ledger }, id)) ?? account);
};

/** The account with this id, or undefined. */
export const accountOf = async (
  { ledger }: Pick<Books, 'ledger'>,
  id: string,
): Promise<Account | undefined> => {
  const item = await ledger.read(`ACC#${id}`);
  return item && stored.parse(item.data);
};

/** The installation's accounts, oldest first, a page at a time. */
export const accountsOf = async (
  { ledger }: Pick<Books, 'ledger'>,
  page?: { readonly after?: string; readonly limit?: number },
): Promise<{ readonly accounts: readonly Account[]; readonly next?: string }> => {
  const { items, next } = await ledger.list('ACC', page);
  return { accounts: items.map(({ data }) => stored.parse(data)), ...(next === undefined ? {} : { next }) };
};
