import { itemsOf } from '../access/items.ts';
import { type KeyRecord, keyRecord } from '../access/record.ts';
import { usedId } from '../access/used.ts';
import type { Ledger, LedgerItem } from '../ports.ts';
import type { Versioned } from './collection.ts';
import { projectRows } from './project-rows.ts';

/** Where the record of a key of this name stands; older versions did not write it. */
const nameId = (key: string): string => `NAME#${key}`;

/** Notes where a key’s record stands, so that its name finds it. */
export const noteName = async (ledger: Ledger, key: string, itemId: string): Promise<void> => {
  await ledger.write({ id: nameId(key), data: { id: itemId } }, 0);
};

/** Under what a key is listed: its project, or of an account key the account. */
export const ownerOf = ({ project, account_id }: KeyRecord): string => project?.id ?? account_id;

/** The item of the account’s key of this name, or with `everywhere` that of whatever account; undefined where there is none. */
export const keyItem = async (
  ledger: Ledger,
  accountId: string,
  name: string,
  everywhere = false,
): Promise<LedgerItem | undefined> => {
  const id = (await ledger.read(nameId(name)))?.data.id;
  const item = typeof id === 'string' ? await ledger.read(id) : await searched(ledger, accountId, name);
  const isOurs = item?.data.account_id === accountId || everywhere;
  return isOurs && item?.data.key === name ? item : undefined;
};

const searched = async (ledger: Ledger, accountId: string, name: string): Promise<LedgerItem | undefined> => {
  for await (const item of itemsOf(ledger, `KEYS#${accountId}`)) if (item.data.key === name) return item;
  for await (const { project_id } of projectRows(ledger).all(`PRJ#${accountId}`))
    for await (const item of itemsOf(ledger, `KEYS#${project_id}`)) if (item.data.key === name) return item;
  return undefined;
};

/** A key as it is shown: what it may, never what it is. */
export interface ShownKey {
  readonly key: string;
  readonly kind: string;
  readonly env: string;
  readonly label: string | null;
  readonly scope: string;
  readonly account_id: string;
  readonly project_id: string | null;
  readonly project_slug: string | null;
  readonly projects: readonly string[] | null;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  /** A UTC day; null: not since this is noted. */
  readonly last_used: string | null;
  readonly version: number;
}

/** The item as a record and its version. */
export const keptKey = ({ data, version }: LedgerItem): Versioned<KeyRecord> => ({
  row: keyRecord.parse(data),
  version,
});

/** A key as it is shown, with the day it was last used. */
export const shownKey = async (ledger: Ledger, { row, version }: Versioned<KeyRecord>): Promise<ShownKey> => {
  const { key, kind, env, label, scope, account_id, project, projects, created_at, expires_at, revoked_at } =
    row;
  const day = (await ledger.read(usedId(key)))?.data.day;
  return {
    ...{ key, kind, env, label, scope, account_id },
    ...{ project_id: project?.id ?? null, project_slug: project?.slug ?? null, projects },
    ...{ created_at, expires_at, revoked_at, last_used: typeof day === 'string' ? day : null, version },
  };
};
