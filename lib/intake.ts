import { Aws, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { LogGroup, LogStream, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { bufferSeconds, prefixes } from '../src/aws/settings.ts';
import type { Door } from './door.ts';
import type { Lake } from './lake.ts';
import { acknowledgePrefix } from './prefix.ts';

export interface IntakeProps {
  readonly lake: Lake;
  readonly logRetention: RetentionDays;
}

/** The way into the lake: Firehose gathers JSON documents and writes them as Parquet by the columns of the table `events`. */
export class Intake extends Construct {
  readonly stream: CfnDeliveryStream;

  constructor(scope: Construct, id: string, { lake, logRetention }: IntakeProps) {
    super(scope, id);
    const log = new LogGroup(this, 'Log', { retention: logRetention, removalPolicy: RemovalPolicy.DESTROY });
    const logStream = new LogStream(this, 'LogStream', {
      logGroup: log,
      logStreamName: 'delivery',
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = this.role(lake, log);
    this.stream = new CfnDeliveryStream(this, 'Stream', {
      deliveryStreamType: 'DirectPut',
      deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
      extendedS3DestinationConfiguration: {
        bucketArn: lake.bucket.bucketArn,
        roleArn: role.roleArn,
        prefix: `${prefixes.raw}dt=!{timestamp:yyyy-MM-dd}/`,
        errorOutputPrefix: `${prefixes.errors}!{firehose:error-output-type}/!{timestamp:yyyy-MM-dd}/`,
        // 128 MiB is the most, so that files are few; the seconds bound how old the newest answer is.
        bufferingHints: { sizeInMBs: 128, intervalInSeconds: bufferSeconds },
        // Compression is Parquet's own matter; Firehose insists that its own is off.
        compressionFormat: 'UNCOMPRESSED',
        cloudWatchLoggingOptions: {
          enabled: true,
          logGroupName: log.logGroupName,
          logStreamName: logStream.logStreamName,
        },
        dataFormatConversionConfiguration: {
          enabled: true,
          // The flag is the reader's default: said, because CDK would leave out a reader that has no settings.
          inputFormatConfiguration: { deserializer: { openXJsonSerDe: { caseInsensitive: true } } },
          outputFormatConfiguration: { serializer: { parquetSerDe: { compression: 'SNAPPY' } } },
          schemaConfiguration: {
            catalogId: Aws.ACCOUNT_ID,
            region: Aws.REGION,
            databaseName: lake.database.databaseName,
            tableName: lake.table.tableName,
            versionId: 'LATEST',
            roleArn: role.roleArn,
          },
        },
      },
    });
  }

  /** Lets a door hand events to Firehose. */
  letPut(door: Door): void {
    door.learns('stream', this.stream.ref);
    door.mayDo({ actions: ['firehose:PutRecordBatch'], resources: [this.stream.attrArn] });
  }

  private role({ bucket, database, table }: Lake, log: LogGroup): Role {
    const objects = [prefixes.raw, prefixes.errors];
    for (const prefix of objects) acknowledgePrefix(this, bucket, prefix);
    const statements = [
      {
        actions: ['s3:PutObject', 's3:GetObject', 's3:AbortMultipartUpload'],
        resources: objects.map((prefix) => bucket.arnForObjects(`${prefix}*`)),
      },
      {
        actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        resources: [bucket.bucketArn],
      },
      {
        actions: ['glue:GetTable', 'glue:GetTableVersion', 'glue:GetTableVersions'],
        resources: [
          Stack.of(this).formatArn({ service: 'glue', resource: 'catalog' }),
          database.databaseArn,
          table.tableArn,
        ],
      },
      { actions: ['logs:PutLogEvents'], resources: [log.logGroupArn] },
    ];
    return new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('firehose.amazonaws.com', {
        conditions: { StringEquals: { 'sts:ExternalId': Aws.ACCOUNT_ID } },
      }),
      description: 'Millimetric: Firehose writes events into the lake',
      // Inline, so that the rights are there before the stream that is checked for them.
      inlinePolicies: {
        Deliver: new PolicyDocument({
          statements: statements.map((statement) => new PolicyStatement(statement)),
        }),
      },
    });
  }
}
