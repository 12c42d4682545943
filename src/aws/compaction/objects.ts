import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { nameOf } from '../upstream.ts';

/** An object; `at`: since when it is there, ms since 1970 by the bucket’s clock. */
export interface LakeObject {
  readonly key: string;
  readonly bytes: number;
  readonly at: number;
}

/** The lake’s objects as compaction uses them. All reject where the bucket cannot be reached. */
export interface Objects {
  list(prefix: string): Promise<readonly LakeObject[]>;
  /** Into a file at this path; false where it is gone. */
  fetch(key: string, path: string): Promise<boolean>;
  /** Undefined where it is gone. */
  text(key: string): Promise<string | undefined>;
  say(key: string, text: string): Promise<void>;
  /** The file at this path, whole or not at all; one that is there already stays as it is. */
  place(key: string, path: string): Promise<void>;
  /** Those that are gone already do not matter. */
  remove(keys: readonly string[]): Promise<void>;
}

/** S3 deletes so many at a time. */
const deletedAtOnce = 1_000;

/** The objects of a bucket. */
export const openObjects = (client: S3Client, Bucket: string): Objects => ({
  list: async (Prefix) => {
    const found: LakeObject[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix }))
      for (const { Key, Size = 0, LastModified } of Contents)
        if (Key !== undefined && LastModified !== undefined)
          found.push({ key: Key, bytes: Size, at: LastModified.getTime() });
    return found;
  },
  fetch: async (Key, path) => {
    const body = await bodyOf(client, Bucket, Key);
    if (body === undefined) return false;
    await pipeline(body, createWriteStream(path));
    return true;
  },
  text: async (Key) => {
    const body = await bodyOf(client, Bucket, Key);
    if (body === undefined) return undefined;
    const pieces: Uint8Array[] = [];
    for await (const piece of body) pieces.push(Buffer.from(piece));
    return Buffer.concat(pieces).toString();
  },
  say: async (Key, text) => {
    await client.send(new PutObjectCommand({ Bucket, Key, Body: text }));
  },
  place: async (Key, path) => {
    const { size: ContentLength } = await stat(path);
    const Body = createReadStream(path);
    try {
      // A reader must not find other bytes under a name than it found before.
      await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentLength, IfNoneMatch: '*' }));
    } catch (thrown) {
      if (!alreadyThere.has(nameOf(thrown))) throw thrown;
    } finally {
      Body.destroy();
    }
  },
  remove: async (keys) => {
    for (let i = 0; i < keys.length; i += deletedAtOnce) {
      const Objects = keys.slice(i, i + deletedAtOnce).map((Key) => ({ Key }));
      const { Errors = [] } = await client.send(
        new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
      );
      const [first] = Errors;
      if (first !== undefined)
        throw new Error(`${first.Key} was not deleted: ${first.Code} ${first.Message}`);
    }
  },
});

/** Another run has written the same, or is about to. */
const alreadyThere = new Set(['PreconditionFailed', 'ConditionalRequestConflict']);

const bodyOf = async (client: S3Client, Bucket: string, Key: string): Promise<Readable | undefined> => {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    if (!(Body instanceof Readable)) throw new Error(`${Key} came without bytes`);
    return Body;
  } catch (thrown) {
    if (nameOf(thrown) === 'NoSuchKey') return undefined;
    throw thrown;
  }
};
