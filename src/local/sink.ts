import type { Event } from '../events/columns.ts';
import type { Sink } from '../ports.ts';
import { Problem } from '../problems.ts';
import { keyOf, type Seen } from './dedup/dedup-index.ts';
import { keyTable, keyWords } from './dedup/key-table.ts';
import type { Turn } from './disk/serial.ts';
import { shortageOf } from './disk/shortage.ts';
import { lineOf } from './journal/format.ts';
import type { Journal } from './journal/journal.ts';
import { openPage, type Page } from './journal/page.ts';

/** Requests that share one write and one sync. */
interface Group {
  readonly page: Page;
  /** Of each row of the page its key; zeros where it carries no event id. */
  keys: Uint32Array;
  readonly waiting: { readonly kept: () => void; readonly failed: (problem: Problem) => void }[];
}

/** A group of so many rows takes no more requests, so that none waits for a huge write. */
const groupRows = 5_000;
/** One is filled while another is written. */
const groupsKept = 2;

/**
 * Events into the journal. All requests that wait share one write and one sync; repeats are left out when the group's turn comes, and
 * groups go one after another, so a repeat is never acknowledged before its first copy is safe.
 */
export const openSink = (
  journal: Journal,
  seen: Seen,
  turn: Turn,
): Sink & { readonly idle: () => Promise<void> } => {
  const groups: Group[] = [];
  const spare: Group[] = [];
  let running: Promise<void> | undefined;

  const filling = (): Group => {
    const last = groups.at(-1);
    if (last !== undefined && last.page.rows < groupRows) return last;
    const next = spare.pop() ?? { page: openPage(), keys: new Uint32Array(256 * keyWords), waiting: [] };
    groups.push(next);
    return next;
  };
  const add = (group: Group, events: readonly Event[]) => {
    const { page } = group;
    const needed = (page.rows + events.length) * keyWords;
    if (needed > group.keys.length) {
      const larger = new Uint32Array(Math.max(needed, group.keys.length * 2));
      larger.set(group.keys);
      group.keys = larger;
    }
    for (const [i, event] of events.entries()) {
      const at = (page.rows + i) * keyWords;
      if (event.event_id === null) group.keys.fill(0, at, at + keyWords);
      else keyOf(event, group.keys, at);
    }
    page.add(events.values().map(lineOf));
  };
  const commit = async () => {
    const group = groups.shift();
    if (group === undefined) return;
    const { page, keys, waiting } = group;
    try {
      const fresh = withoutRepeats(page, keys, seen);
      if (page.rows > 0) await journal.append(page.bytes(), page.rows);
      for (const at of fresh) seen.add(keys, at);
      for (const { kept } of waiting) kept();
    } catch (error) {
      const why = shortageOf(error) ?? 'the disk is full or cannot be written';
      const problem = new Problem(
        'upstream_failed',
        `The events could not be stored and none of them was kept: ${why}. Send them again later.`,
        { cause: error },
      );
      for (const { failed } of waiting) failed(problem);
    }
    if (spare.length >= groupsKept) return;
    page.clear();
    waiting.length = 0;
    spare.push(group);
  };
  const run = async () => {
    while (groups.length > 0) await turn(commit);
    running = undefined;
  };

  return {
    keep: (events) =>
      events.length === 0
        ? Promise.resolve()
        : new Promise((kept, failed) => {
            const group = filling();
            add(group, events);
            group.waiting.push({ kept, failed });
            running ??= run();
          }),
    idle: async () => {
      await running;
    },
  };
};

/** Leaves each event that was kept before, or stands in the page before, out of it; gives where the keys of the others are. */
function withoutRepeats(page: Page, keys: Uint32Array, seen: Seen): readonly number[] {
  const own = keyTable(page.rows);
  const fresh: number[] = [];
  page.leaveOut((row) => {
    const at = row * keyWords;
    if (isNone(keys, at)) return false;
    if (seen.has(keys, at) || !own.add(keys, at)) return true;
    fresh.push(at);
    return false;
  });
  return fresh;
}

const isNone = (keys: Uint32Array, at: number): boolean =>
  keys[at] === 0 && keys[at + 1] === 0 && keys[at + 2] === 0 && keys[at + 3] === 0;
