import { createReadStream, statSync } from 'node:fs';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Log } from '../../ports.ts';
import type { Folder } from '../disk/lake-folder.ts';
import { asideFor } from '../disk/set-aside.ts';
import { throwShortage } from '../disk/shortage.ts';
import type { LakeFile } from './kinds.ts';
import type { Manifest } from './manifest.ts';

/** Finds files that are not as they were written, and takes them out of the lake. */
export interface Checker {
  /** Those of `files` that cannot be trusted, cheaply: every byte of one that an earlier process wrote, once; of others, changed since last looked at, their footer. Sets them aside. */
  glance(files: readonly LakeFile[]): Promise<readonly LakeFile[]>;
  /** The same, but every byte is read. For when the engine stumbled. */
  inspect(files: readonly LakeFile[]): Promise<readonly LakeFile[]>;
  /** Puts back what was set aside and is as it was written: of everything, or only of what the disk would not read since this was opened. `missing`: how many rows of it the lake lacks; where it has some already, the file stays aside. */
  restore(
    of: 'everything' | 'unread',
    missing?: (file: LakeFile, path: string) => Promise<number>,
  ): Promise<void>;
}

/** What a finished Parquet file is known by. */
export interface Fingerprint {
  readonly bytes: number;
  readonly crc: number;
  readonly footerCrc: number;
}

/** Looks for files that cannot be read and sets them aside. */
export const checker = (folder: Folder, manifest: Manifest, log: Log): Checker => {
  const trusted = new Map<number, number>();
  /** What happened to these while nobody watched is not known. */
  const inherited = new Set([...manifest.files()].map(({ id }) => id));
  /** Set aside because the disk would not read them, which may pass. */
  const unread = new Set<number>();

  const setAside = async (file: LakeFile, reason: string) => {
    if (![...manifest.files()].includes(file)) return;
    manifest.change({ aside: [file] });
    const target = join(folder.aside, basename(file.path));
    // A missing file leaves an empty one there, so that answers go on saying what they miss until a person removes it.
    await rename(join(folder.lake, file.path), target).catch(() =>
      writeFile(target, '').catch(() => undefined),
    );
    log.error('a file of the lake cannot be read and was set aside; its events are missing from answers', {
      file: basename(file.path),
      reason,
      rows: file.rows,
      projects: file.projects.length,
    });
  };
  const check = async (files: readonly LakeFile[], whole: boolean): Promise<readonly LakeFile[]> => {
    const bad: LakeFile[] = [];
    for (const file of files) {
      const path = join(folder.lake, file.path);
      const now = statSync(path, { throwIfNoEntry: false });
      if (!whole && now !== undefined && trusted.get(file.id) === now.ctimeMs) continue;
      let refused = false;
      const flawed = () =>
        flaw(path, file, whole || inherited.has(file.id)).catch((error: unknown) => {
          throwShortage(error);
          refused = true;
          return error instanceof Error && 'code' in error ? String(error.code) : String(error);
        });
      const reason =
        now === undefined
          ? 'it is missing'
          : now.size !== file.bytes
            ? `it has ${now.size} bytes of ${file.bytes}`
            : await flawed();
      if (reason === undefined && now !== undefined) trusted.set(file.id, now.ctimeMs);
      if (reason === undefined) continue;
      bad.push(file);
      await setAside(file, reason);
      if (refused) unread.add(file.id);
    }
    return bad;
  };
  const restore: Checker['restore'] = async (of, missing) => {
    for (const file of [...manifest.aside()]) {
      if (of === 'unread' && !unread.has(file.id)) continue;
      const [place, aside] = [join(folder.lake, file.path), join(folder.aside, basename(file.path))];
      // Where it could not be moved, it is still in its place.
      for (const path of [aside, place]) {
        const found = await fingerprint(path).catch(() => undefined);
        if (found?.bytes !== file.bytes || found.crc !== file.crc) continue;
        try {
          await rename(path, place);
          const lacking = (await missing?.(file, place)) ?? file.rows;
          if (lacking === 0) {
            await rename(place, asideFor(folder.unnamed, basename(place)));
            await rm(aside, { force: true });
            manifest.forget(file.id);
            log.info('a file that had been set aside is needed no more: every row of it is in others', {
              file: basename(file.path),
            });
            break;
          }
          if (lacking < file.rows) {
            await rename(place, aside);
            log.warn(
              'a file that had been set aside can be read again, but the lake has some of its rows already: it stays aside',
              {
                file: basename(file.path),
                rows: file.rows,
                missing: lacking,
              },
            );
            break;
          }
          await rm(aside, { force: true });
          manifest.change({ restore: [file] });
        } catch (error) {
          log.warn('a file that had been set aside can be read again, but not be put back yet', {
            file: basename(file.path),
            error: String(error),
          });
          break;
        }
        unread.delete(file.id);
        log.info('a file that had been set aside can be read again; its events are back in answers', {
          file: basename(file.path),
          rows: file.rows,
        });
        break;
      }
    }
  };
  return { glance: (files) => check(files, false), inspect: (files) => check(files, true), restore };
};

async function flaw(path: string, file: LakeFile, whole: boolean): Promise<string | undefined> {
  const found = whole ? await fingerprint(path) : { ...file, footerCrc: await footerCrc(path, file.bytes) };
  if (found === undefined || found.footerCrc !== file.footerCrc) return 'its footer was changed';
  return found.crc === file.crc ? undefined : 'its bytes were changed';
}

/** Reads a whole Parquet file; undefined if it is none. */
export const fingerprint = async (path: string): Promise<Fingerprint | undefined> => {
  let crc = 0;
  let bytes = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 18 })) {
    if (!Buffer.isBuffer(piece)) continue;
    crc = crc32(piece, crc);
    bytes += piece.length;
  }
  const footer = await footerCrc(path, bytes);
  return footer === undefined ? undefined : { bytes, crc, footerCrc: footer };
};

/** CRC-32 of a Parquet file's footer: its last eight bytes give its length and the magic. */
async function footerCrc(path: string, bytes: number): Promise<number | undefined> {
  const file = await open(path, 'r');
  try {
    const guess = Buffer.alloc(Math.min(bytes, 16 << 10));
    await file.read(guess, 0, guess.length, bytes - guess.length);
    if (guess.length < 12 || guess.toString('latin1', guess.length - 4) !== 'PAR1') return undefined;
    const length = guess.readUInt32LE(guess.length - 8) + 8;
    if (length > bytes) return undefined;
    if (length <= guess.length) return crc32(guess.subarray(guess.length - length));
    const footer = Buffer.alloc(length);
    await file.read(footer, 0, length, bytes - length);
    return crc32(footer);
  } finally {
    await file.close();
  }
}
