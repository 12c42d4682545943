import { CfnOutput, type Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { Api, type Throttle } from './api.ts';
import type { DomainProps } from './domain.ts';
import { Doors } from './doors.ts';
import { Drain } from './drain.ts';
import type { FirewallProps } from './firewall.ts';
import { Intake } from './intake.ts';
import { Lake } from './lake.ts';
import { Ledger } from './ledger.ts';
import { Watch } from './watch.ts';

/** What may differ from one installation to the next. None is needed. */
export interface MillimetricProps {
  /** A name of your own for the API. Default: the address API Gateway gives. */
  readonly domain?: DomainProps;
  /** A firewall that limits each address; some $6 a month. Default: none. */
  readonly waf?: FirewallProps;
  /** The e-mail address that hears of alarms; Amazon asks it to confirm. Default: they only show on the dashboard. */
  readonly alarmsTo?: string;
  /** Do events, keys and pepper outlive the stack? Default: yes. `false` deletes table and pepper with it, and the bucket if it is empty. */
  readonly retain?: boolean;
  /** How much may come in, for all callers together. Default: 500 requests a second, bursts of 1000. */
  readonly throttle?: Throttle;
  /** The most one question may read, in bytes; at least 10,000,000. Default: 100 GB, so $0.50 a question at most. */
  readonly athenaBytesCutoff?: number;
  /** From so many bytes an hour, read by all questions together, an alarm rings. Default: 200 GB, which cost a dollar. */
  readonly questionBytesPerHour?: number;
  /** How long logs are kept. Default: one month. */
  readonly logRetention?: RetentionDays;
  /** How long events are kept, whole days. Default: for ever. */
  readonly recordsRetention?: Duration;
  /** Path of a table of countries of yours (MMDB: GeoLite2, DB-IP …), bundled in place of ours. Default: ours. */
  readonly countryTable?: string;
}

/** Millimetric in your account: events in through one REST API, kept as Parquet in S3, asked about with Athena. Place it in any stack of your own. */
export class Millimetric extends Construct {
  readonly lake: Lake;
  readonly intake: Intake;
  readonly ledger: Ledger;
  readonly doors: Doors;
  readonly api: Api;
  readonly watch: Watch;

  constructor(scope: Construct, id: string, props: MillimetricProps = {}) {
    super(scope, id);
    const {
      domain,
      waf,
      alarmsTo,
      retain = true,
      recordsRetention,
      countryTable,
      logRetention = RetentionDays.ONE_MONTH,
    } = props;
    const { throttle = { requestsPerSecond: 500, burst: 1000 } } = props;
    const { athenaBytesCutoff = 100e9, questionBytesPerHour = 200e9 } = props;

    const lake = new Lake(this, 'Lake', { retain, athenaBytesCutoff, recordsRetention });
    const intake = new Intake(this, 'Intake', { lake, logRetention });
    const ledger = new Ledger(this, 'Ledger', { retain });
    const doors = new Doors(this, 'Doors', { lake, intake, ledger, logRetention, countryTable });
    const drain = new Drain(this, 'Drain', { lake, intake, logRetention });
    const api = new Api(this, 'Api', { doors, throttle, logRetention, domain, waf });
    const watch = new Watch(this, 'Watch', { api, drain, intake, lake, questionBytesPerHour, alarmsTo });
    this.lake = lake;
    this.intake = intake;
    this.ledger = ledger;
    this.doors = doors;
    this.api = api;
    this.watch = watch;
  }
}

/** A stack with Millimetric in it, and as outputs what a person needs next. None holds a secret. */
export class MillimetricStack extends Stack {
  constructor(scope: Construct, id: string, props: MillimetricProps & StackProps = {}) {
    super(scope, id, {
      description: 'Millimetric: product and web analytics for people and agents',
      ...props,
    });
    const { lake, intake, ledger, doors, api, watch } = new Millimetric(this, 'Millimetric', props);
    const kept = props.retain ?? true;
    const outputs: Readonly<Record<string, readonly [value: string, description: string]>> = {
      ApiUrl: [api.url, 'Where events go and questions are asked: GET /healthz answers without a key.'],
      McpUrl: [`${api.url}/mcp`, 'For agents: MCP over HTTP, with an rk_ or sk_ key.'],
      InitFunction: [
        doors.init.lambda.functionName,
        'Makes the first account, project and keys: npm run millimetric -- init --stack NAME.',
      ],
      ...(api.domain && {
        DomainTarget: [api.domain.target, 'What the CNAME of your own name points at.'] as const,
      }),
      LakeBucket: [
        lake.bucket.bucketName,
        'Events as Parquet under raw/, what waits under spill/, what could not be converted under errors/.',
      ],
      LakeDatabase: [lake.database.databaseName, 'The Glue database with the table events.'],
      Workgroup: [lake.workgroup.name, 'The Athena workgroup questions run in.'],
      EventsStream: [intake.stream.ref, 'The Firehose stream events go through.'],
      LedgerTable: [ledger.table.tableName, 'Accounts, projects, keys (only as hashes), salts.'],
      PepperSecret: [
        ledger.pepper.secretArn,
        'The name of the secret that keys are hashed with, not its value.',
      ],
      Dashboard: [watch.dashboard.dashboardName, 'The CloudWatch dashboard.'],
      KeptOnDestroy: [
        kept
          ? `bucket ${lake.bucket.bucketName}, table ${ledger.table.tableName}, secret ${ledger.pepper.secretArn}, and the role by which this account’s API Gateway writes logs`
          : 'nothing, but a bucket with events must be emptied first',
        'What cdk destroy leaves behind, with all events and keys; delete it by hand when you mean it.',
      ],
    };
    for (const [name, [value, description]] of Object.entries(outputs))
      new CfnOutput(this, name, { value, description });
  }
}
