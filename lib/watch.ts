import { Aws, Duration, Validations } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmWidget,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { bufferSeconds, deliverySeconds } from '../src/aws/settings.ts';
import { foreignRoutes } from '../src/dialects/routes.ts';
import { routes } from '../src/routes.ts';
import type { Api } from './api.ts';
import type { Drain } from './drain.ts';
import type { Intake } from './intake.ts';
import type { Lake } from './lake.ts';

export interface WatchProps {
  readonly api: Api;
  readonly drain: Drain;
  readonly intake: Intake;
  readonly lake: Lake;
  /** From so many bytes an hour, read by questions, somebody should look. */
  readonly questionBytesPerHour: number;
  /** The e-mail address that hears of alarms; undefined: they only show on the dashboard. */
  readonly alarmsTo: string | undefined;
}

interface AlarmKind {
  readonly metric: IMetric;
  /** What it means and what to do first, for the e-mail. */
  readonly means: string;
  /** From which value on. */
  readonly from: number;
  /** For how many periods of the metric, five minutes mostly. Default 1. */
  readonly periods?: number;
}

const period = Duration.minutes(5);
/** The routes events come in by, in CloudWatch’s filter language. */
const ingests = [
  ...new Set(
    [...routes, ...foreignRoutes].flatMap(({ door, path }) =>
      door === 'collect' || door === 'dialects' ? [`($.route = "${path}")`] : [],
    ),
  ),
].join(' || ');
const lateSeconds = bufferSeconds + deliverySeconds;

/** What somebody should hear of, and one page to look at. Nine alarms and one dashboard: CloudWatch gives ten and three for nothing. */
export class Watch extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: WatchProps) {
    super(scope, id);
    const kinds = this.kinds(props);
    const alarms = Object.entries(kinds).map(([name, { metric, means, from, periods = 1 }]) => {
      return new Alarm(this, name, {
        metric,
        alarmDescription: means,
        threshold: from,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: periods,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
    });
    if (props.alarmsTo !== undefined) this.tell(props.alarmsTo, alarms);

    const stage = props.api.rest.deploymentStage;
    this.dashboard = new Dashboard(this, 'Dashboard', { defaultInterval: Duration.days(1) });
    this.dashboard.addWidgets(
      new GraphWidget({
        title: 'Requests',
        width: 12,
        left: [
          stage.metricCount({ period }),
          stage.metricClientError({ period }),
          stage.metricServerError({ period }),
        ],
      }),
      new GraphWidget({
        title: 'How long they take, ms',
        width: 12,
        left: ['p50', 'p95', 'p99'].map((statistic) => stage.metricLatency({ period, statistic })),
      }),
    );
    this.dashboard.addWidgets(...alarms.slice(0, 4).map(shown));
    this.dashboard.addWidgets(...alarms.slice(4).map(shown));
  }

  private kinds({
    api,
    drain,
    intake,
    lake,
    questionBytesPerHour,
  }: WatchProps): Readonly<Record<string, AlarmKind>> {
    const firehose = (metricName: string, statistic: string) =>
      new Metric({
        namespace: 'AWS/Firehose',
        metricName,
        dimensionsMap: { DeliveryStreamName: intake.stream.ref },
        statistic,
        period,
      });
    return {
      IngestErrors: {
        metric: this.logged('FailedIngests', api.log, `{ ($.status = "5*") && (${ingests}) }`),
        from: 1,
        means:
          'Events were not taken in: callers got a 5xx. Look at the log of Collect for the failure: Firehose and S3 both refused, or the function crashed.',
      },
      FirehoseLate: {
        metric: firehose('DeliveryToS3.DataFreshness', Stats.MAXIMUM),
        from: lateSeconds + 1,
        periods: 2,
        means: `Events wait in Firehose for over ${lateSeconds} s, so answers are older than they say. Look at the stream’s log group; after 24 hours events are lost.`,
      },
      ConversionErrors: {
        metric: firehose('FailedConversion.Records', Stats.SUM),
        from: 1,
        means:
          'Firehose could not make Parquet of an event: it lies under errors/ in the bucket with the reason. A bug of ours or an edited table: report it.',
      },
      SpillNotEmpty: {
        metric: this.logged('DrainsWithSpill', drain.door.log, '{ $.message = "drained" }'),
        from: 1,
        periods: 3,
        means:
          'For 15 minutes events have been put aside because Firehose did not take them, or some cannot be delivered. They are safe; answers lack them. See the log of Drain.',
      },
      AthenaFailures: {
        metric: new Metric({
          namespace: 'AWS/Athena',
          metricName: 'TotalExecutionTime',
          dimensionsMap: { WorkGroup: lake.workgroup.name, QueryState: 'FAILED', QueryType: 'DML' },
          statistic: Stats.SAMPLE_COUNT,
          period,
        }),
        from: 3,
        means: 'Athena failed to answer questions. Look at the workgroup’s recent queries for the reason.',
      },
      AskedTooMuch: {
        metric: new Metric({
          namespace: 'AWS/Athena',
          metricName: 'ProcessedBytes',
          dimensionsMap: { WorkGroup: lake.workgroup.name },
          statistic: Stats.SUM,
          period: Duration.hours(1),
        }),
        from: questionBytesPerHour,
        means: `Questions read ${questionBytesPerHour / 1e9} GB within an hour, at $5 a TB. See usage for whose key asks so much; the runbook has the emergency brake.`,
      },
      Throttles: {
        metric: this.logged('ThrottledRequests', api.log, '{ $.status = "429" }'),
        from: 10,
        means:
          'Callers are told to slow down (429). Raise the prop `throttle` if they are yours; see the access log for the key if they are not.',
      },
      ServerErrors: {
        metric: api.rest.deploymentStage.metricServerError({ period, statistic: Stats.SUM }),
        from: 5,
        means: 'Callers get 5xx answers. The access log says on which routes; the log of that door says why.',
      },
      DeadLetters: {
        metric: drain.deadLetters.metricApproximateNumberOfMessagesVisible({
          period,
          statistic: Stats.MAXIMUM,
        }),
        from: 1,
        means:
          'A run of the drain failed and was given up. Later runs do its work; see the log of Drain for the reason, then purge the queue.',
      },
    };
  }

  /** How many lines of a log are so, per period. Counted by CloudWatch, and charged only for hours in which there are any. */
  private logged(name: string, logGroup: ILogGroup, pattern: string): Metric {
    const metricNamespace = `Millimetric/${this.node.addr.slice(0, 8)}`;
    const filter = new MetricFilter(this, `${name}Filter`, {
      logGroup,
      filterPattern: FilterPattern.literal(pattern),
      metricNamespace,
      metricName: name,
      metricValue: '1',
    });
    return filter.metric({ period, statistic: Stats.SUM });
  }

  private tell(address: string, alarms: readonly Alarm[]): void {
    const topic = new Topic(this, 'Alarms', { displayName: 'Millimetric', enforceSSL: true });
    // A policy of one’s own replaces the one by which CloudWatch may publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    topic.addSubscription(new EmailSubscription(address));
    Validations.of(topic).acknowledge({
      id: 'Serverless-SNSRedrivePolicy',
      reason: 'SNS sends e-mail itself and tries for hours; the alarms stay visible on the dashboard.',
    });
    for (const alarm of alarms) {
      alarm.addAlarmAction(new SnsAction(topic));
      alarm.addOkAction(new SnsAction(topic));
    }
  }
}

const shown = (alarm: Alarm): AlarmWidget =>
  new AlarmWidget({ alarm, title: alarm.node.id, width: 6, height: 5 });
