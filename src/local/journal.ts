import { closeSync, fdatasyncSync, ftruncateSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../ports.ts';
import { readSegment } from './journal-lines.ts';
import { type Folder, syncDirectory } from './lake-folder.ts';

/** A closed piece of the journal: never written again. */
export interface Segment {
  readonly number: number;
  readonly path: string;
  readonly bytes: number;
  readonly rows: number;
  /** When its first row came, ms since 1970. */
  readonly since: number;
}

/** Where events wait, durable, until they are Parquet. Its caller lets `append` and `seal` run one at a time. */
export interface Journal {
  /** Synced to disk when it resolves; rejects having kept nothing. */
  append(bytes: Uint8Array, rows: number): Promise<void>;
  /** Closes the segment being written, so that everything appended is in `segments`. */
  seal(): Promise<void>;
  /** The closed segments, ascending. */
  segments(): readonly Segment[];
  /** The highest number a closed segment has had. */
  readonly sealedUpTo: number;
  /** The segment being written: its bytes and when it began; undefined when it is empty. */
  writing(): { readonly bytes: number; readonly since: number } | undefined;
  /** Deletes segments up to this number; call when they are no longer needed. */
  forget(upTo: number): void;
  close(): Promise<void>;
}

const segmentBytes = 8 << 20;
const nameOf = (number: number) => `${String(number).padStart(10, '0')}.ndjson`;

/** Opens the journal. A torn tail is cut off and reported, damage is kept aside and reported; `onLine` gets every line that is there, with its segment's number. */
export const openJournal = (
  folder: Folder,
  after: { readonly forgotten: number; readonly lowest: number },
  clock: () => number,
  log: Log,
  onLine: (line: string, segment: number) => void,
): Journal => {
  let sealed: Segment[] = [];
  let number = after.lowest;
  let highest = after.lowest;
  for (const entry of readdirSync(folder.journal).sort()) {
    const path = join(folder.journal, entry);
    const found = Number(/^(\d+)\.ndjson$/.exec(entry)?.[1] ?? Number.NaN);
    if (Number.isNaN(found) || found <= after.forgotten) {
      rmSync(path);
      continue;
    }
    number = Math.max(number, found);
    const { rows, bytes } = mend(folder, entry, log, (line) => onLine(line, found));
    if (rows === 0) rmSync(path);
    else sealed.push({ number: found, path, bytes, rows, since: clock() });
    highest = number;
  }

  let current: Writing | undefined;
  let broken: Writing | undefined;
  let spare: Promise<Writing | undefined> | undefined;

  const create = async (): Promise<Writing> => {
    const mine = ++number;
    const path = join(folder.journal, nameOf(mine));
    const file = await open(path, 'wx');
    try {
      await syncDirectory(folder.journal);
    } catch (error) {
      await file.close();
      await rm(path, { force: true });
      throw error;
    }
    return { number: mine, path, file, bytes: 0, rows: 0, since: 0 };
  };
  /** The next segment is made while nobody waits for it. */
  const prepare = () => {
    spare ??= create().catch(() => undefined);
  };
  const next = async (): Promise<Writing> => {
    const ready = await (spare ?? undefined);
    spare = undefined;
    return ready ?? (await create());
  };

  const retire = async (segment: Writing) => {
    highest = Math.max(highest, segment.number);
    await segment.file.close();
    if (segment.rows === 0) await rm(segment.path, { force: true });
    else sealed = [...sealed, { number: segment.number, path: segment.path, bytes: segment.bytes, rows: segment.rows, since: segment.since }];
  };
  /** Brings a segment back to what was acknowledged, and closes it: after a failed write or sync nothing more goes into it. */
  const mendWriting = async () => {
    if (broken === undefined) return;
    const { size } = await broken.file.stat();
    if (size > broken.bytes) {
      await broken.file.truncate(broken.bytes);
      await broken.file.datasync();
    }
    const mended = broken;
    broken = undefined;
    await retire(mended);
  };
  const seal = async () => {
    await mendWriting();
    if (current === undefined || current.rows === 0) return;
    const full = current;
    current = undefined;
    await retire(full);
    prepare();
  };

  return {
    append: async (added, rows) => {
      await mendWriting();
      current ??= await next();
      const segment = current;
      try {
        await writeAll(segment.file, added, segment.bytes);
        await segment.file.datasync();
        if (segment.rows === 0) segment.since = clock();
        segment.bytes += added.length;
        segment.rows += rows;
      } catch (error) {
        broken = segment;
        current = undefined;
        // If even this fails, the next call tries again before it writes anything.
        await mendWriting().catch(() => undefined);
        throw error;
      }
      // What was kept is kept, whatever becomes of closing the file.
      if (segment.bytes >= segmentBytes) await seal().catch(() => undefined);
    },
    seal,
    segments: () => sealed,
    get sealedUpTo() {
      return highest;
    },
    writing: () => (current === undefined || current.rows === 0 ? undefined : { bytes: current.bytes, since: current.since }),
    forget: (upTo) => {
      const old = sealed.filter((segment) => segment.number <= upTo);
      sealed = sealed.filter((segment) => segment.number > upTo);
      for (const { path } of old) rmSync(path, { force: true });
    },
    close: async () => {
      await seal();
      const left = [current, await spare];
      current = undefined;
      for (const segment of left) {
        if (segment === undefined) continue;
        await segment.file.close();
        await rm(segment.path, { force: true });
      }
    },
  };
};

interface Writing {
  readonly number: number;
  readonly path: string;
  readonly file: FileHandle;
  bytes: number;
  rows: number;
  since: number;
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}

/** Leaves only whole requests in a segment of an earlier process. */
function mend(folder: Folder, entry: string, log: Log, onLine: (line: string) => void): { readonly rows: number; readonly bytes: number } {
  const path = join(folder.journal, entry);
  const bytes = readFileSync(path);
  const { whole, rows, end, damaged } = readSegment(bytes, onLine);
  if (damaged > 0) {
    const good = join(folder.temp, entry);
    writeSynced(good, Buffer.concat(whole.map(([from, to]) => bytes.subarray(from, to))));
    renameSync(path, join(folder.aside, entry));
    renameSync(good, path);
    log.error('journal segment damaged: its readable events were kept, the file was set aside', { file: entry, lost_bytes: bytes.length - (end - damaged) });
  } else if (end < bytes.length) {
    const file = openSync(path, 'r+');
    ftruncateSync(file, end);
    fdatasyncSync(file);
    closeSync(file);
    log.warn('journal repaired: a request that was never acknowledged was cut off its end', { file: entry, cut_bytes: bytes.length - end });
  }
  return { rows, bytes: end - damaged };
}

function writeSynced(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w');
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
  fdatasyncSync(file);
  closeSync(file);
}
