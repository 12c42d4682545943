import { gunzipSync, gzipSync } from 'node:zlib';
import {
  FirehoseClient,
  PutRecordBatchCommand,
  type PutRecordBatchCommandInput,
} from '@aws-sdk/client-firehose';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { documentOf, packed } from '../../src/aws/document.ts';
import { drain } from '../../src/aws/drain.ts';
import { openCloudSink } from '../../src/aws/sink.ts';
import { openCloudStore } from '../../src/aws/store.ts';
import type { Event } from '../../src/events/columns.ts';
import { anEvent } from '../worlds/event.ts';
import { openBucket } from './bucket.ts';
import { documentsIn, noWait, quiet, random } from './lake.ts';
import { virtualTime } from './virtual-time.ts';

const client = new FirehoseClient({ region: 'eu-west-1', maxAttempts: 1 });
const firehose = mockClient(client);
const spilled = 'spill/2026-03-02T09:00:00.000Z-r1.ndjson.gz';

let wait: ReturnType<typeof noWait>;
let bucket: ReturnType<typeof openBucket>;
let calls: (readonly string[])[];
let now: number;
beforeEach(() => {
  now = 0;
  wait = noWait();
  bucket = openBucket();
  firehose.reset();
  calls = [];
});

const room = () => ({
  stream: { client, name: 'events', random, wait },
  spill: openCloudStore({ client: bucket.client, bucket: 'lake', prefix: 'spill/' }),
  log: quiet,
  clock: () => now,
});
/** n events of one request, 500 to a record; `padding` makes each so many bytes longer. */
const request = (n: number, padding = 0): readonly Event[] =>
  Array.from({ length: n }, (_, seq) =>
    anEvent({ seq, request_id: 'r1', properties: JSON.stringify({ text: 'x'.repeat(padding) }) }),
  );
/** How the stream meets each call: the places of the records it refuses, or the error the call fails with. */
const meets = (...turns: readonly (readonly number[] | string)[]): void => {
  let turn = 0;
  firehose.on(PutRecordBatchCommand).callsFake(async (call: PutRecordBatchCommandInput) => {
    const refused = turns[Math.min(turn++, turns.length - 1)] ?? [];
    calls.push((call.Records ?? []).map(({ Data }) => `${documentsIn({ Records: [{ Data }] }).length}`));
    if (typeof refused === 'string') throw Object.assign(new Error(refused), { name: refused });
    const RequestResponses = (call.Records ?? []).map((_, i) =>
      refused.includes(i) ? { ErrorCode: 'ServiceUnavailableException' } : { RecordId: String(i) },
    );
    return { FailedPutCount: refused.length, RequestResponses };
  });
};
const seqsSpilled = (): readonly number[] =>
  [...bucket.objects.values()].flatMap(({ bytes }) =>
    gunzipSync(bytes)
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => Number(JSON.parse(line).seq)),
  );

describe('an event as Firehose reads it', () => {
  test('has the columns’ names, times to the millisecond, properties as text, and nothing where it is null', () => {
    const text = documentOf(
      anEvent({
        at: '2026-03-02T09:00:00.007Z',
        request_id: 'r1',
        path: '/a "b"\n',
        country: 'DE',
        properties: '{"n":1}',
        key_kind: 'pk',
      }),
    );
    expect(text).not.toContain('\n');
    expect(JSON.parse(text)).toEqual({
      project_id: 'shop',
      env: 'live',
      event_name: '$pageview',
      ts: '2026-03-02 09:00:00.007',
      received_at: '2026-03-02 09:00:00.007',
      request_id: 'r1',
      seq: 0,
      anonymous_id: 'a1',
      session_id: `a1-${Math.floor(Date.parse('2026-03-02T09:00:00.007Z') / 1_800_000)}`,
      session_sent: false,
      path: '/a "b"\n',
      source: 'direct',
      medium: 'direct',
      source_confidence: 'high',
      source_rule_id: 'direct',
      country: 'DE',
      device_type: 'desktop',
      properties: '{"n":1}',
      key_kind: 'pk',
    });
  });
});

