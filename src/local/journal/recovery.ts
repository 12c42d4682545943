import {
  closeSync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../../ports.ts';
import type { Folder } from '../disk/lake-folder.ts';
import { asideFor } from '../disk/set-aside.ts';
import { current, heading, type LineCells, readSegment, renewed } from './format.ts';
import { openPage } from './page.ts';

/** Leaves only whole requests, in today’s form, in a segment of an earlier process; a torn end and damage are logged, a damaged file is also kept aside. `unsure`: it was being written when that process ended; `isFlushed`: its events are in the lake, and only their ids were still needed. `onEvent` gets every event that is left; the answer counts rows and bytes. */
export const mend = (
  folder: Folder,
  entry: string,
  { unsure, isFlushed }: { readonly unsure: boolean; readonly isFlushed: boolean },
  log: Log,
  onEvent: (event: LineCells) => void,
): { readonly rows: number; readonly bytes: number } => {
  const path = join(folder.journal, entry);
  const bytes = readFileSync(path);
  const older = openPage();
  const { form, whole, rows, end, damaged } = readSegment(bytes, (lines, of) => {
    const events = lines.map(of.read);
    for (const event of events) onEvent(event);
    if (of !== current) older.add(events.map(renewed));
  });
  const torn = bytes.length - end;
  const rest = bytes.subarray(end);
  // What answers miss nothing of is not named in them.
  const place = isFlushed ? folder.unnamed : folder.aside;
  if (damaged > 0) {
    copySynced(bytes, asideFor(place, entry));
    log.error('journal segment damaged: its readable events were kept, the file was set aside', {
      file: entry,
      lost_bytes: bytes.length - (end - damaged),
    });
  } else if (torn > 0) {
    copySynced(rest, asideFor(place, `${entry}.cut`));
    log.warn(
      'journal repaired: what followed its last whole request was cut off and set aside; it may have been acknowledged',
      {
        file: entry,
        cut_bytes: torn,
      },
    );
  }
  if (damaged === 0 && form === current) {
    // What was never synced, or of which a sync failed, may be here and not on the disk: only written once more it is.
    if (torn > 0 || (unsure && rows > 0)) writeSynced(path, bytes.subarray(0, end), 'r+');
    return { rows, bytes: end };
  }
  const left = form === current ? whole.map(([from, to]) => bytes.subarray(from, to)) : [older.bytes()];
  const good = Buffer.concat([heading, ...left]);
  const temp = join(folder.temp, entry);
  writeSynced(temp, good, 'w');
  renameSync(temp, path);
  return { rows, bytes: good.length };
};

const copySynced = (bytes: Uint8Array, path: string): void => writeSynced(path, bytes, 'w');

function writeSynced(path: string, bytes: Uint8Array, flags: 'r+' | 'w'): void {
  const file = openSync(path, flags);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    ftruncateSync(file, bytes.length);
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
}
