import {
  type Account,
  accountChange,
  accountInput,
  accountPage,
  accountRows,
  createAccount,
  shownAccount,
} from '../../accounts/accounts.ts';
import { changeAccount } from '../../accounts/change-account.ts';
import type { Versioned } from '../../accounts/collection.ts';
import { parsed } from '../../accounts/parsed.ts';
import { checkPlanName } from '../../accounts/plans.ts';
import { Problem } from '../../problems.ts';
import {
  type Act,
  accountFor,
  type Deeds,
  type Done,
  mustOperate,
  pageAnswer,
  queries,
  queryOf,
  requestedPage,
} from './act.ts';

/** Accounts: the operator sees and makes all of them, everybody else sees and names their own. */
export const accounts: Deeds = {
  list: async (act) => {
    const query = queryOf(queries.list, act);
    if (!act.operator) return pageAnswer([shownAccount(await keptAccount(act, act.own))], undefined);
    const { rows, next } = await accountPage(act.books.ledger, requestedPage(query));
    return pageAnswer(rows.map(shownAccount), next);
  },
  create: async (act) => {
    queryOf(queries.none, act);
    mustOperate(act, 'make accounts');
    const input = parsed('account', accountInput, act.body);
    await checkPlanName(act.books.ledger, input.plan);
    const { account_id } = await createAccount(act.books, input);
    return shown(await keptAccount(act, account_id));
  },
  show: async (act) => {
    queryOf(queries.none, act);
    return shown(await keptAccount(act, act.id));
  },
  change: async (act) => {
    queryOf(queries.none, act);
    const { account_id } = await accountFor(act, act.id);
    const { plan, archived, ...rest } = parsed('account', accountChange, act.body);
    if (plan !== undefined) mustOperate(act, 'change an account’s plan');
    if (archived !== undefined) mustEnd(act, account_id);
    return shown(
      await changeAccount(
        act.books,
        account_id,
        { ...rest, ...(plan !== undefined && { plan }), ...(archived !== undefined && { archived }) },
        act.ifVersion,
      ),
    );
  },
  archive: async (act) => {
    queryOf(queries.none, act);
    const { account_id } = await accountFor(act, act.id);
    mustEnd(act, account_id);
    return shown(await changeAccount(act.books, account_id, { archived: true }, act.ifVersion));
  },
};

const shown = (kept: Versioned<Account>): Done => ({ row: shownAccount(kept), version: kept.version });

const keptAccount = async (act: Act, id: string): Promise<Versioned<Account>> => {
  const { account_id } = await accountFor(act, id);
  const kept = await accountRows(act.books.ledger).read(account_id);
  if (kept === undefined) throw new Problem('not_found', 'The account is gone.');
  return kept;
};

const mustEnd = (act: Act, accountId: string): void => {
  mustOperate(act, 'archive accounts');
  if (accountId === act.own)
    throw new Problem(
      'invalid_payload',
      'The account that runs this installation cannot be archived: nobody could administer it any more.',
    );
};
