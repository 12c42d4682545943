import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { exits, failed, Stop } from './stop.ts';

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
    const other = packings.find(({ is }) => is(start));
    if (other !== undefined)
      throw failed(`${name} is ${other.what}: ${other.so(name === 'standard input' ? 'FILE' : name)}`);
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
    if (thrown instanceof Stop) throw thrown;
    if (isCut(thrown))
      throw new CutOff(
        `${name}: the file is cut off: it is gzip that ends too early. What stood before was read; get the whole file and import that.`,
      );
    throw failed(
      `${name} cannot be read to its end: ${thrown instanceof Error ? thrown.message : 'no reason given'}.`,
    );
  }
}

/** A file that ends before its end: the same command would meet it again. */
export class CutOff extends Stop {
  constructor(message: string) {
    super(exits.failed, message);
    this.name = 'CutOff';
  }
}

const isCut = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && thrown.code === 'Z_BUF_ERROR';

const begins =
  (...bytes: readonly number[]) =>
  (start: Uint8Array): boolean =>
    start.length >= bytes.length && bytes.every((byte, i) => start[i] === byte);
const eachSecondIsNul =
  (odd: 0 | 1) =>
  (start: Uint8Array): boolean =>
    start.length >= 4 && start[odd] === 0 && start[odd + 2] === 0 && start[1 - odd] !== 0;
const piped = (command: string) => (file: string) =>
  `unpack it on the way: ${command} ${file} | millimetric import -`;
const recoded = (file: string): string =>
  `make UTF-8 of it on the way: iconv -f UTF-16 -t UTF-8 ${file} | millimetric import -`;

/** What is neither text nor gzip, by its first bytes, and what to do. */
const packings: readonly {
  readonly what: string;
  readonly is: (start: Uint8Array) => boolean;
  readonly so: (file: string) => string;
}[] = [
  { what: 'packed with bzip2', is: begins(0x42, 0x5a, 0x68), so: piped('bzcat') },
  { what: 'packed with xz', is: begins(0xfd, 0x37, 0x7a, 0x58, 0x5a), so: piped('xzcat') },
  { what: 'packed with zstd', is: begins(0x28, 0xb5, 0x2f, 0xfd), so: piped('zstdcat') },
  { what: 'packed with lz4', is: begins(0x04, 0x22, 0x4d, 0x18), so: piped('lz4cat') },
  { what: 'packed with compress', is: begins(0x1f, 0x9d), so: piped('zcat') },
  { what: 'a zip archive', is: begins(0x50, 0x4b, 0x03, 0x04), so: piped('unzip -p') },
  { what: 'a 7z archive', is: begins(0x37, 0x7a, 0xbc, 0xaf), so: piped('7z x -so') },
  {
    what: 'Parquet',
    is: begins(0x50, 0x41, 0x52, 0x31),
    so: (file) => `make ndjson of it: duckdb -c "copy (from '${file}') to 'events.ndjson' (format json)"`,
  },
  { what: 'text in UTF-16', is: begins(0xff, 0xfe), so: recoded },
  { what: 'text in UTF-16', is: begins(0xfe, 0xff), so: recoded },
  { what: 'text in UTF-16', is: eachSecondIsNul(1), so: recoded },
  { what: 'text in UTF-16', is: eachSecondIsNul(0), so: recoded },
];

/** The first chunks, until there are the bytes that tell what is packed from text. */
async function beginning(bytes: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  let start = new Uint8Array();
  while (start.length < 6) {
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
