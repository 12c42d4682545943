import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Log } from '../../ports.ts';
import { Problem } from '../../problems.ts';
import { asideFor } from './set-aside.ts';
import { type DatabasePlan, openTallied, recognise, type Tallied } from './tallied.ts';

// A small database in two files. A start can tell a file that is older than the other, or in which a bit has flipped, and takes the other.
// The first is the truth, and its changes are synced; the second follows, and after a power cut it may be behind.

/** What is kept, and where. */
export interface KeptTwicePlan<Statements> extends DatabasePlan {
  /** The first file; `:memory:` keeps nothing. */
  readonly path: string;
  readonly statements: (db: DatabaseSync) => Statements;
  /** Where a damaged or older file goes. */
  readonly aside: string;
  readonly log: Log;
}

/** The database, open and locked. */
export interface KeptTwice<Statements> {
  readonly db: DatabaseSync;
  readonly generation: number;
  readonly read: Statements;
  /** One transaction: durable when it returns what `act` gave, throws having changed nothing. `act` runs once for each file; undefined says that there was nothing to change. */
  change<T>(act: (statements: Statements) => T): T;
  /** Empties SQLite’s logs, in which one flipped bit undoes all that came after it. */
  checkpoint(): void;
  /** Makes all pages anew and empties the logs: nothing that was deleted can be read in the files. */
  wipe(): void;
  close(): void;
}

const copyOf = (path: string): string => path.replace(/(\.sqlite)?$/, '.copy.sqlite');
const truncate = 'pragma wal_checkpoint(truncate)';

/** Is there a database of ours at this path, or a copy of it? */
export const isKept = (path: string): boolean =>
  [path, copyOf(path)].some((one) => statSync(one, { throwIfNoEntry: false }) !== undefined);

/** Opens the better of two files and makes the other like it. Throws an Error with one sentence where it is in use, somebody else’s, newer, or damaged twice. */
export const openTwice = <Statements>(kept: KeptTwicePlan<Statements>): KeptTwice<Statements> => {
  const { path, log } = kept;
  const second = copyOf(path);
  if (path === ':memory:') return running(kept, openTallied(path, kept, 'full'), undefined);
  const [first, other] = [recognise(path, kept), recognise(second, kept)];
  if (first === 'foreign' && other !== 'ours')
    throw new Error(`${path} is not a file of ours: choose another data folder.`);
  const laid = [path, second].flatMap((one) => bytesOf(one));
  const open: Tallied[] = [];
  const opened = (one: string, synchronous: 'full' | 'normal') => {
    const tallied = openTallied(one, kept, synchronous);
    open.push(tallied);
    return tallied;
  };
  try {
    let main = first === 'ours' || other !== 'ours' ? opened(path, 'full') : undefined;
    let copy = other === 'ours' ? opened(second, 'normal') : undefined;
    if (main?.generation === undefined && copy?.generation === undefined) {
      for (const { db } of open) db.close();
      // Closing brings SQLite’s log into its file, and a log that belongs to another time would be all that was wrong.
      for (const [one, bytes] of laid) writeFileSync(one, bytes, { flush: true });
      throw new Error(
        `${path} is damaged${copy === undefined ? '' : ', and so is its copy'}, and was left as it is: put it back from a backup.`,
      );
    }
    const [changes, ofMain] = [copy?.generation, main?.generation];
    if ((changes ?? -1) > (ofMain ?? -1) && copy !== undefined) {
      const why =
        first === 'absent' ? 'was missing' : ofMain === undefined ? 'was damaged' : 'is older than its copy';
      if (first !== 'absent') retire(kept, path, main);
      remake(copy.db, path);
      log.error(`${basename(path)} ${why}: its copy, which is whole, takes its place`, {
        changes,
        ...(ofMain === undefined ? {} : { changes_of_the_older: ofMain }),
      });
      main = opened(path, 'full');
    }
    if (main === undefined) throw new Error(`${path} could not be made from its copy.`);
    if (copy === undefined ? other === 'foreign' : copy.generation === undefined) {
      retire(kept, second, copy);
      log.error(`${basename(second)} was damaged and is made anew`, {});
      copy = undefined;
    } else if (copy !== undefined && copy.generation !== main.generation) {
      copy.db.close();
      copy = undefined;
    }
    return running(kept, main, copy);
  } catch (error) {
    for (const { db } of open) if (db.isOpen) db.close();
    throw error;
  }
};

