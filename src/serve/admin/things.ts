import { auditOf } from '../../accounts/audit.ts';
import type { Thing } from '../../routes.ts';
import { accounts } from './accounts.ts';
import { accountFor, type Deeds, pageAnswer, queries, queryOf, requestedPage } from './act.ts';
import { keys } from './keys.ts';
import { plans } from './plans.ts';
import { projects } from './projects.ts';
import { usage } from './usage.ts';

const audit: Deeds = {
  list: async (act) => {
    const { account_id, ...page } = queryOf(queries.ofAccount, act);
    const account = await accountFor(act, account_id);
    const { rows, next } = await auditOf(act.books, account.account_id, requestedPage(page));
    return pageAnswer(
      rows.map(({ row }) => row),
      next,
    );
  },
};

/** Everything that is administered, with what may be done to it. */
export const things: Readonly<Record<Thing, Deeds>> = { accounts, projects, keys, plans, audit, usage };
