import { CloudWatchClient, DescribeAlarmsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, describe, expect, test } from 'vitest';
import { bufferSeconds, deliverySeconds, prefixes } from '../../src/aws/settings.ts';
import { openStore } from '../../src/aws/store.ts';
import { send } from '../e2e/exchange.ts';
import { ask, askUntil, bring, own } from '../e2e/run.ts';
import { calledLater, firstStart, recycled } from './functions.ts';
import { command, outputsOf, place } from './place.ts';

const at = place();
const output = outputsOf('product');
const under = (prefix: string) => openStore({ client: new S3Client({ forcePathStyle: true }), bucket: output('LakeBucket'), prefix });
const spilled = () => under(prefixes.spill).list('');

const counted = (event: string) => ({ metric: 'count', event });
const three = (event: string) => [1, 2, 3].map((n) => ({ event, anonymous_id: `a${n}`, event_id: `${event}-${n}` }));

afterAll(() => command({ fail: {}, slow: {} }));

const spilledEvent = own('spilled');
let drainBegan = 0;

describe('a stream that refuses everything', () => {
  test('does not stop events from being acknowledged: they wait in the bucket, and answers say how far they are complete', async () => {
    await command({ fail: { [output('EventsStream')]: 'ServiceUnavailableException' } });
    const before = Date.now();
    await bring(at, three(spilledEvent));
    expect(await spilled()).toHaveLength(1);
    const answer = await ask(at, 'stats', counted(spilledEvent));
    expect(answer.rows).toEqual([{ value: 0 }]);
    // The clocks of two processes may differ a little.
    expect(Date.parse(answer.complete_until)).toBeLessThan(before + 1_000);
  });

  test('gets them from the drain once it takes records again, each counted once', async () => {
    await command({ fail: {} });
    await calledLater('delivers spilled events');
    drainBegan = Date.now();
    await askUntil(at, 'stats', counted(spilledEvent), [{ value: 3 }]);
    expect(await spilled()).toHaveLength(1);
  });
});

test('a question that takes longer than a request may is answered when it is asked again with its query_id', { timeout: 90_000 }, async () => {
  const event = own('slow');
  await bring(at, three(event));
  const began = performance.now();
  await command({ slow: { [output('Workgroup')]: 27_000 } });
  const first = await send(at, { path: `/v1/stats?event=${event}`, key: at.saved.keys.rk }).finally(() => command({ slow: {} }));
  const told = JSON.parse(first.text);
  expect([first.status, told.status]).toEqual([202, 'running']);
  // The gateway waits for 29 s.
  expect(performance.now() - began).toBeLessThan(29_000);
  const answer = await ask(at, 'stats', { event, query_id: told.query_id });
  expect(answer.rows).toEqual([{ value: 3 }]);
});

describe('a record that is no event', () => {
  test('is put under errors/ with the reason and hides no other', async () => {
    const event = own('beside_poison');
    const before = await under(prefixes.errors).list('');
    const Records = ['{"project_id":"p","ts":"no time at all"}\n', 'not even JSON\n'].map((text) => ({ Data: Buffer.from(text) }));
    await new FirehoseClient({}).send(new PutRecordBatchCommand({ DeliveryStreamName: output('EventsStream'), Records }));
    await bring(at, three(event));
    const added = (await under(prefixes.errors).list('')).filter((name) => !before.includes(name));
    expect(added.map((name) => name.split('/')[0])).toEqual(['format-conversion-failed', 'format-conversion-failed']);
    await askUntil(at, 'stats', counted(event), [{ value: 3 }]);
  });

  test('sounds the alarm by the metric that Firehose counts it in', async () => {
    const cloudWatch = new CloudWatchClient({});
    const alarm = async () => {
      const { MetricAlarms: all = [] } = await cloudWatch.send(new DescribeAlarmsCommand({}));
      return all.find(({ MetricName }) => MetricName === 'FailedConversion.Records');
    };
    expect((await alarm())?.StateValue).not.toBe('ALARM');
    // The emulator’s Firehose counts nothing, so what AWS counts is put in by hand.
    const Dimensions = [{ Name: 'DeliveryStreamName', Value: output('EventsStream') }];
    const MetricData = [{ MetricName: 'FailedConversion.Records', Dimensions, Value: 2 }];
    await cloudWatch.send(new PutMetricDataCommand({ Namespace: 'AWS/Firehose', MetricData }));
    await expect.poll(async () => (await alarm())?.StateValue, { timeout: 5_000 }).toBe('ALARM');
  });
});

test('keys end with the pepper they were hashed with; new ones are minted with the new one', { timeout: 90_000 }, async () => {
  const secrets = new SecretsManagerClient({});
  const SecretId = output('PepperSecret');
  const { SecretString: old = '' } = await secrets.send(new GetSecretValueCommand({ SecretId }));
  // Instances read the secret every five minutes; new ones at once.
  const changed = async (SecretString: string): Promise<void> => {
    await secrets.send(new PutSecretValueCommand({ SecretId, SecretString }));
    await Promise.all(['whose key is this', 'makes the first account, project and keys'].map(recycled));
  };
  await changed(old.split('').reverse().join(''));
  const { keys } = await firstStart({ rotate: true });
  // No verdict about this key and route is kept from before.
  const seen = async (key: string) => JSON.parse((await send(at, { path: '/v1/sources', key })).text).error;
  expect(await seen(keys?.rk ?? '')).toBeUndefined();
  await expect.poll(() => seen(at.saved.keys.rk), { timeout: 65_000, interval: 1_000 }).toBe('invalid_api_key');
  await changed(old);
  expect(await seen(at.saved.keys.sk)).toBeUndefined();
});

test('what was spilled is deleted from the bucket when the stream has had the time to deliver it, and still counts once', { timeout: 180_000 }, async () => {
  const longest = (bufferSeconds + deliverySeconds + 30) * 1000;
  await expect.poll(spilled, { timeout: Math.max(1, drainBegan + longest - Date.now()), interval: 1_000 }).toEqual([]);
  expect(Date.now() - drainBegan).toBeGreaterThan((bufferSeconds + deliverySeconds) * 1000);
  expect((await ask(at, 'stats', counted(spilledEvent))).rows).toEqual([{ value: 3 }]);
});
