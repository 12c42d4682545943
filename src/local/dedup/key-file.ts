import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { compareKeys, keyWords } from './key-table.ts';

// A file of keys: 16 bytes of header (magic, count, bytes of filter, number of fences), the filter, the fences, the CRC-32 of each block of keys,
// the CRC-32 of all of this, the keys ascending. Files of earlier versions have no CRCs.
// The filter has three bits per key, taken from words 1 to 3; a fence is word 0 of every 256th key.

const magic = 0x324e534d;
const magicWithoutCrcs = 0x314e534d;
const block = 256;
const keyBytes = keyWords * 4;
/** Filters of all files together stay near this; a larger file has fewer bits per key and costs more reads of unknown keys. */
const filterLimit = 32 << 20;
const chunkKeys = 1 << 15;

/** Keys on disk. */
export interface KeyFile {
  readonly count: number;
  has(words: Uint32Array, at: number): boolean;
  close(): void;
}

const bytesOf = (words: Uint32Array): Uint8Array =>
  new Uint8Array(words.buffer, words.byteOffset, words.byteLength);

/** Opens a file of keys; throws if it is none or is cut short. */
export const openKeyFile = (path: string): KeyFile => {
  const file = openSync(path, 'r');
  try {
    const header = new Uint32Array(4);
    fill(file, bytesOf(header), 0, path);
    const [found, count = 0, filterBytes = 0, fenceCount = 0] = header;
    if (found !== magic && found !== magicWithoutCrcs) throw new Error(`${path} is no file of event ids`);
    if (16 + filterBytes + fenceCount * 4 + count * keyBytes > fstatSync(file).size)
      throw new Error(`${path} is cut short`);
    const filter = new Uint8Array(filterBytes);
    fill(file, filter, 16, path);
    const fences = new Uint32Array(fenceCount);
    fill(file, bytesOf(fences), 16 + filterBytes, path);
    const crcs = found === magic ? new Uint32Array(fenceCount + 1) : undefined;
    if (crcs !== undefined) fill(file, bytesOf(crcs), 16 + filterBytes + fences.byteLength, path);
    if (crcs?.at(-1) !== undefined && crcs.at(-1) !== headCrc(header, filter, fences, crcs.subarray(0, -1)))
      throw new Error(`${path} was changed`);
    const keysAt = 16 + filterBytes + fences.byteLength + (crcs?.byteLength ?? 0);
    fill(file, new Uint8Array(1), keysAt + count * keyBytes - 1, path);
    const page = new Uint32Array(block * keyWords);
    const pageBytes = bytesOf(page);

    const has = (words: Uint32Array, at: number): boolean => {
      if (!inFilter(filter, words, at)) return false;
      const first = words[at] ?? 0;
      // Equal leading words may spill over a fence: look from the block before the first fence ≥ `first`.
      let low = 0;
      let high = fences.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((fences[middle] ?? 0) < first) low = middle + 1;
        else high = middle;
      }
      for (let b = Math.max(0, low - 1); b < fences.length && (fences[b] ?? 0) <= first; b++) {
        const keys = Math.min(block, count - b * block);
        const read = pageBytes.subarray(0, keys * keyBytes);
        fill(file, read, keysAt + b * block * keyBytes, path);
        if (crcs !== undefined && crcs[b] !== crc32(read)) throw new Error(`${path} was changed`);
        for (let key = 0; key < keys; key++)
          if (compareKeys(page, key * keyWords, words, at) === 0) return true;
      }
      return false;
    };
    return { count, has, close: () => closeSync(file) };
  } catch (error) {
    closeSync(file);
    throw error;
  }
};

const headCrc = (header: Uint32Array, filter: Uint8Array, fences: Uint32Array, crcs: Uint32Array): number =>
  crc32(bytesOf(crcs), crc32(bytesOf(fences), crc32(filter, crc32(bytesOf(header)))));

/** Writes keys that come ascending in pieces; synced when it resolves. */
export const writeKeyFile = async (
  path: string,
  count: number,
  pieces: AsyncIterable<Uint32Array> | Iterable<Uint32Array>,
): Promise<void> => {
  const filter = new Uint8Array(Math.max(8, Math.min(Math.ceil(count * 1.5), filterLimit)));
  const fences = new Uint32Array(Math.ceil(count / block));
  const crcs = new Uint32Array(fences.length);
  const keysAt = 16 + filter.length + fences.byteLength + crcs.byteLength + 4;
  const file = await open(path, 'wx');
  try {
    let done = 0;
    for await (const piece of pieces) {
      for (let at = 0; at < piece.length; at += keyWords) {
        const key = done + at / keyWords;
        const b = Math.floor(key / block);
        if (key % block === 0) fences[b] = piece[at] ?? 0;
        crcs[b] = crc32(bytesOf(piece.subarray(at, at + keyWords)), crcs[b]);
        intoFilter(filter, piece, at);
      }
      await writeAt(file, bytesOf(piece), keysAt + done * keyBytes);
      done += piece.length / keyWords;
    }
    if (done !== count) throw new Error(`${path}: ${done} keys came, ${count} were announced`);
    await writeAt(file, filter, 16);
    await writeAt(file, bytesOf(fences), 16 + filter.length);
    const header = Uint32Array.of(magic, count, filter.length, fences.length);
    const head = Uint32Array.of(headCrc(header, filter, fences, crcs));
    await writeAt(file, bytesOf(crcs), 16 + filter.length + fences.byteLength);
    await writeAt(file, bytesOf(head), keysAt - 4);
    await writeAt(file, bytesOf(header), 0);
    await file.datasync();
  } finally {
    await file.close();
  }
};

