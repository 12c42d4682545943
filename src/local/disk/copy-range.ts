import { closeSync, copyFileSync, linkSync, openSync, readSync, rmSync, writeSync } from 'node:fs';

const buffer = Buffer.allocUnsafe(256 << 10);

/** Makes `path` a file with the bytes [from, to) of another. Where these are all it will ever have (`whole`), it becomes a second name of it. Nothing is left when it throws. */
export const stretchInto = (path: string, source: string, from: number, to: number, whole: boolean): void => {
  try {
    if (whole && from === 0) linkOrCopy(path, source);
    else copy(path, source, from, to);
  } catch (error) {
    removeAll([path]);
    throw error;
  }
};

/** Removes files; one that cannot go is left for the next start. */
export const removeAll = (paths: readonly string[]): void => {
  for (const path of paths) {
    try {
      rmSync(path, { force: true });
    } catch {}
  }
};

function linkOrCopy(path: string, source: string): void {
  try {
    linkSync(source, path);
  } catch {
    // Not every file system has second names.
    copyFileSync(source, path);
  }
}

function copy(path: string, source: string, from: number, to: number): void {
  const input = openSync(source, 'r');
  try {
    const output = openSync(path, 'wx');
    try {
      for (let at = from; at < to; ) {
        const read = readSync(input, buffer, 0, Math.min(buffer.length, to - at), at);
        if (read === 0) throw new Error(`${source} ends at ${at}, not at ${to}`);
        for (let done = 0; done < read; ) done += writeSync(output, buffer, done, read - done);
        at += read;
      }
    } finally {
      closeSync(output);
    }
  } finally {
    closeSync(input);
  }
}
