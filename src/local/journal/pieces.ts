import { open } from 'node:fs/promises';
import { stretchInto } from '../disk/copy-range.ts';

/** Journal lines, in one or more files. */
export interface Lines {
  readonly paths: readonly string[];
  readonly bytes: number;
}

const newline = 10;

/** The lines of one file as files of at most so many bytes each, at least one line; `nextPath` names them. A file that is small enough stays itself, and is the only one then. */
export const cutLines = async (
  path: string,
  mostBytes: number,
  nextPath: () => string,
): Promise<readonly Lines[]> => {
  const places = await stretches(path, mostBytes);
  if (places.length < 2) return [{ paths: [path], bytes: places[0]?.[1] ?? 0 }];
  return places.map(([from, to]) => {
    const piece = nextPath();
    stretchInto(piece, path, from, to, false);
    return { paths: [piece], bytes: to - from };
  });
};

/** Where pieces of whole lines begin and end, [from, to). */
async function stretches(path: string, mostBytes: number): Promise<readonly (readonly [number, number])[]> {
  const found: (readonly [number, number])[] = [];
  let from = 0;
  let end = 0;
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(1 << 20);
    for (let at = 0; ; ) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) break;
      const read = buffer.subarray(0, bytesRead);
      for (let line = read.indexOf(newline); line !== -1; line = read.indexOf(newline, line + 1)) {
        const next = at + line + 1;
        if (next - from > mostBytes && end > from) {
          found.push([from, end]);
          from = end;
        }
        end = next;
      }
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
  return end > from ? [...found, [from, end]] : found;
}
