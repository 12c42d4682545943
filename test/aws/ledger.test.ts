import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCloudLedger } from '../../src/aws/ledger.ts';
import { ledgerKeepsItsPromise } from '../contracts/ledger.ts';
import { credentials, type Dynamo, openDynamo, region } from './dynamo.ts';

ledgerKeepsItsPromise('aws', async () => {
  const dynamo = await openDynamo();
  return { ledger: dynamo.ledger(), reopen: async () => dynamo.ledger(), close: dynamo.close };
});

describe('a write whose answer was lost', () => {
  let dynamo: Dynamo;
  beforeAll(async () => {
    dynamo = await openDynamo();
  });
  afterAll(() => dynamo.close());

  test('is known as our own when the client tries again', async () => {
    expect(await (await dynamo.forgetful()).write({ id: 'A', data: { n: 1 } }, 0)).toBe(true);
    expect(await (await dynamo.forgetful()).write({ id: 'A', data: { n: 2 } }, 1)).toBe(true);
    expect(await dynamo.ledger().read('A')).toEqual({ id: 'A', version: 2, data: { n: 2 } });
    expect(await (await dynamo.forgetful()).erase('A', 2)).toBe(true);
    expect(await dynamo.ledger().read('A')).toBeUndefined();
  });

  test('is not taken for our own when another stands there', async () => {
    await dynamo.ledger().write({ id: 'B', data: { n: 1 } }, 0);
    expect(await (await dynamo.forgetful()).write({ id: 'B', data: { n: 2 } }, 0)).toBe(false);
    expect(await (await dynamo.forgetful()).erase('B', 7)).toBe(false);
  });
});

describe('a page that DynamoDB cut at its megabyte', () => {
  test('is filled up from the next one', async () => {
    const dynamo = await openDynamo();
    const ledger = dynamo.ledger();
    const text = 'x'.repeat(300_000);
    for (const id of ['a', 'b', 'c', 'd', 'e'])
      await ledger.write({ id, group: 'g', at: id, data: { text } }, 0);
    const { items, next } = await ledger.list('g', { limit: 4 });
    expect(items.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
    const rest = await ledger.list('g', { limit: 4, after: next ?? '' });
    expect([rest.items.map(({ id }) => id), rest.next]).toEqual([['e'], undefined]);
    await dynamo.close();
  });
});

describe('an item that somewhen nobody needs', () => {
  test('says so to DynamoDB, in whole seconds and never too early; any other is kept for good', async () => {
    const dynamo = await openDynamo();
    const client = new DynamoDBClient({ endpoint: dynamo.url, region, credentials });
    const expiry = async (id: string) =>
      (await client.send(new GetItemCommand({ TableName: 'ledger', Key: { id: { S: id } } }))).Item
        ?.expires_at;
    const ledger = dynamo.ledger();
    await ledger.write({ id: 'salt', data: { a: 1 } }, 0, 1_764_000_000_001);
    await ledger.write({ id: 'key', data: { a: 1 } }, 0);
    expect([await expiry('salt'), await expiry('key')]).toEqual([{ N: '1764000001' }, undefined]);
    expect(await ledger.read('salt')).toEqual({ id: 'salt', version: 1, data: { a: 1 } });
    await dynamo.close();
  });
});

describe('a table that cannot be reached', () => {
  const client = new DynamoDBClient({ region });
  const mock = mockClient(client);
  const ledger = openCloudLedger({ client, table: 'ledger' });
  const failures = ['ThrottlingException', 'ExpiredTokenException', 'AccessDeniedException', 'TimeoutError'];

  test.each(failures)('%s is upstream_failed, its cause kept for the log', async (name) => {
    const cause = Object.assign(new Error('arn:aws:secret'), { name });
    mock.rejects(cause);
    for (const asked of [
      () => ledger.read('A'),
      () => ledger.write({ id: 'A', data: {} }, 0),
      () => ledger.list('g'),
    ])
      await expect(asked()).rejects.toMatchObject({
        code: 'upstream_failed',
        status: 502,
        message: expect.not.stringContaining('arn'),
        cause: { name },
      });
  });
});
