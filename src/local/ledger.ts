import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync, SQLOutputValue, StatementResultingChanges } from 'node:sqlite';
import { ledgerPage, ledgerPageLength, ledgerPlace } from '../accounts/ledger-page.ts';
import type { Ledger, LedgerItem, Log } from '../ports.ts';
import { type KeptTwice, openTwice } from './disk/kept-twice.ts';

const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** A ledger in a SQLite file and its copy that no other process may open meanwhile; `:memory:` keeps nothing. Each write is synced to disk before it resolves; of what was erased no byte is left in its files. */
export const openLocalLedger = (
  file: string,
  log: Log = quiet,
): { readonly ledger: Ledger; readonly close: () => void } => {
  const twice = opened(file, log);
  const { read, list } = twice.read;
  const mark = file === ':memory:' ? undefined : `${file}.changes`;
  try {
    notOlder(file, mark, twice.generation);
    // What a crash, or a version that did not wipe, has left.
    twice.wipe();
  } catch (error) {
    twice.close();
    throw error;
  }
  /** True where exactly one item was changed. */
  const changes = (act: (to: ReturnType<typeof statements>) => StatementResultingChanges): boolean => {
    const done = twice.change((to) => (act(to).changes === 1 ? true : undefined)) ?? false;
    if (done && mark !== undefined) writeNumber(mark, twice.generation);
    return done;
  };

  const ledger: Ledger = {
    read: async (id) => {
      const row = read.get(id);
      return row && itemFrom(row);
    },
    write: async ({ id, group = null, at = null, data }, ifVersion) => {
      const text = JSON.stringify(data);
      return changes(({ create, replace }) =>
        ifVersion === 0 ? create.run(id, group, at, text) : replace.run(group, at, text, id, ifVersion),
      );
    },
    erase: async (id, ifVersion) => {
      if (!changes(({ erase }) => erase.run(id, ifVersion))) return false;
      // Older frames of SQLite’s log have it, and a row that moved leaves a copy where it was; this happens about once a day, to a small file.
      twice.wipe();
      return true;
    },
    list: async (group, { after, limit = ledgerPageLength } = {}) => {
      // Every id is greater than the empty text, so the first page starts after ('', '').
      const [at, id] = after === undefined ? ['', ''] : ledgerPlace(after);
      return ledgerPage(list.all(group, at, id, limit + 1).map(itemFrom), limit);
    },
  };
  return { ledger, close: twice.close };
};

const statements = (db: DatabaseSync) => ({
  read: db.prepare('select id, grp, at, version, data from items where id = ?'),
  create: db.prepare(
    'insert into items (id, grp, at, version, data) values (?, ?, ?, 1, ?) on conflict do nothing',
  ),
  replace: db.prepare(
    'update items set grp = ?, at = ?, version = version + 1, data = ? where id = ? and version = ?',
  ),
  erase: db.prepare('delete from items where id = ? and version = ?'),
  list: db.prepare(
    `select id, grp, at, version, data from items where grp = ? and (coalesce(at, ''), id) > (?, ?) order by coalesce(at, ''), id limit ?`,
  ),
});

const opened = (file: string, log: Log): KeptTwice<ReturnType<typeof statements>> => {
  try {
    return openTwice({
      path: file,
      applicationIds: [0x4d4d4c47, 0],
      format: 1,
      tables: {
        items: {
          definition:
            'create table if not exists items (id text primary key, grp text, at text, version integer not null, data text not null) without rowid, strict',
          columns: ['id', 'grp', 'at', 'version', 'data'],
        },
      },
      settings: `pragma secure_delete = on; pragma temp_store = memory;
        create index if not exists items_by_group on items (grp, coalesce(at, ''), id) where grp is not null`,
      statements,
      aside: join(dirname(file), 'set-aside'),
      log,
      busy: 'another process uses it',
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `The ledger ${file} cannot be opened (${why}) and was left as it is; stop whoever else uses it, or put it back from a backup.`,
      { cause },
    );
  }
};

/** An older ledger lacks keys made since, and has revoked ones again: it is not taken unless a person says so. */
const notOlder = (file: string, mark: string | undefined, changes: number): void => {
  const known = mark === undefined || !existsSync(mark) ? 0 : Number(readFileSync(mark, 'utf8'));
  if (known > changes && mark !== undefined)
    throw new Error(
      `The ledger ${file} is older than the one this folder had (${changes} changes of ${known}): keys made since would be unknown and revoked ones good again; put the newer one back, or, to go on with this one, remove ${mark}.`,
    );
};

/** Never ahead of the ledger, whose change was synced before. */
const writeNumber = (path: string, number: number): void => {
  const part = `${path}.part`;
  writeFileSync(part, `${number}\n`, { flush: true });
  renameSync(part, path);
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
