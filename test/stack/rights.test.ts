import { expect, test } from 'vitest';
import { rightsOf } from '../../src/docs/rights.ts';
import { synthesized } from './synth.ts';

const { template } = synthesized();
const rights = rightsOf(template.toJSON());

const workgroup = 'arn::athena:::workgroup/Millimetric-Lake-CA4AF0E8';
const glueThings = [
  'arn::glue:::catalog',
  'arn::glue:::database/LakeDatabase',
  'arn::glue:::table/LakeDatabase/LakeEventsTable',
];
const each = (actions: readonly string[], resources: readonly string[]) =>
  actions.flatMap((action) => resources.map((resource) => `${action} on ${resource}`));

const ask = [
  ...each(
    [
      'athena:GetQueryExecution',
      'athena:GetQueryResults',
      'athena:StartQueryExecution',
      'athena:StopQueryExecution',
    ],
    [workgroup],
  ),
  ...each(['glue:GetDatabase', 'glue:GetTable'], glueThings),
  'glue:CreateDatabase on arn::glue:::catalog',
  ...each(['glue:CreateDatabase', 'glue:GetDatabase'], ['arn::glue:::database/default']),
  's3:GetBucketLocation on LakeBucket',
  's3:GetObject on LakeBucket/raw/*',
  's3:ListBucket on LakeBucket for raw/*',
  's3:ListBucket on LakeBucket for raw/* spill/*',
  'dynamodb:Query on LedgerTable/index/group-at for PRJ#*',
  ...each(['dynamodb:GetItem', 'dynamodb:UpdateItem'], ['LedgerTable for ASK#*']),
];
const ingest = [
  'firehose:PutRecordBatch on IntakeStream',
  's3:PutObject on LakeBucket/spill/*',
  'dynamodb:DeleteItem on LedgerTable for SALT#*',
  'dynamodb:GetItem on LedgerTable for SALT#*',
  'dynamodb:PutItem on LedgerTable for SALT#*',
  'dynamodb:Query on LedgerTable/index/group-at for SALT',
  ...each(['dynamodb:GetItem', 'dynamodb:UpdateItem'], ['LedgerTable for USE#* RATE#*']),
];
const door = (name: string) => [
  ...each(['logs:CreateLogStream', 'logs:PutLogEvents'], [`${name}Log`]),
  ...each(['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], ['*']),
];

/** What administration reads and writes: no salt, and not the record of the beginning. */
const administered = 'ACC#* PRJ#* SLUG#* KEY#* NAME#* PLAN#* AUD#* IDEM#*';

/** Everything anything of ours may do. A new right has to be written down here, where it is seen. */
const wanted: Readonly<Record<string, readonly string[]>> = {
  DoorsAuthorizerRole: [
    ...door('DoorsAuthorizer'),
    'dynamodb:GetItem on LedgerTable for KEY#* PLAN#* USED#*',
    'dynamodb:PutItem on LedgerTable for USED#*',
    'secretsmanager:GetSecretValue on LedgerPepper',
  ],
  DoorsCollectRole: [...door('DoorsCollect'), ...ingest],
  DoorsDialectsRole: [
    ...door('DoorsDialects'),
    ...ingest,
    'dynamodb:DeleteItem on LedgerTable for REFUSED#*',
    'dynamodb:GetItem on LedgerTable for KEY#* PLAN#* USED#*',
    'dynamodb:GetItem on LedgerTable for REFUSED#*',
    'dynamodb:PutItem on LedgerTable for REFUSED#*',
    'dynamodb:PutItem on LedgerTable for USED#*',
    'dynamodb:Query on LedgerTable/index/group-at for REFUSED#*',
    'secretsmanager:GetSecretValue on LedgerPepper',
  ],
  DoorsQueryRole: [...door('DoorsQuery'), ...ask],
  DoorsMcpRole: [...door('DoorsMcp'), ...ask, ...ingest],
  DoorsSiteRole: door('DoorsSite'),
  DoorsAdminRole: [
    ...door('DoorsAdmin'),
    `dynamodb:GetItem on LedgerTable for ${administered} USED#* USE#* ASK#* MINT#*`,
    'dynamodb:UpdateItem on LedgerTable for MINT#*',
    `dynamodb:PutItem on LedgerTable for ${administered}`,
    'dynamodb:DeleteItem on LedgerTable for SLUG#* IDEM#*',
    'dynamodb:Query on LedgerTable/index/group-at for ACC PRJ#* KEYS#* PLAN AUD#* IDEM',
    'secretsmanager:GetSecretValue on LedgerPepper',
  ],
  DoorsInitRole: [
    ...door('DoorsInit'),
    ...each(['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem'], ['LedgerTable']),
    'dynamodb:Query on LedgerTable/index/group-at',
    'secretsmanager:GetSecretValue on LedgerPepper',
  ],
  DrainDoorRole: [
    ...door('DrainDoor'),
    'firehose:PutRecordBatch on IntakeStream',
    ...each(['s3:DeleteObject', 's3:GetObject'], ['LakeBucket/spill/*']),
    's3:ListBucket on LakeBucket for spill/*',
    ...each(['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'], ['DrainDeadLetters']),
  ],
  DrainCaller: ['lambda:InvokeFunction on DrainDoorFunction', 'sqs:SendMessage on DrainDeadLetters'],
  IntakeRole: [
    ...each(['glue:GetTable', 'glue:GetTableVersion', 'glue:GetTableVersions'], glueThings),
    'logs:PutLogEvents on IntakeLog',
    ...each(
      ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
      ['LakeBucket/errors/*', 'LakeBucket/raw/*'],
    ),
    ...each(['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'], ['LakeBucket']),
  ],
  ApiRestCloudWatchRole: ['managed arn::iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs'],
};

test('there are exactly these roles, one per function', () => {
  expect([...rights.keys()].sort()).toEqual(Object.keys(wanted).sort());
  const functions = Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties }) =>
    JSON.stringify(Properties.Role),
  );
  expect(new Set(functions).size).toBe(functions.length);
});

test.each(Object.entries(wanted))('%s may do this and nothing else', (role, may) => {
  expect(rights.get(role)).toEqual([...may].sort());
});

test('no right has a wildcard but traces, which know no resources, and the end of a key prefix', () => {
  const wild = [...rights.values()]
    .flat()
    .filter((right) => right.includes('*') && !right.startsWith('xray:'));
  for (const right of wild) expect(right).toMatch(/ on (LakeBucket\/(raw|spill|errors)\/\*|\S+ for .*)$/);
});

test('only the gateway may call the doors, and no service at all the function that makes keys', () => {
  const callers = Object.values(template.findResources('AWS::Lambda::Permission')).map(
    ({ Properties }) => Properties,
  );
  for (const { Principal, SourceArn } of callers)
    expect([Principal, JSON.stringify(SourceArn)]).toEqual([
      'apigateway.amazonaws.com',
      expect.stringContaining('ApiRest'),
    ]);
  expect(JSON.stringify(callers)).not.toMatch(/DoorsInit|Drain/);
});
