import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  type DeleteObjectsCommandInput,
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type ListObjectsV2CommandOutput,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';

/** An S3 bucket in memory behind the SDK’s client; it lists so few keys at a time that every list has pages. */
export const openBucket = (clock: () => number = Date.now) => {
  const client = new S3Client({ region: 'eu-west-1' });
  const mock = mockClient(client);
  const objects = new Map<string, { readonly bytes: Uint8Array; readonly at: Date }>();
  const put = (key: string, bytes: Uint8Array = new Uint8Array(), at = clock()): void => {
    objects.set(key, { bytes: Uint8Array.from(bytes), at: new Date(at) });
  };
  mock.on(PutObjectCommand).callsFake(async ({ Key, Body, IfNoneMatch }: Put) => {
    const bytes = Body instanceof Readable ? await bytesOf(Body) : Buffer.from(Body);
    if (IfNoneMatch === '*' && objects.has(Key))
      throw Object.assign(new Error(Key), { name: 'PreconditionFailed' });
    put(Key, bytes);
  });
  mock.on(GetObjectCommand).callsFake(async ({ Key }: { Key: string }) => {
    const found = objects.get(Key);
    if (found === undefined) throw new NoSuchKey({ message: Key, $metadata: {} });
    return {
      Body: Object.assign(Readable.from([found.bytes]), { transformToByteArray: async () => found.bytes }),
    };
  });
  mock.on(DeleteObjectCommand).callsFake(async ({ Key }: { Key: string }) => void objects.delete(Key));
  mock.on(DeleteObjectsCommand).callsFake(async ({ Delete }: DeleteObjectsCommandInput) => {
    for (const { Key = '' } of Delete?.Objects ?? []) objects.delete(Key);
    return {};
  });
  mock.on(ListObjectsV2Command).callsFake(async (asked: ListObjectsV2CommandInput) => listed(objects, asked));
  return { client, mock, objects, put };
};

const bytesOf = async (body: Readable): Promise<Buffer> => {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
};

interface Put {
  readonly Key: string;
  readonly Body: Uint8Array | string | Readable;
  readonly IfNoneMatch?: string;
}

const listed = (
  objects: ReadonlyMap<string, { readonly bytes: Uint8Array; readonly at: Date }>,
  {
    Prefix = '',
    StartAfter = '',
    ContinuationToken = StartAfter,
    Delimiter,
    MaxKeys = 3,
  }: ListObjectsV2CommandInput,
): Omit<ListObjectsV2CommandOutput, '$metadata'> => {
  const folder = (key: string): string | undefined => {
    const end = Delimiter === undefined ? -1 : key.indexOf(Delimiter, Prefix.length);
    return end < 0 ? undefined : key.slice(0, end + 1);
  };
  const entries = [
    ...new Set([...objects.keys()].filter((key) => key.startsWith(Prefix)).map((key) => folder(key) ?? key)),
  ]
    .sort()
    .filter((key) => key > ContinuationToken);
  const page = entries.slice(0, MaxKeys);
  const last = page.at(-1);
  return {
    Contents: page.flatMap((Key) => {
      const found = objects.get(Key);
      return found === undefined ? [] : [{ Key, LastModified: found.at, Size: found.bytes.length }];
    }),
    CommonPrefixes: page.filter((key) => folder(key) === key).map((key) => ({ Prefix: key })),
    IsTruncated: entries.length > page.length,
    ...(entries.length > page.length && last !== undefined ? { NextContinuationToken: last } : {}),
  };
};
