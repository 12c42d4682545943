import { Duration, Names, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import {
  Database,
  DataFormat,
  DateIntervalUnit,
  PartitionProjectionConfiguration,
  S3Table,
  S3TableStorage,
  Schema,
  StorageParameter,
  type Type,
} from 'aws-cdk-lib/aws-glue';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { prefixes } from '../src/aws/settings.ts';
import { type Column, columnNames, columns } from '../src/events/columns.ts';
import type { Door } from './door.ts';
import { acknowledgePrefix } from './prefix.ts';

const glueTypes: Readonly<Record<Column['type'], Type>> = {
  varchar: Schema.STRING,
  'timestamp(3)': Schema.TIMESTAMP,
  bigint: Schema.BIG_INT,
  boolean: Schema.BOOLEAN,
};

export interface LakeProps {
  readonly retain: boolean;
  /** The most one question may read, in bytes; past it Athena stops it. */
  readonly athenaBytesCutoff: number;
  /** The first day, `yyyy-MM-dd`, on which events can have arrived. */
  readonly firstDay: string;
}

/** Where events live and are asked about: one bucket, the Glue table `events` over its `raw/`, one Athena workgroup. */
export class Lake extends Construct {
  readonly bucket: Bucket;
  readonly database: Database;
  readonly table: S3Table;
  readonly workgroup: CfnWorkGroup;

  constructor(scope: Construct, id: string, { retain, athenaBytesCutoff, firstDay }: LakeProps) {
    super(scope, id);
    const removalPolicy = retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      encryption: BucketEncryption.S3_MANAGED,
      versioned: true,
      removalPolicy,
      lifecycleRules: [
        // Erased must mean gone, so what a version kept goes after a week; until then a mistake can be undone.
        {
          id: 'forget-old-versions',
          noncurrentVersionExpiration: Duration.days(7),
          expiredObjectDeleteMarker: true,
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
        // Events go by the day they arrived, which compaction knows: a rule here would go by when a file was last written.
        { id: 'forget-errors', prefix: prefixes.errors, expiration: Duration.days(30) },
      ],
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Only six roles of this stack reach the bucket, each through an API whose own log says who asked for what; Athena reads many objects per question, so access logs would outgrow the events of a small customer.',
    });

    this.database = new Database(this, 'Database', {
      databaseName: Names.uniqueResourceName(this, {
        maxLength: 128,
        separator: '_',
        allowedSpecialCharacters: '_',
      }).toLowerCase(),
      description: 'Millimetric: events',
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.table = new S3Table(this, 'Events', {
      tableName: 'events',
      description: 'One row per delivered event; repeats are removed by the question.',
      database: this.database,
      // The same bucket by its ARN: the class itself does not fit its own interface under exactOptionalPropertyTypes.
      storage: S3TableStorage.fromBucket(Bucket.fromBucketArn(this, 'Stored', this.bucket.bucketArn)),
      s3Prefix: prefixes.raw,
      hasEncryptedData: false,
      dataFormat: DataFormat.PARQUET,
      columns: columnNames.map((name) => ({
        name,
        type: glueTypes[columns[name].type],
        comment: columns[name].holds,
      })),
      partitionKeys: [
        { name: 'dt', type: Schema.STRING, comment: 'The day (UTC) Firehose took it in: yyyy-MM-dd.' },
      ],
      partitionProjection: {
        dt: PartitionProjectionConfiguration.date({
          // A question about all there is lists each day from here on. The day to come is in range too, for clocks differ.
          min: firstDay,
          max: 'NOW+1DAYS',
          format: 'yyyy-MM-dd',
          step: { interval: 1, intervalUnit: DateIntervalUnit.DAYS },
        }),
      },
      // Athena puts the day in for ${dt}.
      parameters: { 'storage.location.template': `s3://${this.bucket.bucketName}/${prefixes.raw}dt=\${dt}/` },
      storageParameters: [StorageParameter.custom('serialization.format', '1')],
    });

    this.workgroup = new CfnWorkGroup(this, 'Workgroup', {
      name: Names.uniqueResourceName(this, { maxLength: 64, separator: '-', allowedSpecialCharacters: '-' }),
      description: 'Millimetric: questions',
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: athenaBytesCutoff,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        // Athena keeps answers itself, encrypted, for a day: no bucket of ours fills up with them.
        managedQueryResultsConfiguration: { enabled: true },
      },
    });
    Validations.of(this.workgroup).acknowledge({
      id: 'AwsSolutions-ATH1',
      reason:
        'Results are managed by Athena, which always encrypts them; the rule looks only at a bucket for results, and there is none.',
    });
  }

  /** Lets a door run SQL over the events and read the answers. */
  letAsk(door: Door): void {
    const { bucket, database, table, workgroup } = this;
    const stack = Stack.of(this);
    const catalog = stack.formatArn({ service: 'glue', resource: 'catalog' });
    door.learns('workgroup', workgroup.name);
    door.learns('database', database.databaseName);
    door.mayDo({
      actions: [
        'athena:StartQueryExecution',
        'athena:GetQueryExecution',
        'athena:GetQueryResults',
        'athena:StopQueryExecution',
      ],
      resources: [
        stack.formatArn({ service: 'athena', resource: 'workgroup', resourceName: workgroup.name }),
      ],
    });
    door.mayDo({
      actions: ['glue:GetDatabase', 'glue:GetTable'],
      resources: [catalog, database.databaseArn, table.tableArn],
    });
    // Athena’s guide (fine-grained access to databases and tables) wants both of whoever asks, whatever is asked about.
    door.mayDo({
      actions: ['glue:GetDatabase', 'glue:CreateDatabase'],
      resources: [
        catalog,
        stack.formatArn({ service: 'glue', resource: 'database', resourceName: 'default' }),
      ],
    });
    // Athena reads with the asker's rights.
    door.mayDo({ actions: ['s3:GetBucketLocation'], resources: [bucket.bucketArn] });
    this.letReadObjects(door, prefixes.raw);
  }

  /** Lets a door see when files arrived and which events still wait in the spill: how far answers are complete. */
  letSeeArrivals(door: Door): void {
    door.learns('lakeBucket', this.bucket.bucketName);
    this.letList(door, prefixes.raw, prefixes.spill);
  }

  /** Lets a door put events aside that Firehose did not take. */
  letSpill(door: Door): void {
    door.learns('lakeBucket', this.bucket.bucketName);
    door.mayDo({ actions: ['s3:PutObject'], resources: [this.bucket.arnForObjects(`${prefixes.spill}*`)] });
    acknowledgePrefix(door, this.bucket, prefixes.spill);
  }

  /** Lets a door find the events put aside, read them, and delete what was delivered. */
  letDrain(door: Door): void {
    door.learns('lakeBucket', this.bucket.bucketName);
    this.letList(door, prefixes.spill);
    this.letReadObjects(door, prefixes.spill);
    door.mayDo({
      actions: ['s3:DeleteObject'],
      resources: [this.bucket.arnForObjects(`${prefixes.spill}*`)],
    });
  }

  /** Lets a door make few files of many: read, write and delete what is delivered, and note what it did. */
  letCompact(door: Door): void {
    door.learns('lakeBucket', this.bucket.bucketName);
    for (const prefix of [prefixes.raw, prefixes.compaction]) {
      this.letReadObjects(door, prefix);
      door.mayDo({
        actions: ['s3:PutObject', 's3:DeleteObject'],
        resources: [this.bucket.arnForObjects(`${prefix}*`)],
      });
    }
  }

  private letReadObjects(door: Door, prefix: string): void {
    door.mayDo({ actions: ['s3:GetObject'], resources: [this.bucket.arnForObjects(`${prefix}*`)] });
    acknowledgePrefix(door, this.bucket, prefix);
    this.letList(door, prefix);
  }

  private letList(door: Door, ...these: readonly string[]): void {
    door.mayDo({
      actions: ['s3:ListBucket'],
      resources: [this.bucket.bucketArn],
      conditions: { StringLike: { 's3:prefix': these.map((prefix) => `${prefix}*`) } },
    });
  }
}
