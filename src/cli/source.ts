import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { failed } from './stop.ts';

const chunkBytes = 256 * 1024;

/** Where lines come from: a file, or standard input as `-`. */
export interface Source {
  readonly name: string;
  /** Bytes on disk; undefined where nobody knows. */
  readonly size: number | undefined;
  /** Its bytes, unpacked if they are gzip, whatever the name says. `onBytes` hears how many were taken from disk. */
  readonly open: (onBytes: (count: number) => void) => AsyncIterable<Uint8Array>;
}

/** A source by its name, after a look whether it is there. */
export const sourceOf = async (name: string, stdin: AsyncIterable<Uint8Array>): Promise<Source> => {
  if (name === '-')
    return {
      name: 'standard input',
      size: undefined,
      open: (onBytes) => unpacked(heard(stdin, onBytes), 'standard input'),
    };
  const facts = await stat(name).catch(() => undefined);
  if (facts === undefined) throw failed(`There is no file ${name}.`);
  if (facts.isDirectory()) throw failed(`${name} is a folder; name the files in it.`);
  return {
    name,
    size: facts.isFile() ? facts.size : undefined,
    open: (onBytes) => unpacked(heard(createReadStream(name, { highWaterMark: chunkBytes }), onBytes), name),
  };
};

async function* heard(
  bytes: AsyncIterable<Uint8Array>,
  onBytes: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    onBytes(chunk.length);
    yield chunk;
  }
}

async function* unpacked(bytes: AsyncGenerator<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  try {
    const start = await beginning(bytes);
    const whole = joined(start, bytes);
    if (start[0] !== 0x1f || start[1] !== 0x8b) {
      yield* whole;
      return;
    }
    // What goes wrong on the way makes the unpacker throw, so the callback has nothing to add.
    yield* pipeline(
      Readable.from(whole, { objectMode: false }),
      createGunzip({ chunkSize: chunkBytes }),
      () => undefined,
    );
  } catch (thrown) {
    throw failed(
      `${name} cannot be read to its end: ${thrown instanceof Error ? thrown.message : 'no reason given'}.`,
    );
  }
}

/** The first chunks, until there are the two bytes that tell gzip from text. */
async function beginning(bytes: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  let start = new Uint8Array();
  while (start.length < 2) {
    const next = await bytes.next();
    if (next.done) break;
    start = Buffer.concat([start, next.value]);
  }
  return start;
}

async function* joined(start: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (start.length > 0) yield start;
  yield* rest;
}
