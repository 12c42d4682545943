import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { describe, expect, test } from 'vitest';
import { prefixes } from '../../../src/aws/settings.ts';
import type { Place } from '../../e2e/place.ts';
import { askUntil, bring, own } from '../../e2e/run.ts';
import { outputsOf } from '../place.ts';
import { alarmOf, count } from './alarm.ts';
import { counted, three, under } from './lake.ts';

/** Records that are no events. */
export const poison = (at: Place): void => {
  describe('a record that is no event', () => {
    const stream = outputsOf('drills')('EventsStream');

    test('is put under errors/ with the reason and hides no other', async () => {
      const event = own('beside_poison');
      const before = await under(prefixes.errors).list('');
      const Records = ['{"project_id":"p","ts":"no time at all"}\n', 'not even JSON\n'].map((text) => ({
        Data: Buffer.from(text),
      }));
      await new FirehoseClient({}).send(new PutRecordBatchCommand({ DeliveryStreamName: stream, Records }));
      await bring(at, three(event));
      const added = (await under(prefixes.errors).list('')).filter((name) => !before.includes(name));
      expect(added.map((name) => name.split('/')[0])).toEqual([
        'format-conversion-failed',
        'format-conversion-failed',
      ]);
      await askUntil(at, 'stats', counted(event), [{ value: 3 }]);
    });

    test('sounds the alarm by the metric that Firehose counts it in', async () => {
      const alarm = () => alarmOf('AWS/Firehose', 'FailedConversion.Records', { DeliveryStreamName: stream });
      expect((await alarm())?.StateValue).not.toBe('ALARM');
      // The emulator’s Firehose counts nothing, so what AWS counts is put in by hand.
      await count('AWS/Firehose', 'FailedConversion.Records', { DeliveryStreamName: stream }, 2);
      await expect.poll(async () => (await alarm())?.StateValue, { timeout: 5_000 }).toBe('ALARM');
    });
  });
};
