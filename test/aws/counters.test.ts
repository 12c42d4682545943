import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, describe, expect, test } from 'vitest';
import { openCloudCounters } from '../../src/aws/counters.ts';
import { countersKeepTheirPromise } from '../contracts/counters.ts';
import { credentials, openDynamo, region } from './dynamo.ts';

countersKeepTheirPromise('aws', async () => {
  const dynamo = await openDynamo();
  return {
    counters: dynamo.counters(),
    another: () => dynamo.counters(),
    reopen: async () => dynamo.counters(),
    close: dynamo.close,
  };
});

describe('counters in DynamoDB', async () => {
  const dynamo = await openDynamo();
  afterAll(() => dynamo.close());
  const attributes = async (id: string) =>
    (
      await new DynamoDBClient({ endpoint: dynamo.url, region, credentials }).send(
        new GetItemCommand({ TableName: 'ledger', Key: { id: { S: id } } }),
      )
    ).Item ?? {};

  test('what was added and its answer lost is added once, also where its bound is reached by it', async () => {
    const one = await dynamo.forgetfulCounters();
    expect(await one.add('A', { n: 5 }, { atMost: { n: 5 } })).toEqual({ done: true, numbers: { n: 5 } });
    const other = await dynamo.forgetfulCounters();
    expect(await other.add('A', { n: 5 })).toEqual({ done: true, numbers: { n: 10 } });
    expect(await (await dynamo.forgetfulCounters()).advance('M', { by: 2, floor: 0, most: 2 })).toEqual({
      ...{ done: true, numbers: { at: 2 } },
    });
    expect([await dynamo.counters().read('A'), await dynamo.counters().read('M')]).toEqual([
      { n: 10 },
      { at: 2 },
    ]);
  });

  test('what is refused and its answer lost is refused', async () => {
    await dynamo.counters().add('R', { n: 5 });
    const said = await (await dynamo.forgetfulCounters()).add('R', { n: 1 }, { atMost: { n: 5 } });
    expect(said).toEqual({ done: false, numbers: { n: 5 } });
  });

  test('the marks of processes that are long gone are removed', async () => {
    let now = Date.parse('2026-11-21T10:00:00Z');
    for (let i = 0; i < 20; i++) await dynamo.counters(() => now).add('W', { n: 1 });
    now += 3_600_000;
    const next = dynamo.counters(() => now);
    await next.add('W', { n: 1 });
    await next.add('W', { n: 1 });
    const names = Object.keys(await attributes('W'));
    expect(names.filter((name) => name.startsWith('w#'))).toHaveLength(1);
    expect(await next.read('W')).toEqual({ n: 22 });
  });

  test('when nobody needs it any more is said to DynamoDB, in seconds', async () => {
    await dynamo.counters().add('E', { n: 1 }, { expiresAt: 1_764_000_000_001 });
    expect((await attributes('E')).expires_at).toEqual({ N: '1764000001' });
  });

  test.each(['ThrottlingException', 'TimeoutError'])('%s is upstream_failed', async (name) => {
    const client = new DynamoDBClient({ region });
    mockClient(client).rejects(Object.assign(new Error('arn:aws:secret'), { name }));
    const counters = openCloudCounters({
      client,
      table: 't',
      clock: () => 0,
      random: (n) => new Uint8Array(n),
    });
    for (const asked of [
      () => counters.add('A', { n: 1 }),
      () => counters.advance('A', { by: 1, floor: 0, most: 9 }),
      () => counters.read('A'),
    ])
      await expect(asked()).rejects.toMatchObject({ code: 'upstream_failed', cause: { name } });
  });
});