const running = <Statements>(
  kept: KeptTwicePlan<Statements>,
  first: Tallied,
  other: Tallied | undefined,
): KeptTwice<Statements> => {
  const { path, log } = kept;
  const isFile = path !== ':memory:';
  const inode = isFile ? statSync(path).ino : 0;
  const withStatements = (tallied: Tallied) => ({ ...tallied, statements: kept.statements(tallied.db) });
  const main = withStatements(first);
  let copy = other && withStatements(other);
  let warned = false;
  /** The second file is needed seldom: where it cannot be written, the next change makes it anew. */
  const follow = (act: (copy: typeof main) => unknown) => {
    if (!isFile) return;
    try {
      if (copy !== undefined) return void act(copy);
      remake(main.db, copyOf(path));
      copy = withStatements(openTallied(copyOf(path), kept, 'normal'));
      warned = false;
    } catch (error) {
      if (copy?.db.isOpen) copy.db.close();
      copy = undefined;
      if (!warned)
        log.warn(`the copy of ${basename(path)} could not be written; the next change tries again`, {
          error: String(error),
        });
      warned = true;
    }
  };
  const transaction = <T>({ db, statements, count }: typeof main, act: (of: Statements) => T): T => {
    db.exec('begin');
    try {
      const done = act(statements);
      if (done !== undefined) count();
      db.exec(done === undefined ? 'rollback' : 'commit');
      return done;
    } catch (error) {
      // A full disk may have rolled it back already.
      if (db.isTransaction) db.exec('rollback');
      throw error;
    }
  };
  const both = (statement: string) => {
    main.db.exec(statement);
    follow(({ db }) => db.exec(statement));
  };
  follow(() => undefined);
  return {
    db: main.db,
    read: main.statements,
    get generation() {
      return first.generation ?? 0;
    },
    change: (act) => {
      if (isFile && statSync(path, { throwIfNoEntry: false })?.ino !== inode)
        throw new Problem(
          'upstream_failed',
          `${basename(path)} was replaced or removed while the server runs, so nothing was changed: stop the server, put the file back, start it again.`,
        );
      const done = transaction(main, act);
      if (done !== undefined) follow((one) => transaction(one, act));
      return done;
    },
    checkpoint: () => both(truncate),
    wipe: () => both(`vacuum; ${truncate}`),
    close: () => {
      copy?.db.close();
      main.db.close();
    },
  };
};

/** Sets a file and SQLite’s log of it aside, byte for byte, before SQLite could change them. */
const retire = (
  { aside }: Pick<KeptTwicePlan<unknown>, 'aside'>,
  path: string,
  open: Tallied | undefined,
): void => {
  for (const suffix of ['', '-wal'])
    if ((statSync(`${path}${suffix}`, { throwIfNoEntry: false })?.size ?? 0) > 0)
      copyFileSync(`${path}${suffix}`, asideFor(aside, `${basename(path)}${suffix}`));
  open?.db.close();
  remove(path);
};

/** A file with a log of SQLite’s, and that log. */
const bytesOf = (path: string): readonly (readonly [path: string, bytes: Uint8Array])[] =>
  (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
    ? [path, `${path}-wal`].flatMap((one) => (existsSync(one) ? [[one, readFileSync(one)] as const] : []))
    : [];

const remove = (path: string): void => {
  for (const suffix of ['-wal', '-shm', '-journal', '']) rmSync(`${path}${suffix}`, { force: true });
};

/** Makes `path` what a database is now: whole, or as it was. */
const remake = (from: DatabaseSync, path: string): void => {
  const part = `${path}.part`;
  remove(part);
  from.prepare('vacuum into ?').run(part);
  sync(part);
  // A log belongs to the pages it was written for.
  remove(path);
  renameSync(part, path);
  sync(dirname(path));
};

const sync = (path: string): void => {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};
