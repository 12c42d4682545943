import { Duration } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { columnNames, columns } from '../../src/events/columns.ts';
import { synthesized } from './synth.ts';

const { template } = synthesized();
const one = (type: string) => {
  const [found, ...more] = Object.values(template.findResources(type));
  expect(more).toEqual([]);
  return z
    .object({
      Properties: z.record(z.string(), z.unknown()),
      DeletionPolicy: z.string().optional(),
      UpdateReplacePolicy: z.string().optional(),
    })
    .parse(found);
};

describe('the bucket', () => {
  test('is private, encrypted, versioned, and forgets old versions after a week', () => {
    expect(one('AWS::S3::Bucket').Properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: {
        Rules: [
          {
            Status: 'Enabled',
            NoncurrentVersionExpiration: { NoncurrentDays: 7 },
            ExpiredObjectDeleteMarker: true,
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
          },
          { Status: 'Enabled', Prefix: 'errors/', ExpirationInDays: 30 },
        ],
      },
    });
  });

  test('is reached by TLS 1.2 or not at all', () => {
    const denied = (condition: unknown) =>
      Match.objectLike({ Effect: 'Deny', Action: 's3:*', Principal: { AWS: '*' }, Condition: condition });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          denied({ Bool: { 'aws:SecureTransport': 'false' } }),
          denied({ NumericLessThan: { 's3:TlsVersion': 1.2 } }),
        ]),
      },
    });
  });

  test('forgets events only where a time is given, and spilled events never', () => {
    const kept = synthesized({ recordsRetention: Duration.days(400) }).template;
    kept.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: Match.arrayWith([Match.objectLike({ Prefix: 'raw/', ExpirationInDays: 400 })]),
      },
    });
    expect(JSON.stringify(kept.findResources('AWS::S3::Bucket'))).not.toContain('spill/');
  });
});

describe('the table of events', () => {
  test('has the columns of the one table, in their order, and a partition per day of arrival that needs no catalog entry', () => {
    const types = { varchar: 'string', 'timestamp(3)': 'timestamp', bigint: 'bigint', boolean: 'boolean' };
    const TableInput = z
      .object({ TableInput: z.unknown() })
      .parse(one('AWS::Glue::Table').Properties).TableInput;
    expect(TableInput).toMatchObject({
      Name: 'events',
      TableType: 'EXTERNAL_TABLE',
      PartitionKeys: [{ Name: 'dt', Type: 'string' }],
      StorageDescriptor: {
        Columns: columnNames.map((name) => ({
          Name: name,
          Type: types[columns[name].type],
          Comment: columns[name].holds,
        })),
        SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
      },
      Parameters: {
        'projection.enabled': 'true',
        'projection.dt.type': 'date',
        'projection.dt.format': 'yyyy-MM-dd',
        'projection.dt.range': '2026-01-01,NOW+1DAYS',
        'projection.dt.interval': '1',
        'projection.dt.interval.unit': 'DAYS',
      },
    });
    expect(JSON.stringify(TableInput)).toMatch(/\/raw\/dt=\$\{dt\}\//);
  });

  test('is asked through a workgroup that nobody can widen: engine 3, at most 100 GB a question', () => {
    expect(one('AWS::Athena::WorkGroup').Properties.WorkGroupConfiguration).toMatchObject({
      EnforceWorkGroupConfiguration: true,
      BytesScannedCutoffPerQuery: 100_000_000_000,
      EngineVersion: { SelectedEngineVersion: 'Athena engine version 3' },
      ManagedQueryResultsConfiguration: { Enabled: true },
      PublishCloudWatchMetricsEnabled: true,
    });
  });
});

test('the stream turns JSON into SNAPPY Parquet by that table, every 60 s or 128 MiB, by day of arrival, and logs what it cannot', () => {
  expect(one('AWS::KinesisFirehose::DeliveryStream').Properties).toMatchObject({
    DeliveryStreamType: 'DirectPut',
    DeliveryStreamEncryptionConfigurationInput: { KeyType: 'AWS_OWNED_CMK' },
    ExtendedS3DestinationConfiguration: {
      Prefix: 'raw/dt=!{timestamp:yyyy-MM-dd}/',
      ErrorOutputPrefix: 'errors/!{firehose:error-output-type}/!{timestamp:yyyy-MM-dd}/',
      BufferingHints: { IntervalInSeconds: 60, SizeInMBs: 128 },
      CompressionFormat: 'UNCOMPRESSED',
      CloudWatchLoggingOptions: { Enabled: true },
      DataFormatConversionConfiguration: {
        Enabled: true,
        InputFormatConfiguration: { Deserializer: { OpenXJsonSerDe: { CaseInsensitive: true } } },
        OutputFormatConfiguration: { Serializer: { ParquetSerDe: { Compression: 'SNAPPY' } } },
        SchemaConfiguration: { VersionId: 'LATEST' },
      },
    },
  });
});

test('the ledger is one table on demand, with point-in-time recovery, expiry and one index to list by', () => {
  expect(one('AWS::DynamoDB::Table').Properties).toMatchObject({
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'group-at',
        KeySchema: [
          { AttributeName: 'group', KeyType: 'HASH' },
          { AttributeName: 'at', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
    DeletionProtectionEnabled: true,
  });
});

describe('cdk destroy', () => {
  const dear = ['AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::SecretsManager::Secret'];

  test.each(dear)('leaves the %s, as the output says', (type) => {
    const { DeletionPolicy, UpdateReplacePolicy } = one(type);
    expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
    const output = template.findOutputs('KeptOnDestroy').KeptOnDestroy;
    for (const word of ['bucket ', ', table ', ', secret ']) expect(JSON.stringify(output)).toContain(word);
  });

  test('takes everything with it where retain is false', () => {
    const gone = synthesized({ retain: false }).template;
    for (const type of dear)
      for (const { DeletionPolicy } of Object.values(gone.findResources(type)))
        expect([type, DeletionPolicy]).toEqual([type, 'Delete']);
    gone.hasResourceProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: false });
  });
});

test('every function runs on Node 24 and ARM, traced, with memory, time and a log that ends', () => {
  const functions = Object.values(template.findResources('AWS::Lambda::Function'));
  expect(functions).toHaveLength(9);
  for (const { Properties } of functions) {
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
    });
    expect([
      Properties.MemorySize >= 256,
      Properties.Timeout >= 10,
      Properties.LoggingConfig.LogGroup.Ref,
    ]).toEqual([true, true, expect.stringContaining('Log')]);
  }
  for (const { Properties } of Object.values(template.findResources('AWS::Logs::LogGroup')))
    expect(Properties.RetentionInDays).toBe(30);
});

