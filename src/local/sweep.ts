import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { Log } from '../ports.ts';
import type { Folder } from './disk/lake-folder.ts';
import { asideFor } from './disk/set-aside.ts';
import { segmentNumber } from './journal/journal.ts';
import type { Manifest } from './parquet/manifest.ts';
import { toldBy } from './parquet/write.ts';

/** Ends what an earlier process left unfinished. Removes nothing but half-written files: whatever the manifest does not know is looked at later, or moved and named. */
export const sweep = (folder: Folder, manifest: Manifest, log: Log): void => {
  for (const { path } of manifest.aside())
    if (existsSync(join(folder.lake, path)))
      renameSync(join(folder.lake, path), join(folder.aside, basename(path)));
  // An erasure that was cut short behind its change: what it took out of the lake must not be taken in again.
  for (const { name, path } of filesBelow(folder.lake))
    if (manifest.doomed.has(toldBy(name)?.id ?? -1)) rmSync(path);
  if (manifest.doomed.size > 0) manifest.change({ gone: [...manifest.doomed] });
  for (const entry of readdirSync(folder.temp))
    rmSync(join(folder.temp, entry), { recursive: true, force: true });
  // An older manifest must not give a number again that a file has.
  for (const { name } of filesBelow(folder.root))
    manifest.given(toldBy(name)?.id ?? Number(/^(\d+)\.keys$/.exec(name)?.[1] ?? 0));
  for (const { name, path } of filesBelow(folder.journal))
    if (segmentNumber(name) === undefined) {
      renameSync(path, asideFor(folder.unnamed, name));
      log.warn('a file in the journal that is none of it was set aside', { file: name });
    }
  // Who removes a file from there has dealt with it: answers need not mention it any longer.
  for (const file of [...manifest.aside()])
    if (!existsSync(join(folder.aside, basename(file.path)))) manifest.forget(file.id);
};

/** What answers say of what was set aside and is in no list: nobody knows whose it was. A person who removes it has dealt with it, and the next start says no more. */
export const lossesIn = (folder: Folder): readonly string[] =>
  filesBelow(folder.aside).flatMap(({ name, path }) => {
    const where = relative(folder.root, path);
    const bytes = statSync(path).size;
    const isUnnamed = path.startsWith(folder.unnamed);
    if (!isUnnamed && /^\d{10}\.ndjson\.cut(\.\d+)?$/.test(name))
      return [
        `The journal ended in ${bytes} bytes that are no whole request (${where}): they may have been acknowledged, and are missing from this answer.`,
      ];
    if (!isUnnamed && /^\d{10}\.ndjson(\.\d+)?$/.test(name))
      return [
        `A damaged part of the journal was set aside (${where}): its readable events were kept, others that were acknowledged may be missing from this answer.`,
      ];
    if (isUnnamed && /\.parquet(\.\d+)?$/.test(name))
      return [
        `A file that the list of files does not name could not be read and was set aside (${where}): its events may be missing from this answer.`,
      ];
    return [];
  });

const filesBelow = (folder: string): readonly { readonly name: string; readonly path: string }[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => ({ name, path: join(parentPath, name) }));
