import { publishedPlans } from '../../access/plans.ts';
import type { Versioned } from '../../accounts/collection.ts';
import { parsed } from '../../accounts/parsed.ts';
import {
  allPlans,
  changePlan,
  createPlan,
  noPlan,
  type Plan,
  planChange,
  planInput,
  planNamed,
} from '../../accounts/plans.ts';
import { Problem } from '../../problems.ts';
import {
  type Act,
  accountFor,
  type Deeds,
  mustOperate,
  pageAnswer,
  queries,
  queryOf,
  withVersion,
} from './act.ts';

/** Plans: the operator sees and changes all of them, everybody else sees the published ones and their own. */
export const plans: Deeds = {
  list: async (act) => {
    queryOf(queries.none, act);
    const isVisible = await visibility(act);
    const visible = (await allPlans(act.books.ledger)).filter(({ row }) => isVisible(row.name));
    return pageAnswer(
      visible.map(({ row, version }) => ({ ...row, version })),
      undefined,
    );
  },
  create: async (act) => {
    queryOf(queries.none, act);
    mustOperate(act, 'make plans');
    return withVersion(await createPlan(act.books, act.own, parsed('plan', planInput, act.body)));
  },
  show: async (act) => {
    queryOf(queries.none, act);
    return withVersion(await thePlan(act));
  },
  change: async (act) => {
    queryOf(queries.none, act);
    mustOperate(act, 'change plans');
    const { row } = await thePlan(act);
    const change = parsed('plan', planChange, act.body);
    return withVersion(await changePlan(act.books, act.own, row.name, change, act.ifVersion));
  },
  archive: async (act) => {
    queryOf(queries.none, act);
    mustOperate(act, 'archive plans');
    const { row } = await thePlan(act);
    return withVersion(await changePlan(act.books, act.own, row.name, { archived: true }, act.ifVersion));
  },
};

const visibility = async (act: Act): Promise<(name: string) => boolean> => {
  const { plan } = await accountFor(act);
  return (name) => act.operator || publishedPlans.has(name) || name === plan;
};

const thePlan = async (act: Act): Promise<Versioned<Plan>> => {
  const isVisible = await visibility(act);
  const plan = isVisible(act.id) ? await planNamed(act.books.ledger, act.id) : undefined;
  if (plan === undefined) throw new Problem('not_found', noPlan(act.id));
  return plan;
};