describe('records', () => {
  test.each([
    ['one document', 1, 10, [11]],
    ['500 documents', 500, 1, [1_000]],
    ['501 documents', 501, 1, [1_000, 2]],
    ['documents that fill 900 KiB to the byte', 2, 450 * 1024 - 1, [900 * 1024]],
    ['documents that need one byte more', 2, 450 * 1024, [450 * 1024 + 1, 450 * 1024 + 1]],
    ['a document above it, which stands alone', 2, 950 * 1024, [950 * 1024 + 1, 950 * 1024 + 1]],
  ])('hold at most 500 documents and 900 KiB: %s', (_, n, size, expected) => {
    expect(packed(Array.from({ length: n }, () => 'x'.repeat(size))).map(({ length }) => length)).toEqual(
      expected,
    );
  });

  test('count bytes, not letters', () => {
    expect(packed(['🦉'.repeat(200_000), '🦉'.repeat(200_000)])).toHaveLength(2);
  });
});

describe('delivery', () => {
  test.each<
    readonly [
      string,
      number,
      readonly (readonly number[] | string)[],
      readonly (readonly string[])[],
      readonly number[],
    ]
  >([
    ['one call where all is taken', 1_000, [[]], [['500', '500']], []],
    [
      'a second call with only what the first refused',
      1_200,
      [[1], []],
      [['500', '500', '200'], ['500']],
      [],
    ],
    [
      'a third with what the second refused',
      1_200,
      [[0, 2], [1], []],
      [['500', '500', '200'], ['500', '200'], ['200']],
      [],
    ],
    [
      'the whole call again when it failed',
      600,
      ['ThrottlingException', []],
      [
        ['500', '100'],
        ['500', '100'],
      ],
      [],
    ],
  ])('is %s', async (_, n, turns, expected) => {
    meets(...turns);
    await openCloudSink(room()).keep(request(n));
    expect(calls).toEqual(expected);
    expect(bucket.objects.size).toBe(0);
    // Half by chance: at most 100 ms, then at most 200.
    expect(wait.waited.map(Math.round)).toEqual([50, 100].slice(0, calls.length - 1));
  });

  test('is in calls of at most 4 MiB', async () => {
    meets([]);
    await openCloudSink(room()).keep(request(1_000, 8_000));
    const sizes = firehose
      .commandCalls(PutRecordBatchCommand)
      .map(({ args }) =>
        (args[0].input.Records ?? []).reduce((sum, { Data }) => sum + (Data?.length ?? 0), 0),
      );
    expect(sizes).toHaveLength(3);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4 * 1024 * 1024);
  });

  test.each([
    ['throttled', 'ThrottlingException'],
    ['out of reach', 'TimeoutError'],
    ['gone', 'ResourceNotFoundException'],
    ['closed to expired credentials', 'ExpiredTokenException'],
  ])(
    'that fails three times because the stream is %s ends in the spill, under the request’s name, and is acknowledged',
    async (_, error) => {
      meets(error);
      await openCloudSink(room()).keep(request(3));
      expect(calls).toHaveLength(3);
      expect([...bucket.objects.keys()]).toEqual([spilled]);
      expect(seqsSpilled()).toEqual([0, 1, 2]);
    },
  );

  test('spills only what was never taken', async () => {
    meets([1], [0], [0]);
    await openCloudSink(room()).keep(request(1_200));
    expect(seqsSpilled()).toEqual(Array.from({ length: 500 }, (_, i) => 500 + i));
  });

  test('that neither stream nor bucket takes is refused with upstream_failed', async () => {
    meets('ServiceUnavailableException');
    bucket.mock.on(PutObjectCommand).rejects(Object.assign(new Error('SlowDown'), { name: 'SlowDown' }));
    await expect(openCloudSink(room()).keep(request(1))).rejects.toMatchObject({
      code: 'upstream_failed',
      status: 502,
    });
  });
});

