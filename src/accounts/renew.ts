import { keyRecord } from '../access/record.ts';
import { accountOf } from './accounts.ts';
import type { Books } from './books.ts';
import { type Project, projectOf } from './project-rows.ts';

/** What a key carries of its project. */
export const copyFor = ({
  project_id,
  slug,
  timezone,
  allowed_origins,
  site_hosts,
  ignored_referrers,
  archived_at,
}: Project) => ({
  ...{ id: project_id, slug, timezone, archived: archived_at !== null },
  allowed_origins: [...allowed_origins],
  site_hosts: [...site_hosts],
  ignored_referrers: [...ignored_referrers],
});

/** Writes what project and account are at present into one of their keys. They are read before the key is written, and a key that changed meanwhile is begun again, so of two at once the later truth stays. */
export const renewKey = async (books: Pick<Books, 'ledger'>, keyItemId: string): Promise<void> => {
  const item = await books.ledger.read(keyItemId);
  if (item === undefined) return;
  const { version, ...rest } = item;
  const record = keyRecord.parse(item.data);
  const account = await accountOf(books, record.account_id);
  const project = record.project && (await projectOf(books, record.project.id));
  const plan = account?.plan ?? record.plan;
  const data = { ...record, plan, project: project ? copyFor(project) : record.project };
  if (!(await books.ledger.write({ ...rest, data }, version))) await renewKey(books, keyItemId);
};
