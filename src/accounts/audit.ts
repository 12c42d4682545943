import * as z from 'zod/mini';
import { randomWord } from '../access/keys.ts';
import type { Ledger } from '../ports.ts';
import type { Books } from './books.ts';
import { collection, type PageAt, type RowPage } from './collection.ts';

const facts = z.nullable(z.record(z.string(), z.unknown()));

/** One change: when, by whom (the name of a key, or `installation`), what to which thing, and the fields that differ. Never a secret. */
export const auditEntry = z.object({
  entry_id: z.string(),
  account_id: z.string(),
  at: z.string(),
  by: z.string(),
  what: z.string(),
  thing: z.string(),
  from: facts,
  to: facts,
});
export type AuditEntry = Readonly<z.infer<typeof auditEntry>>;

const entries = (ledger: Ledger) => collection(ledger, 'AUD', auditEntry);

/** What lists newest first: the ledger lists ascending. */
const backwards = (ms: number): string => String(9_999_999_999_999 - ms).padStart(13, '0');

/** Writes down a change of an account’s things; with the same random bytes a second time it stays one entry. */
export const writeAudit = async (
  { ledger, clock, random, by = 'installation' }: Books,
  accountId: string,
  what: string,
  thing: string,
  before: object | null,
  after: object | null,
): Promise<void> => {
  const [from, to] = differing(before, after);
  if (to !== null && Object.keys(to).length === 0) return;
  const now = clock();
  const entry_id = `aud_${randomWord(16, random)}`;
  const at = new Date(now).toISOString();
  const entry: AuditEntry = { entry_id, account_id: accountId, at, by, what, thing, from, to };
  await entries(ledger).create(entry_id, entry, { group: `AUD#${accountId}`, at: backwards(now) });
};

/** The account’s entries, newest first. */
export const auditOf = (
  { ledger }: Pick<Books, 'ledger'>,
  accountId: string,
  page?: PageAt,
): Promise<RowPage<AuditEntry>> => entries(ledger).list(`AUD#${accountId}`, page);

type Facts = Readonly<Record<string, unknown>> | null;
const differing = (before: object | null, after: object | null): readonly [Facts, Facts] => {
  const [was, is]: readonly Record<string, unknown>[] = [{ ...before }, { ...after }];
  if (before === null || after === null) return [before && { ...was }, after && { ...is }];
  const names = Object.keys({ ...was, ...is }).filter(
    (name) => JSON.stringify(was?.[name]) !== JSON.stringify(is?.[name]),
  );
  const only = (facts: Record<string, unknown> = {}) =>
    Object.fromEntries(names.map((name) => [name, facts[name] ?? null]));
  return [only(was), only(is)];
};
