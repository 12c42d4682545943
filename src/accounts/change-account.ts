import { itemsOf } from '../access/items.ts';
import { Problem } from '../problems.ts';
import { type Account, accountRows } from './accounts.ts';
import { writeAudit } from './audit.ts';
import type { Books } from './books.ts';
import type { Versioned } from './collection.ts';
import { changeKeyItem } from './keys.ts';
import { checkPlanName } from './plans.ts';
import { projectRows } from './project-rows.ts';
import { changeProject } from './projects.ts';
import { renewKey } from './renew.ts';

/** What may be changed of an account. */
export interface AccountChange {
  readonly name?: string;
  readonly plan?: string;
  readonly archived?: boolean;
}

/**
 * Changes an account. A plan is written into all of its keys, which feel it within 60 s; projects above its count stay as they are. Archiving revokes all keys and archives all projects; taking it
 * back gives none of them back. What was cut short is finished by sending it again. Throws `not_found`, `conflict`, or `invalid_payload` with the field.
 */
export const changeAccount = async (
  books: Books,
  id: string,
  { name, plan, archived }: AccountChange,
  ifVersion?: number,
): Promise<Versioned<Account>> => {
  const { ledger, clock } = books;
  if (plan !== undefined) await checkPlanName(ledger, plan);
  const at = new Date(clock()).toISOString();
  const done = await accountRows(ledger).change(
    id,
    (was) => {
      const now = {
        ...was,
        ...(name !== undefined && { name }),
        ...(plan !== undefined && { plan }),
        ...(archived !== undefined && { archived_at: archived ? (was.archived_at ?? at) : null }),
      };
      return JSON.stringify(now) === JSON.stringify(was) ? was : now;
    },
    ifVersion,
  );
  if (done === undefined)
    throw new Problem('not_found', `No account has the id ${JSON.stringify(id.slice(0, 64))}.`);
  await writeAudit(books, id, 'account.change', id, told(done.before), told(done.after.row));
  const ends = archived === true;
  for await (const { project_id } of projectRows(ledger).all(`PRJ#${id}`)) {
    if (ends) await changeProject(books, project_id, { archived: true });
    if (ends || plan !== undefined) await eachKey(books, project_id, ends);
  }
  if (ends || plan !== undefined) await eachKey(books, id, ends);
  return done.after;
};

const told = ({ name, plan, archived_at }: Account) => ({ name, plan, archived_at });

const eachKey = async (books: Books, ownerId: string, ends: boolean): Promise<void> => {
  const at = new Date(books.clock()).toISOString();
  for await (const { id } of itemsOf(books.ledger, `KEYS#${ownerId}`))
    if (ends)
      await changeKeyItem(books, id, 'key.revoke', (was) => ({ ...was, revoked_at: was.revoked_at ?? at }));
    else await renewKey(books, id);
};