test('no output and no environment holds a secret', () => {
  const said = JSON.stringify([template.findOutputs('*'), template.findResources('AWS::Lambda::Function')]);
  expect(said).not.toMatch(/resolve:secretsmanager|SecretString|[a-z]k_(live|test)_/);
  expect(Object.keys(template.findOutputs('*')).sort()).toEqual(
    [
      'ApiUrl',
      'Dashboard',
      'EventsStream',
      'InitFunction',
      'KeptOnDestroy',
      'LakeBucket',
      'LakeDatabase',
      'LedgerTable',
      'McpUrl',
      'PepperSecret',
      'Workgroup',
    ].sort(),
  );
});

test('what holds events, keys and the pepper keeps its name in the template: under another one an upgrade would begin empty', () => {
  const named = (type: string) => Object.keys(template.findResources(type));
  const kept = [
    ...(['AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::SecretsManager::Secret'] as const),
    ...(['AWS::KinesisFirehose::DeliveryStream', 'AWS::Glue::Table'] as const),
  ];
  expect(kept.map((type) => [type, named(type)])).toEqual([
    ['AWS::S3::Bucket', ['MillimetricLakeBucketBAC5E489']],
    ['AWS::DynamoDB::Table', ['MillimetricLedgerTableB1D150B6']],
    ['AWS::SecretsManager::Secret', ['MillimetricLedgerPepper4CE866C6']],
    ['AWS::KinesisFirehose::DeliveryStream', ['MillimetricIntakeStreamF723E669']],
    ['AWS::Glue::Table', ['MillimetricLakeEventsTable5CB90A95']],
  ]);
  // Any change of it makes CloudFormation write another secret, and every key ends.
  expect(one('AWS::SecretsManager::Secret').Properties.GenerateSecretString).toEqual({
    ExcludePunctuation: true,
    PasswordLength: 64,
  });
});

test('what roles say of themselves is in the letters that IAM takes, and the template in the resources that a stack may have', () => {
  const said = Object.values(template.findResources('AWS::IAM::Role')).flatMap(
    (role) =>
      z.object({ Properties: z.object({ Description: z.string().optional() }) }).parse(role).Properties
        .Description ?? [],
  );
  expect(said.length).toBeGreaterThan(5);
  expect(said.filter((text) => !/^[\t\n\r -~¡-ÿ]*$/.test(text))).toEqual([]);
  expect(Object.keys(template.toJSON().Resources).length).toBeLessThanOrEqual(500);
});
