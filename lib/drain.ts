import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { Door } from './door.ts';
import type { Intake } from './intake.ts';
import type { Lake } from './lake.ts';
import { callRegularly } from './schedule.ts';

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

    callRegularly(this, {
      door: this.door,
      every: Duration.minutes(5),
      who: 'the schedule calls the drain',
      does: 'delivers spilled events',
      deadLetters: this.deadLetters,
    });
  }
}
