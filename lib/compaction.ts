import { Duration, Size } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { Door } from './door.ts';
import type { Lake } from './lake.ts';
import { callRegularly } from './schedule.ts';

/** What compaction may have. */
export interface CompactionSize {
  /** Memory in MiB; the engine takes half. Default 2,048. */
  readonly memorySizeMiB?: number;
  /** Room for files on their way, MiB, from 512. Default 4,096. */
  readonly storageMiB?: number;
}

/** What the construct is made of. */
export interface CompactionProps extends CompactionSize {
  readonly lake: Lake;
  readonly logRetention: RetentionDays;
  readonly deadLetters: IQueue;
  /** How long events are kept; undefined: for ever. */
  readonly recordsRetention: Duration | undefined;
}

/** Once an hour, makes few files of the many small ones that Firehose writes, in the same folders, and deletes days that are no longer kept. */
export class Compaction extends Construct {
  readonly door: Door;

  constructor(scope: Construct, id: string, props: CompactionProps) {
    super(scope, id);
    const { lake, logRetention, deadLetters, recordsRetention } = props;
    const { memorySizeMiB = 2_048, storageMiB = 4_096 } = props;
    this.door = new Door(this, 'Compact', {
      entry: 'compact',
      does: 'makes few files of many',
      memorySizeMiB,
      // Lambda’s longest. No merge is begun in the second half.
      timeout: Duration.minutes(15),
      logRetention,
      deadLetters,
      storage: Size.mebibytes(storageMiB),
      withEngine: true,
    });
    lake.letCompact(this.door);
    if (recordsRetention !== undefined) this.door.learns('keptDays', String(recordsRetention.toDays()));
    callRegularly(this, {
      door: this.door,
      every: Duration.hours(1),
      who: 'the schedule calls compaction',
      does: 'makes few files of many',
      deadLetters,
    });
  }
}
