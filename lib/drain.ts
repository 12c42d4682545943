import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { Door } from './door.ts';
import type { Intake } from './intake.ts';
import type { Lake } from './lake.ts';

export interface DrainProps {
  readonly lake: Lake;
  readonly intake: Intake;
  readonly logRetention: RetentionDays;
}

/** Every five minutes, hands Firehose again what it had not taken. Runs that fail end up in a queue that is alarmed. */
export class Drain extends Construct {
  readonly door: Door;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { lake, intake, logRetention }: DrainProps) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', {
      enforceSSL: true,
      encryption: QueueEncryption.SQS_MANAGED,
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(this.deadLetters).acknowledge(
      { id: 'AwsSolutions-SQS3', reason: 'This is the dead-letter queue itself.' },
      { id: 'Serverless-SQSRedrivePolicy', reason: 'This is the dead-letter queue itself.' },
    );
    // Shorter than the schedule’s five minutes, so that two runs do not meet.
    const timeout = Duration.seconds(280);
    this.door = new Door(this, 'Door', {
      entry: 'drain',
      does: 'delivers spilled events',
      // A whole processor: each spilled request costs about a millisecond of it.
      memorySizeMiB: 1769,
      timeout,
      logRetention,
      deadLetters: this.deadLetters,
    });
    lake.letDrain(this.door);
    intake.letPut(this.door);

    const { functionArn } = this.door.lambda;
    const role = new Role(this, 'Caller', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
      description: 'Millimetric: the schedule calls the drain',
      inlinePolicies: {
        Call: new PolicyDocument({
          statements: [
            new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] }),
            new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.deadLetters.queueArn] }),
          ],
        }),
      },
    });
    new CfnSchedule(this, 'Schedule', {
      description: 'Millimetric: delivers spilled events',
      scheduleExpression: 'rate(5 minutes)',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: functionArn,
        roleArn: role.roleArn,
        // The next run does the same work, so an old one is worth little.
        retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 300 },
        deadLetterConfig: { arn: this.deadLetters.queueArn },
      },
    });
  }
}
