import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isKept } from './kept-twice.ts';

/** Where each part of a lake lives, as absolute paths. */
export interface Folder {
  readonly root: string;
  readonly manifest: string;
  /** Events on their way: one file of lines per segment. */
  readonly journal: string;
  /** Parquet. */
  readonly lake: string;
  /** Which event ids are already kept. */
  readonly seen: string;
  /** Half-written files; emptied at start. */
  readonly temp: string;
  /** Files that could not be read, for a person to look at. */
  readonly aside: string;
  /** What a start found and the manifest did not name; below `aside`. */
  readonly unnamed: string;
}

/** The folder at `dir`, made if need be. Refuses, touching nothing, a folder that holds things of somebody else (anything, where our manifest is not). */
export const claimLakeFolder = (dir: string): Folder => {
  const root = resolve(dir);
  if (/[*?[\]]/.test(root))
    throw new Error(
      `The data folder ${root} has one of * ? [ ] in its path, which the engine would read as a pattern: choose another name.`,
    );
  const folder: Folder = {
    root,
    manifest: join(root, 'lake.sqlite'),
    journal: join(root, 'journal'),
    lake: join(root, 'parquet'),
    seen: join(root, 'seen'),
    temp: join(root, 'temp'),
    aside: join(root, 'set-aside'),
    unnamed: join(root, 'set-aside', 'unnamed'),
  };
  if (existsSync(root) && !isKept(folder.manifest)) {
    const [stranger] = readdirSync(root);
    if (stranger !== undefined)
      throw new Error(
        `The folder ${root} was not made by this product: it holds "${stranger}" and no lake.sqlite. Nothing was touched; choose a new or empty folder.`,
      );
  }
  return folder;
};

/** Makes what is missing of it. Call once the folder is known to be ours and locked. */
export const makeFolder = (folder: Folder): void => {
  for (const path of [folder.journal, folder.lake, folder.seen, folder.temp, folder.aside])
    mkdirSync(path, { recursive: true });
};

/** Makes names in this directory (new, renamed, removed) survive a power cut. */
export const syncDirectory = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
