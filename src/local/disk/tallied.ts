import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';

/** What a small database of ours is made of. */
export interface DatabasePlan {
  /** The mark in its header; a file with another is somebody else's. The first is ours, further ones were written by earlier versions. */
  readonly applicationIds: readonly [number, ...number[]];
  /** Of the tables; a file with a higher one is a newer version's. */
  readonly format: number;
  readonly tables: Readonly<
    Record<string, { readonly definition: string; readonly columns: readonly string[] }>
  >;
  /** Further settings and indexes of each connection. */
  readonly settings: string;
  /** What to say where another process has it. */
  readonly busy: string;
}

/** A database of which it is known how often it was changed, and whether a row of it is not as it was written. */
export interface Tallied {
  readonly path: string;
  readonly db: DatabaseSync;
  /** How often it was changed; undefined where it is damaged. */
  readonly generation: number | undefined;
  /** To be called in each transaction that changes something. */
  count(): void;
}

/** What is at a path, told by its bytes, because opening with SQLite may already write. */
export const recognise = (
  path: string,
  { applicationIds, format }: DatabasePlan,
): 'absent' | 'foreign' | 'ours' => {
  if (!existsSync(path)) return 'absent';
  const header = Buffer.alloc(100);
  const file = openSync(path, 'r');
  const read = readSync(file, header, 0, 100, 0);
  closeSync(file);
  if (read === 0) return 'absent';
  const is = header.toString('latin1', 0, 15) === 'SQLite format 3' && header.readUInt32BE(68);
  if (is === false || !applicationIds.includes(is)) return 'foreign';
  const found = header.readUInt32BE(60);
  // A bit that flipped there makes no version anybody has written.
  if (found > format && found < 1_000)
    throw new Error(
      `The data folder ${dirname(path)} has format ${found}, this version knows ${format}: run the newer version that wrote it.`,
    );
  return found > format ? 'foreign' : 'ours';
};

/** Opens and locks a file, made where there is none, by a lock the operating system lifts when the process dies. Changes nothing in one that is damaged. */
export const openTallied = (path: string, plan: DatabasePlan, synchronous: 'full' | 'normal'): Tallied => {
  const db = new DatabaseSync(path);
  const damaged = { path, db, generation: undefined, count: () => {} };
  try {
    db.exec(`pragma locking_mode = exclusive; pragma synchronous = ${synchronous}; begin exclusive`);
    db.function('crc_of', { deterministic: true }, (text) => BigInt(crc32(String(text))));
    const isNew = numberOf(db, 'select count(*) from sqlite_schema') === 0;
    const isOlder = !isNew && numberOf(db, 'pragma user_version') < plan.format;
    if (!isNew && !isWhole(db, plan, isOlder)) {
      db.exec('rollback');
      return damaged;
    }
    for (const { definition } of Object.values(plan.tables)) db.exec(definition);
    if (isNew || isOlder)
      db.exec(`pragma application_id = ${plan.applicationIds[0]}; pragma user_version = ${plan.format};
        create table state (generation integer not null, digest integer not null) strict;
        insert into state values (0, ${digest(plan)})`);
    db.exec(`commit; pragma journal_mode = wal; ${plan.settings}; ${triggers(plan)}`);
  } catch (error) {
    if (isBusy(error)) {
      db.close();
      throw new Error(plan.busy);
    }
    if (!isCorrupt(error)) {
      db.close();
      throw error;
    }
    if (db.isTransaction) db.exec('rollback');
    return damaged;
  }
  const count = db.prepare('update state set generation = generation + 1');
  return {
    path,
    db,
    get generation() {
      return numberOf(db, 'select generation from state');
    },
    count: () => void count.run(),
  };
};

const numberOf = (db: DatabaseSync, statement: string): number =>
  Number(Object.values(db.prepare(statement).get() ?? {})[0]);

const rowSum = (columns: readonly string[], of = ''): string =>
  `crc_of(json_array(${columns.map((column) => `${of}${column}`).join(', ')}))`;

/** A sum over all rows, whatever their order: a row that is lost, or of which a bit is not as it was, changes it. */
const digest = ({ tables }: DatabasePlan): string =>
  Object.entries(tables)
    .map(([table, { columns }]) => `(select coalesce(sum(${rowSum(columns)}), 0) from ${table})`)
    .join(' + ');

/** The digest follows each change by itself. */
const triggers = ({ tables }: DatabasePlan): string =>
  Object.entries(tables)
    .map(([table, { columns }]) => {
      const [was, is] = [rowSum(columns, 'old.'), rowSum(columns, 'new.')];
      return [
        ['insert', is],
        ['delete', `-${was}`],
        ['update', `${is} - ${was}`],
      ]
        .map(
          ([event, change]) =>
            `create temp trigger ${table}_${event} after ${event} on main.${table} begin update state set digest = digest + (${change}); end;`,
        )
        .join('\n');
    })
    .join('\n');

const isWhole = (db: DatabaseSync, plan: DatabasePlan, isOlder: boolean): boolean => {
  const said = Object.values(db.prepare('pragma quick_check(1)').get() ?? {})[0];
  if (said !== 'ok') return false;
  if (isOlder) return true;
  const has = numberOf(db, "select count(*) from sqlite_schema where name = 'state'") === 1;
  return has && numberOf(db, `select digest = ${digest(plan)} from state`) === 1;
};

const errcodeOf = (error: unknown): number =>
  error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
const isBusy = (error: unknown): boolean => errcodeOf(error) === 5;
/** SQLITE_ERROR (a schema with a flipped letter), CORRUPT, NOTADB. */
const isCorrupt = (error: unknown): boolean => [1, 11, 26].includes(errcodeOf(error));
