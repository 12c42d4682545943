import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { knownTerms } from '../../src/access/plans.ts';
import type { Principal } from '../../src/access/principal.ts';
import { settingNames } from '../../src/aws/settings.ts';
import { agentWorld, intakeWorld } from '../../src/aws/world.ts';
import { countryFiles } from '../../src/events/country-files.ts';
import type { IntakeWorld } from '../../src/ports.ts';
import { type Route, routes } from '../../src/routes.ts';
import { take } from '../../src/serve/collect.ts';

/** Only what collect is told by the stack. */
const environment = {
  [settingNames.table]: 'ledger',
  [settingNames.stream]: 'events',
  [settingNames.lakeBucket]: 'lake',
};
const principal: Principal = {
  ...{ key: 'sk_live_AbCd1234', kind: 'sk', env: 'live', scope: '', accountId: 'acc', plan: 'unlimited' },
  project: { id: 'p1', slug: 'demo', timezone: 'UTC', allowedOrigins: [] },
};
const batch = (n: number) =>
  JSON.stringify({ events: Array.from({ length: n }, (_, i) => ({ event: 'buy', event_id: `e${i}` })) });

describe('what a request to collect costs in calls to AWS', () => {
  const dynamo = mockClient(DynamoDBClient);
  const firehose = mockClient(FirehoseClient);
  const others = [mockClient(S3Client), mockClient(SecretsManagerClient)];
  const route: Route | undefined = routes.find(({ path }) => path === '/v1/batch');
  const send = async (world: IntakeWorld, n: number, who = principal) => {
    if (route === undefined) throw new Error('no batch route');
    return take(world, {
      route,
      principal: who,
      requestId: 'x',
      base: 'http://localhost',
      headers: {},
      query: {},
      body: batch(n),
      ip: '8.8.8.8',
    });
  };
  const calls = () => [dynamo, firehose, ...others].map((mock) => mock.calls().length);
  const spent = async (what: () => Promise<unknown>) => {
    const before = calls();
    await what();
    return calls().map((n, i) => n - (before[i] ?? 0));
  };

  beforeAll(() => {
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    dynamo.on(GetItemCommand).resolves({
      Item: {
        id: { S: 'SALT#x' },
        at: { S: 'x\0SALT#x' },
        version: { N: '1' },
        data: { S: JSON.stringify({ salt: 'c2FsdA==' }) },
      },
    });
    dynamo.on(PutItemCommand).resolves({});
    dynamo.on(UpdateItemCommand).resolves({ Attributes: { 'n#all': { N: '7' } } });
    dynamo.on(QueryCommand).resolves({ Items: [] });
    firehose.on(PutRecordBatchCommand).resolves({ FailedPutCount: 0, RequestResponses: [] });
  });
  afterAll(() => vi.unstubAllEnvs());

  test('is one look for the day’s salt at first, then one write of a counter and one Firehose call each, be it 1 event or 1,000', async () => {
    const world = intakeWorld(environment, `node_modules/${countryFiles.package}`);
    expect(await spent(() => send(world, 1))).toEqual([2, 1, 0, 0]);
    expect(await spent(() => send(world, 1))).toEqual([1, 1, 0, 0]);
    expect(await spent(() => send(world, 1_000))).toEqual([1, 1, 0, 0]);
    expect(await spent(() => Promise.all([send(world, 10), send(world, 10)]))).toEqual([2, 2, 0, 0]);
    expect(dynamo.commandCalls(UpdateItemCommand)).toHaveLength(5);
    expect(dynamo.commandCalls(PutItemCommand)).toHaveLength(0);
  });

  test('where the plan has rates, is one look and one write more in the first second, and no more within it', async () => {
    const world = intakeWorld(environment, `node_modules/${countryFiles.package}`);
    const terms = knownTerms('pro');
    await send(world, 1);
    expect(await spent(() => send(world, 1, { ...principal, plan: 'pro', terms }))).toEqual([3, 1, 0, 0]);
  });

  test('needs no setting that only questions use; a function that lacks one says so as it starts', () => {
    expect(intakeWorld(environment).sink).toBeDefined();
    expect(() => agentWorld(environment)).toThrow('ATHENA_WORKGROUP is not set');
  });
});