/** The keys of several files as one ascending stream. */
export async function* mergeKeyFiles(paths: readonly string[]): AsyncIterable<Uint32Array> {
  const sources = await Promise.all(paths.map(keysOf));
  try {
    const out = new Uint32Array(chunkKeys * keyWords);
    let end = 0;
    for (;;) {
      let least: Source | undefined;
      for (const source of sources) {
        if (source.at === source.end) await source.refill();
        if (source.at === source.end) continue;
        if (least === undefined || compareKeys(source.words, source.at, least.words, least.at) < 0)
          least = source;
      }
      if (least === undefined) break;
      for (let i = 0; i < keyWords; i++) out[end + i] = least.words[least.at + i] ?? 0;
      least.at += keyWords;
      end += keyWords;
      if (end < out.length) continue;
      yield out;
      end = 0;
    }
    yield out.subarray(0, end);
  } finally {
    for (const source of sources) await source.file.close();
  }
}

/** The keys of a file that are in none of the others, ascending. */
export async function* keysWithout(path: string, others: readonly string[]): AsyncIterable<Uint32Array> {
  const minus = mergeKeyFiles(others)[Symbol.asyncIterator]();
  const nothing: Uint32Array = new Uint32Array();
  let piece = nothing;
  let at = 0;
  const out = new Uint32Array(chunkKeys * keyWords);
  try {
    for await (const words of mergeKeyFiles([path])) {
      let end = 0;
      for (let key = 0; key < words.length; key += keyWords) {
        for (;;) {
          if (at === piece.length) {
            const next = await minus.next();
            piece = next.done ? nothing : next.value;
            at = 0;
            if (next.done || piece.length === 0) break;
          }
          if (compareKeys(piece, at, words, key) >= 0) break;
          at += keyWords;
        }
        if (at < piece.length && compareKeys(piece, at, words, key) === 0) continue;
        for (let i = 0; i < keyWords; i++) out[end + i] = words[key + i] ?? 0;
        end += keyWords;
      }
      yield out.subarray(0, end);
    }
  } finally {
    await minus.return?.(undefined);
  }
}

interface Source {
  readonly file: FileHandle;
  readonly words: Uint32Array;
  at: number;
  end: number;
  refill(): Promise<void>;
}

async function keysOf(path: string): Promise<Source> {
  const file = await open(path, 'r');
  const header = new Uint32Array(4);
  await file.read(bytesOf(header), 0, 16, 0);
  const [found, count = 0, filterBytes = 0, fenceCount = 0] = header;
  const crcs = new Uint32Array(found === magic ? fenceCount : 0);
  if (crcs.length > 0) await file.read(bytesOf(crcs), 0, crcs.byteLength, 16 + filterBytes + fenceCount * 4);
  const first = 16 + filterBytes + fenceCount * 4 + (found === magic ? crcs.byteLength + 4 : 0);
  let position = first;
  const last = position + count * keyBytes;
  const words = new Uint32Array(chunkKeys * keyWords);
  const source: Source = {
    file,
    words,
    at: 0,
    end: 0,
    refill: async () => {
      if (position >= last) return;
      const { bytesRead } = await file.read(
        bytesOf(words),
        0,
        Math.min(words.byteLength, last - position),
        position,
      );
      if (bytesRead === 0 || bytesRead % keyBytes !== 0) throw new Error(`${path} is cut short`);
      // Whole blocks, but for the file’s last: a piece is a multiple of them.
      for (let at = 0; at < bytesRead; at += block * keyBytes) {
        const crc = crcs[(position - first + at) / (block * keyBytes)];
        const read = bytesOf(words).subarray(at, Math.min(at + block * keyBytes, bytesRead));
        if (crc !== undefined && crc !== crc32(read)) throw new Error(`${path} was changed`);
      }
      position += bytesRead;
      source.at = 0;
      source.end = bytesRead / 4;
    },
  };
  return source;
}

const bitAt = (filter: Uint8Array, word = 0): number => Math.floor((word / 2 ** 32) * filter.length * 8);

function intoFilter(filter: Uint8Array, words: Uint32Array, at: number): void {
  for (let i = 1; i < keyWords; i++) {
    const bit = bitAt(filter, words[at + i]);
    filter[bit >>> 3] = (filter[bit >>> 3] ?? 0) | (1 << (bit & 7));
  }
}

function inFilter(filter: Uint8Array, words: Uint32Array, at: number): boolean {
  for (let i = 1; i < keyWords; i++) {
    const bit = bitAt(filter, words[at + i]);
    if (((filter[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
  }
  return true;
}

function fill(file: number, into: Uint8Array, position: number, path: string): void {
  for (let done = 0; done < into.length; ) {
    const read = readSync(file, into, done, into.length - done, position + done);
    if (read === 0) throw new Error(`${path} is cut short`);
    done += read;
  }
}

async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; )
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}
