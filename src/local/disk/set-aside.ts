import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** A path in this folder (made if need be) for a file of this name, that no file has yet. */
export const asideFor = (folder: string, name: string): string => {
  mkdirSync(folder, { recursive: true });
  for (let n = 1; ; n++) {
    const path = join(folder, n === 1 ? name : `${name}.${n}`);
    if (!existsSync(path)) return path;
  }
};
