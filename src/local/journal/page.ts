import { markOf } from './format.ts';

/** What becomes of an event: kept, kept as one that overrules a browser’s copy, or left out. */
export type Verdict = 'keep' | 'overrule' | 'leave out';

/** Bytes in which requests wait for one write and one sync; used again and again, so that lines never wait as objects of the heap. */
export interface JournalPage {
  /** Events in it. */
  readonly rows: number;
  /** Bytes in it. */
  readonly length: number;
  /** Adds one request: its lines, at least one. */
  add(lines: Iterable<string>): void;
  /** Leaves out the events that are not wanted, and marks those that overrule; asked once each in their order, from 0. A request of which nothing is left is left out whole. */
  judge(verdict: (row: number) => Verdict): void;
  /** What was added, good until the next change. */
  bytes(): Uint8Array;
  clear(): void;
}

/** A page larger than this is not kept for the next group. */
const usualBytes = 4 << 20;
/** Above any mark. */
const markBytes = 64;

/** An empty page of journal lines. */
export const openPage = (): JournalPage => {
  let page = Buffer.allocUnsafeSlow(usualBytes);
  let end = 0;
  let rows = 0;
  // Of each row: where it begins, and its closing bracket. Of each request: the row after its last.
  const starts: number[] = [];
  const stops: number[] = [];
  const requests: number[] = [];

  const room = (bytes: number) => {
    if (end + bytes > page.length)
      page = Buffer.concat([page.subarray(0, end)], Math.max(end + bytes, page.length * 2));
  };
  /** What was written since `start` becomes a request: its mark goes before the last bracket. */
  const close = (start: number, lines: number) => {
    const mark = markOf(lines, page.subarray(start, end - 1));
    end -= 2;
    end += page.write(`${mark}]\n`, end, 'latin1');
  };

  return {
    get rows() {
      return rows;
    },
    get length() {
      return end;
    },
    add: (lines) => {
      const [start, first] = [end, rows];
      for (const line of lines) {
        // A UTF-16 unit is at most three bytes.
        room(line.length * 3 + markBytes);
        starts[rows] = end;
        end += page.write(line, end);
        stops[rows++] = end - 1;
        page[end++] = 10;
      }
      close(start, rows - first);
      requests.push(rows);
    },
    judge: (verdict) => {
      const unwanted = new Set<number>();
      let changed = false;
      for (let row = 0; row < rows; row++) {
        const found = verdict(row);
        if (found === 'keep') continue;
        changed = true;
        if (found === 'leave out') unwanted.add(row);
        // The last value of a line is one digit.
        else page[(stops[row] ?? 0) - 1] = 0x31;
      }
      if (!changed) return;
      // In place: what is left never grows beyond where it was, since a mark is shorter than the lines it stands for.
      end = 0;
      let row = 0;
      let left = 0;
      for (const last of requests.splice(0)) {
        const [start, first] = [end, left];
        for (; row < last; row++) {
          if (unwanted.has(row)) continue;
          const [from = 0, to = 0] = [starts[row], stops[row]];
          page.copyWithin(end, from, to);
          starts[left] = end;
          end += to - from;
          stops[left++] = end;
          end += page.write(']\n', end, 'latin1');
        }
        if (left === first) continue;
        close(start, left - first);
        requests.push(left);
      }
      rows = left;
    },
    bytes: () => page.subarray(0, end),
    clear: () => {
      end = 0;
      rows = 0;
      requests.length = 0;
      if (page.length > usualBytes) page = Buffer.allocUnsafeSlow(usualBytes);
    },
  };
};
