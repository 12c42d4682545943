import { closeSync, copyFileSync, fdatasyncSync, ftruncateSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../ports.ts';
import { current, heading, type Kept, readSegment, renewed } from './journal-lines.ts';
import { openPage } from './journal-page.ts';
import type { Folder } from './lake-folder.ts';

/** Leaves only whole requests, in today’s form, in a segment of an earlier process; a torn end and damage are logged, a damaged file is also kept aside. `onEvent` gets every event that is left; the answer counts rows and bytes. */
export const mend = (folder: Folder, entry: string, log: Log, onEvent: (event: Kept) => void): { readonly rows: number; readonly bytes: number } => {
  const path = join(folder.journal, entry);
  const bytes = readFileSync(path);
  const older = openPage();
  const { form, whole, rows, end, damaged } = readSegment(bytes, (lines, of) => {
    const events = lines.map(of.read);
    for (const event of events) onEvent(event);
    if (of !== current) older.add(events.map(renewed));
  });
  const torn = bytes.length - end;
  if (damaged > 0) {
    copyFileSync(path, join(folder.aside, entry));
    log.error('journal segment damaged: its readable events were kept, the file was set aside', { file: entry, lost_bytes: bytes.length - (end - damaged) });
  } else if (torn > 0) log.warn('journal repaired: a request that was never acknowledged was cut off its end', { file: entry, cut_bytes: torn });
  if (damaged === 0 && form === current) {
    if (torn > 0) cut(path, end);
    return { rows, bytes: end };
  }
  const left = form === current ? whole.map(([from, to]) => bytes.subarray(from, to)) : [older.bytes()];
  const good = Buffer.concat([heading, ...left]);
  const temp = join(folder.temp, entry);
  writeSynced(temp, good);
  renameSync(temp, path);
  return { rows, bytes: good.length };
};

function cut(path: string, end: number): void {
  const file = openSync(path, 'r+');
  ftruncateSync(file, end);
  fdatasyncSync(file);
  closeSync(file);
}

function writeSynced(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w');
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
  fdatasyncSync(file);
  closeSync(file);
}