describe('the drain', () => {
  const spill = async (...names: readonly string[]) => {
    for (const name of names) {
      meets('ThrottlingException');
      await openCloudSink(room()).keep(request(2).map((event) => ({ ...event, request_id: name })));
    }
    wait.waited.length = 0;
    calls = [];
  };

  test('delivers what was spilled, and deletes it only after the stream had its time', async () => {
    await spill('r1', 'r2');
    meets([]);
    const kept: number[] = [];
    const watching = Object.assign(async (ms: number) => void kept.push(ms, bucket.objects.size), {});
    const { stream, ...rest } = room();
    expect(await drain({ ...rest, stream: { ...stream, wait: watching } })).toEqual({
      delivered: 2,
      left: 0,
    });
    expect(kept).toEqual([120_000, 2]);
    expect(bucket.objects.size).toBe(0);
    expect(calls).toEqual([['2', '2']]);
  });

  test('with nothing to do makes one list and waits for nothing', async () => {
    expect(await drain(room())).toEqual({ delivered: 0, left: 0 });
    expect(wait.waited).toEqual([]);
  });

  test.each<readonly [string, (readonly number[] | string)[]]>([['refuses three times', [[0], [0], [0]]]])(
    'goes on behind what the stream %s, says that it is left, and takes it the next time',
    async (_, refusals) => {
      await spill('r0', 'r1', 'r2');
      meets(...refusals, []);
      const said: unknown[] = [];
      const log = { ...quiet, warn: (...line: readonly unknown[]) => void said.push(line) };
      expect(await drain({ ...room(), log })).toEqual({ delivered: 2, left: 1 });
      expect(calls).toEqual([['2', '2', '2'], ['2'], ['2']]);
      expect([...bucket.objects.keys()]).toEqual([spilled.replace('r1', 'r0')]);
      expect(said.at(-1)).toEqual(['drained', { delivered: 2, left: 1 }]);
      meets([]);
      expect(await drain(room())).toEqual({ delivered: 1, left: 0 });
    },
  );

  test('leaves all to the next run where the stream has no answer in time, and waits before it tries more', async () => {
    await spill('r0', 'r1');
    meets('TimeoutError');
    expect(await drain(room())).toEqual({ delivered: 0, left: 2 });
    expect(calls).toHaveLength(3);
    expect(wait.waited.at(-1)).toBe(1000);
    meets([]);
    expect(await drain(room())).toEqual({ delivered: 2, left: 0 });
  });

  test('begins nothing after 130 s, so that what was delivered is deleted before the run ends, and leaves the rest to the next', async () => {
    const names = Array.from({ length: 120 }, (_, i) => `r${String(i).padStart(3, '0')}`);
    await spill(...names);
    meets([]);
    // Each look at the clock takes 50 s: three groups of fifty would be due.
    const clock = () => {
      now += 50_000;
      return now;
    };
    expect(await drain({ ...room(), clock })).toEqual({ delivered: 100, left: 20 });
    expect(await drain(room())).toEqual({ delivered: 20, left: 0 });
  });

  test('takes 300 requests a second and more: at 60 ms a read and 150 ms a call one run of five minutes delivers 90,000', async () => {
    const world = virtualTime();
    const packedOne = gzipSync('{"seq":0}\n');
    const names = Array.from({ length: 100_000 }, (_, i) => `2026-03-02T09:00:00.000Z-r${i}.ndjson.gz`);
    let calls = 0;
    firehose.on(PutRecordBatchCommand).callsFake(async ({ Records = [] }: PutRecordBatchCommandInput) => {
      calls++;
      await world.wait(150);
      return { FailedPutCount: 0, RequestResponses: Records.map(() => ({ RecordId: '1' })) };
    });
    const deleted: string[] = [];
    const spill = {
      ...openCloudStore({ client: bucket.client, bucket: 'lake', prefix: 'spill/' }),
      list: async () => names,
      get: async () => {
        await world.wait(60);
        return packedOne;
      },
      deleteAll: async (these: readonly string[]) => {
        await world.wait((these.length / 1000) * 200);
        deleted.push(...these);
      },
    };
    const stream = { client, name: 'events', random, wait: world.wait };
    const { delivered } = await world.run(drain({ stream, spill, log: quiet, clock: world.clock }));
    expect(delivered).toBeGreaterThanOrEqual(300 * 300);
    expect(deleted).toHaveLength(delivered);
    expect(calls).toBe(delivered / 50);
    expect(world.clock()).toBeLessThan(280_000);
  });

  test('leaves a file it cannot read and delivers the others', async () => {
    bucket.put('spill/2026-03-01T00:00:00.000Z-bad.ndjson.gz', new Uint8Array([1, 2, 3]));
    await spill('r1');
    meets([]);
    expect(await drain(room())).toEqual({ delivered: 1, left: 1 });
    expect([...bucket.objects.keys()]).toEqual(['spill/2026-03-01T00:00:00.000Z-bad.ndjson.gz']);
  });
});
