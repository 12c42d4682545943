import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Store } from '../ports.ts';
import { nameOf, upstream } from './upstream.ts';

const unreachable = upstream('The bucket cannot be reached. Try again in a moment.');

/** A store that deletes many at once. */
export interface ObjectStore extends Store {
  /** Rejects with `upstream_failed` when one of them is not deleted; the others are. */
  deleteAll(names: readonly string[]): Promise<void>;
}

/** S3 deletes so many in a call. */
const deletedAtOnce = 1000;

/** Named bytes as objects under one prefix of a bucket. A put is durable when it resolves. Rejects with `upstream_failed` when the bucket cannot be reached. */
export const openCloudStore = ({
  client,
  bucket: Bucket,
  prefix,
}: {
  readonly client: S3Client;
  readonly bucket: string;
  readonly prefix: string;
}): ObjectStore => ({
  get: (name) =>
    client
      .send(new GetObjectCommand({ Bucket, Key: prefix + encoded(name) }))
      .then(({ Body }) => Body?.transformToByteArray())
      .then((bytes) => bytes && new Uint8Array(bytes))
      .catch((thrown: unknown) => (nameOf(thrown) === 'NoSuchKey' ? undefined : unreachable(thrown))),
  put: async (name, bytes) => {
    await client
      .send(new PutObjectCommand({ Bucket, Key: prefix + encoded(name), Body: bytes }))
      .catch(unreachable);
  },
  delete: async (name) => {
    await client.send(new DeleteObjectCommand({ Bucket, Key: prefix + encoded(name) })).catch(unreachable);
  },
  deleteAll: async (names) => {
    for (let from = 0; from < names.length; from += deletedAtOnce) {
      const Objects = names
        .slice(from, from + deletedAtOnce)
        .map((name) => ({ Key: prefix + encoded(name) }));
      const { Errors = [] } = await client
        .send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }))
        .catch(unreachable);
      const [failed] = Errors;
      if (failed !== undefined) unreachable(new Error(`${failed.Code}: ${failed.Key} stays`));
    }
  },
  list: async (start) => {
    const names: string[] = [];
    try {
      for await (const { Contents = [] } of paginateListObjectsV2(
        { client: client },
        { Bucket, Prefix: prefix + encoded(start) },
      ))
        names.push(...Contents.map(({ Key = '' }) => decodeURIComponent(Key.slice(prefix.length))));
    } catch (thrown) {
      unreachable(thrown);
    }
    return names.sort();
  },
});

/** A name as a key that no proxy folds or re-reads: a dot that begins a segment and all but letters, digits and `_ . : - /` are written as %XX of their UTF-8. */
const encoded = (name: string): string =>
  name.replace(/(?<=^|\/)\.|[^A-Za-z0-9_.:/-]/gu, (letters) =>
    Array.from(Buffer.from(letters), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(
      '',
    ),
  );
