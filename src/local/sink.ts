import type { Event } from '../events/columns.ts';
import type { KeepResult, Sink } from '../ports.ts';
import { Problem } from '../problems.ts';
import { keyOf, type Seen, turn as turnKey } from './dedup/dedup-index.ts';
import { keyTable, keyWords } from './dedup/key-table.ts';
import type { Turn } from './disk/serial.ts';
import { shortageOf } from './disk/shortage.ts';
import { lineOf } from './journal/format.ts';
import type { Journal } from './journal/journal.ts';
import { type JournalPage, openPage, type Verdict } from './journal/page.ts';

/** Requests that share one write and one sync. */
interface Group {
  readonly page: JournalPage;
  /** Of each row of the page its key; zeros where it carries no event id. */
  keys: Uint32Array;
  /** Of each row whose it is and with which kind of key it came. */
  readonly from: Pick<Event, 'project_id' | 'key_kind'>[];
  readonly waiting: Waiting[];
}

/** A request in a group. */
interface Waiting {
  readonly rows: number;
  readonly kept: (kept: KeepResult) => void;
  readonly failed: (problem: Problem) => void;
}

/** A group of so many rows or bytes takes no more requests, so that none waits for a huge write. */
const groupRows = 5_000;
const groupBytes = 4 << 20;
/** One is filled while another is written. */
const groupsKept = 2;

/**
 * Events into the journal. All requests that wait share one write and one sync; repeats are left out when the group's turn comes, and
 * groups go one after another, so a repeat is never acknowledged before its first copy is safe. A secret key's copy of what a browser's key
 * sent before is no repeat: it is kept, marked, and `contested` learns that this project has such.
 */
export const openLocalSink = (
  journal: Journal,
  seen: Seen,
  contested: Set<string>,
  turn: Turn,
  room: () => Promise<void> | undefined,
): Sink & { readonly idle: () => Promise<void> } => {
  const groups: Group[] = [];
  const spare: Group[] = [];
  let running: Promise<void> | undefined;

  const filling = (): Group => {
    const last = groups.at(-1);
    if (last !== undefined && last.page.rows < groupRows && last.page.length < groupBytes) return last;
    const next = spare.pop() ?? {
      page: openPage(),
      keys: new Uint32Array(256 * keyWords),
      from: [],
      waiting: [],
    };
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
    for (const { project_id, key_kind } of events) group.from.push({ project_id, key_kind });
    page.add(events.values().map(lineOf));
  };
  const commit = async () => {
    const group = groups.shift();
    if (group === undefined) return;
    const { page, keys, from, waiting } = group;
    try {
      const { fresh, repeats } = withoutRepeats(group, seen, contested);
      if (page.rows > 0) await journal.append(page.bytes(), page.rows);
      for (const at of fresh) seen.add(keys, at);
      for (const [request, { kept }] of waiting.entries()) kept({ repeats: repeats[request] ?? 0 });
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
    from.length = 0;
    waiting.length = 0;
    spare.push(group);
  };
  const run = async () => {
    while (groups.length > 0) {
      await room();
      await turn(commit);
    }
    running = undefined;
  };

  return {
    keep: (events) =>
      events.length === 0
        ? Promise.resolve({ repeats: 0 })
        : new Promise((kept, failed) => {
            const group = filling();
            add(group, events);
            group.waiting.push({ rows: events.length, kept, failed });
            running ??= run();
          }),
    idle: async () => {
      await running;
    },
  };
};

/** Leaves each event that was kept before, or stands in the page before, out of it; gives where the keys of the others are, and of each request how many were left out. */
function withoutRepeats(
  { page, keys, from, waiting }: Group,
  seen: Seen,
  contested: Set<string>,
): { readonly fresh: readonly number[]; readonly repeats: readonly number[] } {
  const own = keyTable(page.rows);
  const fresh: number[] = [];
  const repeats: number[] = [];
  const isKept = (at: number) => seen.has(keys, at) || own.has(keys, at);
  const isKeptByOther = (at: number) => {
    turnKey(keys, at);
    try {
      return isKept(at);
    } finally {
      turnKey(keys, at);
    }
  };
  const judged = (row: number): Verdict => {
    const at = row * keyWords;
    if (isNone(keys, at)) return 'keep';
    if (isKept(at)) return 'leave out';
    const isContested = isKeptByOther(at);
    const { project_id = '', key_kind = '' } = from[row] ?? {};
    if (isContested && key_kind !== 'sk') return 'leave out';
    own.add(keys, at);
    fresh.push(at);
    if (!isContested) return 'keep';
    contested.add(project_id);
    return 'overrule';
  };
  let request = 0;
  let last = waiting[0]?.rows ?? 0;
  page.judge((row) => {
    while (row >= last) last += waiting[++request]?.rows ?? Number.POSITIVE_INFINITY;
    const verdict = judged(row);
    if (verdict === 'leave out') repeats[request] = (repeats[request] ?? 0) + 1;
    return verdict;
  });
  return { fresh, repeats };
}

const isNone = (keys: Uint32Array, at: number): boolean =>
  keys[at] === 0 && keys[at + 1] === 0 && keys[at + 2] === 0 && keys[at + 3] === 0;
