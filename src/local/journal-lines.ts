import { crc32 } from 'node:zlib';
import type { Event } from '../events/columns.ts';

// A request is one or more lines, each an event as JSON. Its last line carries `"end":[lines, CRC-32 of the request without this mark]`,
// so that half a request is never mistaken for a whole one.

/** An event as one line, without its line end. Text that Parquet's UTF-8 cannot hold is mended. */
export const lineOf = (event: Event): string => {
  const line = JSON.stringify(event);
  return line.includes('\\ud') ? JSON.stringify(event, (_, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value)) : line;
};

/** Bytes that a group of requests is gathered in before it is written; used again and again. */
export interface Page {
  /** Adds one request, at least one line. */
  add(lines: readonly string[]): void;
  /** What was added, good until the next `clear`. */
  bytes(): Uint8Array;
  clear(): void;
}

/** A page larger than this is not kept for the next group. */
const usualBytes = 4 << 20;

/** An empty page of journal lines. */
export const openPage = (): Page => {
  let page = Buffer.allocUnsafe(usualBytes);
  let end = 0;
  return {
    add: (lines) => {
      const mark = 64;
      const needed = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, mark);
      if (end + needed > page.length) page = Buffer.concat([page.subarray(0, end)], Math.max(end + needed, page.length * 2));
      const start = end;
      for (const line of lines) {
        end += page.write(line, end);
        page[end++] = 10;
      }
      // The mark takes the place of the last brace and line end, and is followed by them.
      const crc = crc32(page.subarray(start, end - 1));
      end -= 2;
      end += page.write(`,"end":[${lines.length},${crc}]}\n`, end);
    },
    bytes: () => page.subarray(0, end),
    clear: () => {
      end = 0;
      if (page.length > usualBytes) page = Buffer.allocUnsafe(usualBytes);
    },
  };
};

/** What a segment holds. */
export interface Contents {
  /** The whole requests, as runs of bytes [from, to). */
  readonly whole: readonly (readonly [from: number, to: number])[];
  readonly rows: number;
  /** Where the last whole request ends. */
  readonly end: number;
  /** Bytes before `end` that belong to no whole request: damage, not a torn tail. */
  readonly damaged: number;
}

const markAt = (line: Buffer): { readonly at: number; readonly lines: number; readonly crc: number } | undefined => {
  const tail = line.toString('latin1', Math.max(0, line.length - 40));
  const found = /,"end":\[(\d+),(\d+)\]\}$/.exec(tail);
  return found === null ? undefined : { at: line.length - found[0].length, lines: Number(found[1]), crc: Number(found[2]) };
};

/** Finds the whole requests of a segment. `onLine` is called with each of their lines. */
export const readSegment = (bytes: Buffer, onLine: (line: string) => void = () => {}): Contents => {
  const whole: [number, number][] = [];
  const starts: number[] = [];
  let rows = 0;
  let kept = 0;
  for (let from = 0; from < bytes.length; ) {
    const newline = bytes.indexOf(10, from);
    if (newline === -1) break;
    starts.push(from);
    const mark = markAt(bytes.subarray(from, newline));
    from = newline + 1;
    if (mark === undefined) continue;
    const start = starts[starts.length - mark.lines];
    const lastLine = starts.at(-1);
    if (start !== undefined && lastLine !== undefined) {
      const body = bytes.subarray(start, lastLine + mark.at);
      if (crc32('}', crc32(body)) === mark.crc) {
        const previous = whole.at(-1);
        if (previous !== undefined && previous[1] === start) previous[1] = from;
        else whole.push([start, from]);
        rows += mark.lines;
        kept += from - start;
        for (const line of `${body.toString()}}`.split('\n')) onLine(line);
      }
    }
    starts.length = 0;
  }
  const end = whole.at(-1)?.[1] ?? 0;
  return { whole, rows, end, damaged: end - kept };
};
