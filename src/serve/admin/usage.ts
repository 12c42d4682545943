import { wrongField } from '../../accounts/parsed.ts';
import { dayOf, endOfDay, monthOf } from '../../accounts/spans.ts';
import { mostDays, standingOf, usageOf } from '../../accounts/usage.ts';
import { Problem } from '../../problems.ts';
import { accountFor, type Deeds, queries, queryOf } from './act.ts';
import { foundProject } from './projects.ts';

/** What an account used: by project and day, this month unless said, and where it stands with its plan. */
export const usage: Deeds = {
  list: async (act) => {
    const { account_id, project_id: word, from, to } = queryOf(queries.usage, act);
    const account = await accountFor(act, account_id);
    const project = word === undefined ? undefined : await foundProject(act, word, account_id);
    if (word !== undefined && project?.row.account_id !== account.account_id)
      throw new Problem(
        'not_found',
        `No project with the id or slug ${JSON.stringify(word.slice(0, 64))} is visible to this key; GET /v1/admin/projects lists them.`,
      );
    const { clock, ledger } = act.books;
    const now = clock();
    const span = { from: from ?? `${monthOf(now)}-01`, to: to ?? dayOf(endOfDay(now)) };
    const days = (Date.parse(span.to) - Date.parse(span.from)) / 86_400_000;
    if (days < 0 || days > mostDays)
      throw wrongParameter(
        'from',
        `from ${span.from} to ${span.to} are ${days} days; ask for 0 to ${mostDays} (to is exclusive).`,
      );
    const world = { ledger, counters: act.counters, clock };
    const rows = await usageOf(world, account.account_id, {
      ...span,
      ...(project !== undefined && { projectId: project.row.project_id }),
    });
    return { row: { rows, next_cursor: null, ...span, ...(await standingOf(world, account)) } };
  },
};

const wrongParameter = (field: string, message: string): Problem => {
  const { details } = wrongField(field, message);
  return new Problem('invalid_params', message, { ...(details && { details }) });
};
