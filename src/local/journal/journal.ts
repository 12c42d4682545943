import { readdirSync, rmSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../ports.ts';
import { type Folder, syncDirectory } from '../disk/lake-folder.ts';
import { heading, type LineCells } from './format.ts';
import { mend } from './recovery.ts';

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
  /** The segment being written, with the bytes of it that are acknowledged; undefined when there are none. */
  writing(): Omit<Segment, 'rows'> | undefined;
  /** Deletes segments up to this number; call when they are no longer needed. */
  forget(upTo: number): void;
  close(): Promise<void>;
}

const segmentBytes = 5 << 20;
/** The segment being written and the one made ahead. */
const openAtOnce = 2;
/** The number of a segment by its file’s name; undefined for what is none. */
export const segmentNumber = (name: string): number | undefined => {
  const found = /^(\d+)\.ndjson$/.exec(name)?.[1];
  return found === undefined ? undefined : Number(found);
};
const nameOf = (number: number) => `${String(number).padStart(10, '0')}.ndjson`;

/** Opens the journal. A torn tail is cut off and reported, damage is kept aside and reported. A segment of an earlier version is written anew in today's form. `onEvent` gets every event that is there, with its segment's number. */
export const openJournal = (
  folder: Folder,
  after: { readonly forgotten: number; readonly flushed: number; readonly lowest: number },
  clock: () => number,
  log: Log,
  onEvent: (event: LineCells, segment: number) => void,
): Journal => {
  let sealed: Segment[] = [];
  let number = after.lowest;
  let highest = after.lowest;
  const entries = readdirSync(folder.journal).sort();
  for (const [i, entry] of entries.entries()) {
    const path = join(folder.journal, entry);
    const found = segmentNumber(entry);
    if (found === undefined) continue;
    // Its events are in the lake and their ids in files, by the manifest.
    if (found <= after.forgotten) {
      rmSync(path);
      continue;
    }
    number = Math.max(number, found);
    const how = { unsure: i >= entries.length - openAtOnce, isFlushed: found <= after.flushed };
    const { rows, bytes } = mend(folder, entry, how, log, (event) => onEvent(event, found));
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
      await writeAll(file, heading, 0);
      await syncDirectory(folder.journal);
    } catch (error) {
      await file.close();
      await rm(path, { force: true });
      throw error;
    }
    return { number: mine, path, file, bytes: heading.length, rows: 0, since: 0 };
  };
  /** The next segment is made while nobody waits for it. */
  const prepare = () => {
    spare ??= create().catch(() => undefined);
  };
  const next = async (): Promise<Writing> => {
    const ready = await (spare ?? undefined);
    spare = undefined;
    const taken = ready ?? (await create());
    // One ahead always: a folder’s sync waits for whatever else is being written to the disk, and would come when a flush is.
    prepare();
    return taken;
  };

  const retire = async (segment: Writing) => {
    highest = Math.max(highest, segment.number);
    const { number, path, bytes, rows, since } = segment;
    // Before anything waits: whoever looks finds every segment either here or being written.
    if (rows > 0) sealed = [...sealed, { number, path, bytes, rows, since }];
    await segment.file.close();
    if (rows === 0) await rm(path, { force: true });
  };
  /** Brings a segment back to what was acknowledged, and closes it: after a failed write or sync nothing more goes into it. */
  const mendWriting = async () => {
    if (broken === undefined) return;
    // A byte more first: after a sync that failed, the kernel may take a cut for written, and one to the same length for nothing to do.
    for (const more of [1, 0]) await broken.file.truncate(broken.bytes + more);
    await broken.file.datasync();
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
    writing: () => {
      const { number, path, bytes, rows, since } = broken ?? current ?? nothing;
      return rows === 0 ? undefined : { number, path, bytes, since };
    },
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

const nothing = { number: 0, path: '', bytes: 0, rows: 0, since: 0 } as const;

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; )
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}
