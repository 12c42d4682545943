import { randomBytes } from 'node:crypto';
import { access, constants, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';

/** Names inside the data folder. */
export const inFolder = {
  mark: 'millimetric.json',
  keys: 'keys.json',
  /** Where the running product answers; gone once it has stopped. */
  running: 'running.json',
  pepper: 'pepper',
  ledger: 'ledger.sqlite',
  counters: 'counters.sqlite',
  events: 'events',
} as const;

const format = 1;
const mark = z.object({ format: z.int() });
const pepperBytes = 32;

/** Makes the folder ours, or finds that it is. Throws an Error with one clear sentence when it is someone else’s, newer than us, or cannot be written. */
export const claimDataFolder = async (dir: string): Promise<void> => {
  const inside = await attempt(dir, async () => {
    await makeFolder(dir);
    const inside = await readdir(dir);
    await access(dir, constants.R_OK | constants.W_OK | constants.X_OK);
    return inside;
  });
  if (inside.includes(inFolder.mark)) return checkMark(dir);
  // A try that was cut short before its mark was whole has left nothing but a part of that. An import into another installation keeps its visitor keys here.
  const foreign = inside.filter(
    (name) =>
      !(name.startsWith(inFolder.mark) && name.endsWith('.part')) &&
      !/^visitors-.+\.key(\.\d+\.part)?$/.test(name),
  );
  if (foreign.length > 0) {
    throw new Error(
      `The folder ${dir} holds other things (${foreign.slice(0, 3).join(', ')}${foreign.length > 3 ? ', …' : ''}) and was not made by this product, so nothing was touched; set MILLIMETRIC_DATA to a new or empty folder.`,
    );
  }
  await attempt(dir, () => writeWhole(join(dir, inFolder.mark), `${JSON.stringify({ format })}\n`));
};

/** The secret that keys are hashed with, made at the first start (mode 0600). Throws when keys exist that only a lost one could check. */
export const pepperIn = async (dir: string, keysExist: boolean): Promise<Uint8Array> => {
  const path = join(dir, inFolder.pepper);
  const text = await readFile(path, 'utf8').catch(absent);
  if (text === undefined && keysExist) {
    throw new Error(
      `${path} is missing, and without it none of the keys in this folder can be checked; put it back from a backup, or start with a new folder.`,
    );
  }
  if (text === undefined) {
    const made = randomBytes(pepperBytes);
    await attempt(dir, () => writeWhole(path, `${made.toString('hex')}\n`));
    return made;
  }
  if (!/^[0-9a-f]{64}\s*$/.test(text))
    throw new Error(`${path} is damaged: it must hold 64 hexadecimal digits; put it back from a backup.`);
  return Buffer.from(text.trim(), 'hex');
};

/** Writes a private file (mode 0600) so that after a power cut it is there whole or not at all. */
export const writeWhole = async (path: string, text: string): Promise<void> => {
  const part = `${path}.${process.pid}.part`;
  await rm(part, { force: true });
  const file = await open(part, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, path);
  const folder = await open(dirname(path), 'r');
  await folder.sync();
  await folder.close();
};

/** Undefined for a file that is not there; for `catch`. */
export const absent = (thrown: unknown): undefined => {
  if (systemCodeOf(thrown) === 'ENOENT') return undefined;
  throw thrown;
};

/** The system’s word for what went wrong, e.g. ENOENT. */
export const systemCodeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';

/** Node’s own `recursive` never ends where a parent exists that takes no folders, as in /proc. */
const makeFolder = async (dir: string): Promise<void> => {
  const made = await mkdir(dir, { mode: 0o700 }).catch(systemCodeOf);
  if (made === 'ENOENT' && dirname(dir) !== dir) {
    await makeFolder(dirname(dir));
    await mkdir(dir, { mode: 0o700 });
  } else if (made !== undefined && made !== 'EEXIST')
    throw Object.assign(new Error(`mkdir ${made}`), { code: made });
};

const checkMark = async (dir: string): Promise<void> => {
  const path = join(dir, inFolder.mark);
  const found = mark.safeParse(jsonIn(await readFile(path, 'utf8')));
  if (!found.success)
    throw new Error(
      `${path} is damaged, so this may not be our data folder and nothing was touched; it should read {"format":${format}}.`,
    );
  if (found.data.format > format) {
    throw new Error(
      `The folder ${dir} was written by a newer version (format ${found.data.format}, this one knows ${format}); start that version, or another folder.`,
    );
  }
};

/** JSON as a value; undefined where it is none. */
export const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const attempt = async <T>(dir: string, act: () => Promise<T>): Promise<T> => {
  try {
    return await act();
  } catch (cause) {
    throw new Error(
      `The data folder ${dir} ${reasons[systemCodeOf(cause)] ?? `cannot be used (${systemCodeOf(cause) || String(cause)})`}; set MILLIMETRIC_DATA to a folder you may write to.`,
      { cause },
    );
  }
};

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'may not be read and written by this user',
  EPERM: 'may not be written by this user',
  EROFS: 'is on a read-only disk',
  ENOTDIR: 'is not a folder',
  ENOSPC: 'is on a full disk',
  ENOENT: 'cannot be made there',
};
