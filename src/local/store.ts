import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from '../ports.ts';
import { absent } from './disk/data-folder.ts';
import { syncDirectory } from './disk/lake-folder.ts';

/** A name as a file name that no file system confuses with another: everything but a-z 0-9 _ - is written as %xx of its UTF-8. */
const encoded = (name: string): string => {
  const file = Array.from(Buffer.from(name), (byte) =>
    /[a-z0-9_-]/.test(String.fromCharCode(byte))
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).padStart(2, '0')}`,
  ).join('');
  if (file === '' || file.length > 250)
    throw new Error(
      `a stored thing’s name must have 1 to 250 characters as a file name; "${name.slice(0, 40)}" has ${file.length}`,
    );
  return file;
};
const isPart = (file: string) => file.startsWith('~');

/** Named bytes as files in one folder. A put is synced when it resolves. */
export const openLocalStore = async (dir: string): Promise<Store> => {
  await mkdir(dir, { recursive: true });
  for (const file of await readdir(dir)) if (isPart(file)) await rm(join(dir, file), { force: true });
  let parts = 0;

  return {
    get: async (name) => {
      const found = await readFile(join(dir, encoded(name))).catch(absent);
      return found && new Uint8Array(found);
    },
    put: async (name, bytes) => {
      const target = join(dir, encoded(name));
      const part = join(dir, `~${++parts}`);
      try {
        const file = await open(part, 'wx');
        try {
          await file.writeFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(part, target);
      } catch (error) {
        await rm(part, { force: true });
        throw error;
      }
      await syncDirectory(dir);
    },
    delete: async (name) => {
      await rm(join(dir, encoded(name)), { force: true });
      await syncDirectory(dir);
    },
    list: async (prefix) => {
      const names = (await readdir(dir))
        .filter((file) => !isPart(file))
        .map((file) => decodeURIComponent(file));
      return names.filter((name) => name.startsWith(prefix)).sort();
    },
  };
};
