import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import * as z from 'zod';
import type { Ledger, LedgerItem } from '../ports.ts';
import { Problem } from '../problems.ts';

const place = z.tuple([z.string(), z.string()]);
const pageLength = 100;

/** A ledger in one SQLite file that no other process may open meanwhile; `:memory:` keeps nothing. Each write is synced to disk before it resolves; of what was erased no byte is left in its files. */
export const openLedger = (file: string): { readonly ledger: Ledger; readonly close: () => void } => {
  const db = opened(file);

  const read = db.prepare('select id, grp, at, version, data from items where id = ?');
  const create = db.prepare(
    'insert into items (id, grp, at, version, data) values (?, ?, ?, 1, ?) on conflict do nothing',
  );
  const replace = db.prepare(
    'update items set grp = ?, at = ?, version = version + 1, data = ? where id = ? and version = ?',
  );
  const erase = db.prepare('delete from items where id = ? and version = ?');
  const list = db.prepare(
    `select id, grp, at, version, data from items where grp = ? and (coalesce(at, ''), id) > (?, ?) order by coalesce(at, ''), id limit ?`,
  );

  const ledger: Ledger = {
    read: async (id) => {
      const row = read.get(id);
      return row && itemFrom(row);
    },
    write: async ({ id, group = null, at = null, data }, ifVersion) => {
      const text = JSON.stringify(data);
      const { changes } =
        ifVersion === 0 ? create.run(id, group, at, text) : replace.run(group, at, text, id, ifVersion);
      return changes === 1;
    },
    erase: async (id, ifVersion) => {
      if (erase.run(id, ifVersion).changes !== 1) return false;
      wipe(db);
      return true;
    },
    list: async (group, { after, limit = pageLength } = {}) => {
      // Every id is greater than the empty text, so the first page starts after ('', '').
      const [at, id] = after === undefined ? ['', ''] : placeFrom(after);
      const items = list.all(group, at, id, limit + 1).map(itemFrom);
      const last = items[limit - 1];
      return items.length > limit && last !== undefined
        ? { items: items.slice(0, limit), next: cursorAt(last) }
        : { items };
    },
  };
  return { ledger, close: () => db.close() };
};

const tables = `
  pragma locking_mode = exclusive;
  pragma journal_mode = wal;
  pragma secure_delete = on;
  pragma temp_store = memory;
  pragma synchronous = full;
  create table if not exists items (id text primary key, grp text, at text, version integer not null, data text not null) without rowid, strict;
  create index if not exists items_by_group on items (grp, coalesce(at, ''), id) where grp is not null;`;

/** What was erased is also in older frames of SQLite's log, and a row that moved leaves a copy where it was: all pages are made anew, and the log is emptied. The file is small and this happens about once a day. */
const wipe = (db: DatabaseSync): void => db.exec('vacuum; pragma wal_checkpoint(truncate)');

const opened = (file: string): DatabaseSync => {
  const db = new DatabaseSync(file);
  try {
    db.exec(tables);
    // What a crash, or a version that did not wipe, has left.
    wipe(db);
    return db;
  } catch (cause) {
    db.close();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `The ledger ${file} cannot be opened (${why}) and was left as it is; stop whoever else uses it, or put it back from a backup.`,
      { cause },
    );
  }
};

/** The table is strict and only this file writes it, so a plain look is enough: every request reads its key here. */
const itemFrom = ({ id, grp, at, version, data }: Readonly<Record<string, SQLOutputValue>>): LedgerItem => ({
  id: String(id),
  version: Number(version),
  data: fieldsOf(JSON.parse(String(data))),
  ...(grp === null ? {} : { group: String(grp) }),
  ...(at === null ? {} : { at: String(at) }),
});

const fieldsOf = (value: unknown): LedgerItem['data'] => {
  if (isFields(value)) return value;
  throw new Error('the ledger holds an item whose data is not an object');
};
const isFields = (value: unknown): value is LedgerItem['data'] =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const cursorAt = ({ at = '', id }: LedgerItem): string =>
  Buffer.from(JSON.stringify([at, id])).toString('base64url');

const placeFrom = (cursor: string): readonly [string, string] => {
  try {
    return place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (cause) {
    throw new Problem(
      'invalid_params',
      'The cursor is not one of ours; send back `next` of the page before, unchanged.',
      { cause },
    );
  }
};
