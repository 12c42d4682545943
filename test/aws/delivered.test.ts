import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { openDelivered } from '../../src/aws/delivered.ts';
import { openBucket } from './bucket.ts';

const at = (time: string): number => Date.parse(`2026-11-21T${time}Z`);
const now = at('10:30:00');

/** A bucket with files that came at these times, each in the folder of its day, and these spilled requests. */
const lakeOf = (
  files: readonly (readonly [day: string, came: number])[],
  spilled: readonly string[] = [],
  clock = now,
) => {
  const bucket = openBucket(() => clock);
  for (const [i, [day, came]] of files.entries())
    bucket.put(`raw/dt=${day}/events-${i}.parquet`, new Uint8Array(), came);
  for (const name of spilled) bucket.put(`spill/${name}`);
  return {
    look: openDelivered({ client: bucket.client, bucket: 'lake', clock: () => clock }),
    lists: () => bucket.mock.commandCalls(ListObjectsV2Command).length,
  };
};
const iso = (ms: number): string => new Date(ms).toISOString();

describe('what is complete', () => {
  const two = 2 * 60_000;
  test.each<readonly [string, Parameters<typeof lakeOf>, number]>([
    ['two minutes before the newest file came', [[['2026-11-21', at('10:29:00')]]], at('10:29:00') - two],
    [
      'the newest of many, over pages',
      [
        [
          ...Array.from({ length: 8 }, (_, i) => ['2026-11-21', at(`09:0${i}:00`)] as const),
          ['2026-11-21', at('10:10:00')],
        ],
      ],
      at('10:10:00') - two,
    ],
    [
      'the newest of the day, wherever its name stands',
      [
        [
          ...['10:20:00', '00:05:00', '10:10:00', '09:00:00'].map(
            (time) => ['2026-11-21', at(time)] as const,
          ),
        ],
      ],
      at('10:20:00') - two,
    ],
    [
      'a file begun before midnight that came after it',
      [[['2026-11-20', at('00:00:40')]], [], at('00:01:00')],
      at('00:00:40') - two,
    ],
    [
      'the newer of two days’ files within the hour after midnight, though it was begun the day before',
      [
        [
          ['2026-11-20', at('00:03:00')],
          ['2026-11-21', at('00:02:00')],
        ],
        [],
        at('00:59:59'),
      ],
      at('00:03:00') - two,
    ],
    [
      'as of the last file, however long ago, when no more came',
      [
        [
          ['2026-08-01', Date.parse('2026-08-01T07:59:00Z')],
          ['2026-08-02', Date.parse('2026-08-02T07:59:00Z')],
        ],
      ],
      Date.parse('2026-08-02T07:59:00Z') - two,
    ],
    ['nothing, before the first file', [[]], 0],
    [
      'no further than the oldest spilled request',
      [
        [['2026-11-21', at('10:29:00')]],
        [`${iso(at('10:20:00'))}-r1.ndjson.gz`, `${iso(at('10:05:00'))}-r2.ndjson.gz`],
      ],
      at('10:05:00'),
    ],
    ['nothing, while the spill holds what cannot be dated', [[['2026-11-21', at('10:29:00')]], ['stray']], 0],
  ])('is %s', async (_, lake, completeUntil) => {
    expect(iso((await lakeOf(...lake).look()).completeUntil)).toBe(iso(completeUntil));
  });

  test('is learned with two lists where files come all the time', async () => {
    const { look, lists } = lakeOf([['2026-11-21', at('10:29:00')]]);
    await look();
    expect(lists()).toBe(2);
  });

  test('cannot be said when the bucket cannot be reached', async () => {
    const bucket = openBucket(() => now);
    bucket.mock.rejects(new Error('no'));
    await expect(
      openDelivered({ client: bucket.client, bucket: 'lake', clock: () => now })(),
    ).rejects.toMatchObject({ code: 'upstream_failed' });
  });
});
