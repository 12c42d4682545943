import { S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, test } from 'vitest';
import { bufferSeconds, deliverySeconds } from '../../src/aws/settings.ts';
import { openCloudStore } from '../../src/aws/store.ts';
import { engineKeepsItsPromise } from '../contracts/engine.ts';
import { sinkKeepsItsPromise } from '../contracts/sink.ts';
import { storeKeepsItsPromise } from '../contracts/store.ts';
import { openBucket } from './bucket.ts';
import { openCloudLake } from './lake.ts';

sinkKeepsItsPromise('aws', openCloudLake);
// Firehose’s delay is what `completeUntil` allows for; seats between questions are Athena’s.
engineKeepsItsPromise('aws', openCloudLake, {
  settled: (bufferSeconds + deliverySeconds) * 1000,
  shares: false,
});

storeKeepsItsPromise('aws', async () => {
  const { client } = openBucket();
  const store = () => openCloudStore({ client, bucket: 'lake', prefix: 'store/' });
  return { store: store(), reopen: async () => store(), close: async () => {} };
});

describe('a bucket that cannot be reached', () => {
  const client = new S3Client({ region: 'eu-west-1' });
  const mock = mockClient(client);
  const store = openCloudStore({ client, bucket: 'lake', prefix: 'store/' });

  test.each(['SlowDown', 'ExpiredToken', 'AccessDenied', 'TimeoutError'])(
    '%s is upstream_failed',
    async (name) => {
      mock.rejects(Object.assign(new Error('refused'), { name }));
      for (const asked of [
        () => store.get('a'),
        () => store.put('a', new Uint8Array()),
        () => store.delete('a'),
        () => store.list(''),
      ])
        await expect(asked()).rejects.toMatchObject({ code: 'upstream_failed', cause: { name } });
    },
  );
});
