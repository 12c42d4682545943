import { paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { prefixes } from '../../../src/aws/settings.ts';
import { openCloudStore } from '../../../src/aws/store.ts';
import type { Store } from '../../../src/ports.ts';
import { relation, sql } from '../../../src/sql/sql.ts';
import { outputsOf } from '../place.ts';
import { engineOf } from '../room.ts';

const everything = {
  reading: { projects: [], env: 'live', bots: true, lake: 'raw' },
  period: { from: 0, to: 0 },
} as const;

const client = new S3Client({ forcePathStyle: true });
const bucket = outputsOf('drills')('LakeBucket');

/** What lies in the drills’ bucket under a prefix. */
export const under = (prefix: string): Store => openCloudStore({ client, bucket, prefix });

/** How many bytes of events lie there. */
export const storedBytes = async (): Promise<number> => {
  let bytes = 0;
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client },
    { Bucket: bucket, Prefix: prefixes.raw },
  ))
    bytes += Contents.reduce((sum, { Size = 0 }) => sum + Size, 0);
  return bytes;
};

/** The requests that wait in the drills’ spill. */
export const spilled = (): Promise<readonly string[]> => under(prefixes.spill).list('');

/** How many rows of this name were delivered, copies and all. */
export const delivered = async (event: string): Promise<unknown> => {
  const { rows } = await engineOf('drills').ask(
    sql`select count(*) as n from ${relation('events')} where event_name = ${event}`,
    everything,
    { timeMs: 20_000 },
  );
  return rows[0]?.n;
};

/** The arguments that count a name. */
export const counted = (event: string) => ({ metric: 'count', event });

/** Three events of a name, each with an id. */
export const three = (event: string) =>
  [1, 2, 3].map((n) => ({ event, anonymous_id: `a${n}`, event_id: `${event}-${n}` }));
