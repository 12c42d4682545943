import { itemsOf } from '../access/items.ts';
import { Problem } from '../problems.ts';
import { type Account, accountRows, termsOfAccount } from './accounts.ts';
import type { Books } from './books.ts';

/** An index follows within a second or so; a count older than this may be made anew from it. */
const settledMs = 60_000;

/**
 * Takes room for one more project under the account’s plan: the count stands in the account’s own row, so of several at once only as many get through as there is room for. Throws
 * `plan_limit`; what is there stays readable. An account that nobody wrote down has no plan and always has room.
 */
export const takeRoom = async (books: Books, accountId: string): Promise<void> => {
  const { ledger, clock } = books;
  let lacking: Problem | undefined;
  await accountRows(ledger).change(accountId, async (account) => {
    lacking = undefined;
    const { projects: most } = await termsOfAccount(ledger, account.plan);
    const now = clock();
    const known = account.live;
    const isFull = (count: number): boolean => most !== null && count >= most;
    const counted =
      known === null || (isFull(known.projects) && Math.abs(now - Date.parse(known.at)) > settledMs)
        ? await liveProjects(books, accountId)
        : known.projects;
    if (isFull(counted)) {
      lacking = noRoom(account, most ?? 0, counted);
      return account;
    }
    return { ...account, live: { projects: counted + 1, at: new Date(now).toISOString() } };
  });
  if (lacking !== undefined) throw lacking;
};

/** Gives back the room of a project that is archived, or could not be made. */
export const giveRoom = async ({ ledger, clock }: Books, accountId: string): Promise<void> => {
  await accountRows(ledger).change(accountId, (account) =>
    account.live === null
      ? account
      : {
          ...account,
          live: {
            projects: Math.max(0, account.live.projects - 1),
            at: new Date(clock()).toISOString(),
          },
        },
  );
};

const liveProjects = async ({ ledger }: Books, accountId: string): Promise<number> => {
  let count = 0;
  for await (const { data } of itemsOf(ledger, `PRJ#${accountId}`))
    if (data.archived_at === null || data.archived_at === undefined) count += 1;
  return count;
};

const noRoom = ({ plan }: Account, most: number, count: number): Problem =>
  new Problem(
    'plan_limit',
    `The account’s plan ${plan} has room for ${most} ${most === 1 ? 'project' : 'projects'} and the account has ${count}: those stay as they are and readable, but none is made. Archive one, or have whoever runs this installation change the plan; pro has no such limit.`,
    { details: { feature: 'projects', plan, required_plan: 'pro', allowed: most, present: count } },
  );
