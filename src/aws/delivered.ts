import {
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type ListObjectsV2CommandOutput,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { deliveredAt } from '../lake/compaction.ts';
import { bufferSeconds, deliverySeconds, prefixes } from './settings.ts';
import { spilledAt } from './sink.ts';
import { upstream } from './upstream.ts';

/** How far the lake has come. */
export interface Delivered {
  /** When the newest file came, ms since 1970; undefined while there is none. */
  readonly newest: number | undefined;
  /** Everything acknowledged before this instant is in the lake, ms since 1970. */
  readonly completeUntil: number;
}

interface DeliveredParts {
  readonly client: S3Client;
  readonly bucket: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

const hourMs = 3_600_000;
/** From arrival to the bucket: a file is gathered for so long, then converted and written. */
const underwayMs = (bufferSeconds + deliverySeconds) * 1000;

/**
 * Looks how far the lake has come, from what lies in the bucket. A file that came at M shows that Firehose was delivering at M, and what it had taken more than `underwayMs`
 * before had its turn by then; what was spilled has not, from the oldest on. The clock alone proves nothing: a stream that delivers nothing more, be it idle or stuck,
 * leaves this instant where it is.
 */
export const openDelivered = ({
  client,
  bucket: Bucket,
  clock,
}: DeliveredParts): (() => Promise<Delivered>) => {
  let known: number | undefined;

  const newestOf = async (where: Omit<ListObjectsV2CommandInput, 'Bucket'>): Promise<number | undefined> => {
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client },
      { Bucket, Prefix: prefixes.raw, ...where },
    ))
      for (const { Key = '', LastModified } of Contents)
        if (LastModified !== undefined) {
          const name = Key.slice(Key.lastIndexOf('/') + 1);
          known = Math.max(known ?? 0, deliveredAt({ name, at: LastModified.getTime() }));
        }
    return known;
  };
  const lastFolder = async (): Promise<string | undefined> => {
    let last: string | undefined;
    for await (const { CommonPrefixes = [] } of paginateListObjectsV2(
      { client },
      { Bucket, Prefix: prefixes.raw, Delimiter: '/' },
    ))
      last = CommonPrefixes.at(-1)?.Prefix ?? last;
    return last;
  };
  const newest = async (): Promise<number | undefined> => {
    // A file lies under the day on which it was begun, so one begun within an hour before midnight is in yesterday’s folder. Names sort by the stream’s version before their
    // time, and as text, where 10 comes before 9: no name may be taken for the last one, and the day is listed whole. At a file a minute that is two pages.
    const recent = await newestOf({ StartAfter: `${prefixes.raw}dt=${dayOf(clock() - hourMs)}` });
    if (recent !== undefined) return recent;
    const folder = await lastFolder();
    return folder === undefined ? undefined : newestOf({ Prefix: folder });
  };
  const oldestSpilled = (): Promise<ListObjectsV2CommandOutput> =>
    client.send(new ListObjectsV2Command({ Bucket, Prefix: prefixes.spill, MaxKeys: 1 }));

  return async () => {
    const [last, spilled] = await Promise.all([newest(), oldestSpilled()]).catch(unreachable);
    const oldest = spilled.Contents?.[0]?.Key;
    const waiting =
      oldest === undefined ? Number.POSITIVE_INFINITY : spilledAt(oldest.slice(prefixes.spill.length));
    return { newest: last, completeUntil: Math.max(0, Math.min((last ?? 0) - underwayMs, waiting || 0)) };
  };
};

const unreachable = upstream('The bucket of the events cannot be reached. Try again in a moment.');
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
