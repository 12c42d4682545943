import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import type { Counted, Counters, Log } from '../ports.ts';
import { openTwice } from './disk/kept-twice.ts';

/** What was added is in the file at the latest so long afterwards, ms. */
const settleMs = 1_000;
/** Counters that are kept in memory although nobody adds to them. */
const remembered = 10_000;

const numbers = z.record(z.string(), z.number());

interface Counter {
  readonly numbers: Map<string, number>;
  expiresAt: number | null;
  /** Has it what its file has not? */
  isNew: boolean;
}

/**
 * Counters in memory, which a SQLite file and its copy follow a second later, in one transaction for all that were added to: nobody waits for a disk. A process that is killed forgets what was
 * added within its last second, never a part of one addition, and nothing twice. `:memory:` keeps nothing. `close` writes what is left.
 */
export const openLocalCounters = (
  file: string,
  clock: () => number,
  log: Log,
): { readonly counters: Counters; readonly settle: () => void; readonly close: () => void } => {
  const twice = openTwice({
    path: file,
    applicationIds: [0x4d4d434e],
    format: 1,
    tables: {
      counters: {
        definition:
          'create table if not exists counters (id text primary key, numbers text not null, expires_at integer) without rowid, strict',
        columns: ['id', 'numbers', 'expires_at'],
      },
    },
    settings: 'pragma temp_store = memory',
    statements,
    aside: join(dirname(file), 'set-aside'),
    log,
    busy: 'another process uses it',
  });
  const known = new Map<string, Counter>();
  let waiting: NodeJS.Timeout | undefined;
  let failing = false;

  const counterOf = (id: string): Counter => {
    const found = known.get(id);
    if (found !== undefined) return found;
    const row = twice.read.read.get(id);
    const made: Counter = {
      numbers: new Map(
        row === undefined ? [] : Object.entries(numbers.parse(JSON.parse(String(row.numbers)))),
      ),
      expiresAt: typeof row?.expires_at === 'number' ? row.expires_at : null,
      isNew: false,
    };
    known.set(id, made);
    return made;
  };

  const settle = (): void => {
    clearTimeout(waiting);
    waiting = undefined;
    const changed = [...known].filter(([, { isNew }]) => isNew);
    if (changed.length === 0) return;
    try {
      twice.change(({ keep, forget }) => {
        for (const [id, counter] of changed)
          keep.run(id, JSON.stringify(Object.fromEntries(counter.numbers)), counter.expiresAt);
        forget.run(Math.floor(clock()));
        return true;
      });
      failing = false;
    } catch (error) {
      if (!failing)
        log.warn('what was counted could not be written; it is kept in memory and tried again', {
          error: String(error),
        });
      failing = true;
      later();
      return;
    }
    for (const [, counter] of changed) counter.isNew = false;
    if (known.size > remembered) known.clear();
  };
  const later = (): void => {
    waiting ??= setTimeout(settle, settleMs).unref();
  };

  const changed = (
    counter: Counter,
    names: readonly string[],
    done: boolean,
    expiresAt: number | undefined,
  ): Counted => {
    if (done) {
      counter.isNew = true;
      if (expiresAt !== undefined) counter.expiresAt = Math.ceil(expiresAt);
      later();
    }
    // Every request comes by here, and an account may have many projects: only what was named is copied.
    const numbers: Record<string, number> = {};
    for (const name of names) {
      const n = counter.numbers.get(name);
      if (n !== undefined) numbers[name] = n;
    }
    return { done, numbers };
  };

  return {
    counters: {
      add: async (id, by, { atMost = {}, expiresAt } = {}) => {
        const counter = counterOf(id);
        const names = Object.keys(by);
        const sum = (name: string): number => (counter.numbers.get(name) ?? 0) + (by[name] ?? 0);
        const done = names.every((name) => sum(name) <= (atMost[name] ?? Number.POSITIVE_INFINITY));
        if (done) for (const name of names) counter.numbers.set(name, sum(name));
        return changed(counter, names, done, expiresAt);
      },
      advance: async (id, { by, floor, most }, expiresAt) => {
        const counter = counterOf(id);
        const to = Math.max(counter.numbers.get('at') ?? floor, floor) + by;
        const done = to <= most;
        if (done) counter.numbers.set('at', to);
        return changed(counter, ['at'], done, expiresAt);
      },
      read: async (id) => Object.fromEntries(counterOf(id).numbers),
    },
    settle,
    close: () => {
      settle();
      clearTimeout(waiting);
      twice.close();
    },
  };
};

const statements = (db: DatabaseSync) => ({
  read: db.prepare('select numbers, expires_at from counters where id = ?'),
  keep: db.prepare(
    `insert into counters (id, numbers, expires_at) values (?, ?, ?)
     on conflict do update set numbers = excluded.numbers, expires_at = excluded.expires_at`,
  ),
  forget: db.prepare('delete from counters where expires_at < ?'),
});
