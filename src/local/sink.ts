import type { Sink } from '../ports.ts';
import { Problem } from '../problems.ts';
import type { Journal } from './journal.ts';
import { lineOf, openPage, type Page } from './journal-lines.ts';
import type { Turn } from './lake-turns.ts';
import { keyOf, type Seen } from './seen.ts';
import { type KeyTable, keyTable, keyWords } from './seen-table.ts';

/** A request that waits for its sync. */
interface Waiting {
  readonly lines: readonly string[];
  /** Per line, does it carry an event id, and its key. */
  readonly identified: readonly boolean[];
  readonly keys: Uint32Array;
  readonly kept: () => void;
  readonly failed: (problem: Problem) => void;
}

/** One write stays below this, so that no request waits for the copy of a huge one. */
const groupRows = 5_000;

/**
 * Events into the journal. All requests that wait share one write and one sync; repeats are left out when the group is made, and
 * groups go one after another, so a repeat is never acknowledged before its first copy is safe.
 */
export const openSink = (journal: Journal, seen: Seen, turn: Turn): Sink & { readonly idle: () => Promise<void> } => {
  const waiting: Waiting[] = [];
  let running: Promise<void> | undefined;
  const fresh = keyTable(2048);
  const page = openPage();

  const commit = async () => {
    const group = takeGroup();
    try {
      const { rows, keys } = withoutRepeats(group, seen, fresh, page);
      if (rows > 0) await journal.append(page.bytes(), rows);
      for (let at = 0; at < keys.length; at += keyWords) seen.add(keys, at);
      for (const { kept } of group) kept();
    } catch (error) {
      const problem = new Problem(
        'upstream_failed',
        'The events could not be stored and none of them was kept: the disk is full or cannot be written. Send them again later.',
        {
          cause: error,
        },
      );
      for (const { failed } of group) failed(problem);
    }
  };
  const takeGroup = (): readonly Waiting[] => {
    let end = 0;
    for (let rows = 0; end < waiting.length && rows < groupRows; end++) rows += waiting[end]?.lines.length ?? 0;
    return waiting.splice(0, end);
  };
  const run = async () => {
    while (waiting.length > 0) await turn(commit);
    running = undefined;
  };

  return {
    keep: (events) =>
      events.length === 0
        ? Promise.resolve()
        : new Promise((kept, failed) => {
            const lines = events.map(lineOf);
            const keys = new Uint32Array(events.length * keyWords);
            const identified = events.map((event, i) => {
              if (event.event_id !== null) keyOf(event, keys, i * keyWords);
              return event.event_id !== null;
            });
            waiting.push({ lines, identified, keys, kept, failed });
            running ??= run();
          }),
    idle: async () => {
      await running;
    },
  };
};

/** Fills the page with the group's events, each once, and gives the keys that are new. */
function withoutRepeats(group: readonly Waiting[], seen: Seen, fresh: KeyTable, page: Page): { readonly rows: number; readonly keys: Uint32Array } {
  const keys = new Uint32Array(group.reduce((sum, request) => sum + request.keys.length, 0));
  let end = 0;
  let rows = 0;
  fresh.clear();
  page.clear();
  for (const request of group) {
    const left = request.lines.filter((_, i) => {
      const at = i * keyWords;
      if (request.identified[i] !== true) return true;
      if (seen.has(request.keys, at) || !fresh.add(request.keys, at)) return false;
      keys.set(request.keys.subarray(at, at + keyWords), end);
      end += keyWords;
      return true;
    });
    if (left.length === 0) continue;
    page.add(left);
    rows += left.length;
  }
  return { rows, keys: keys.subarray(0, end) };
}
