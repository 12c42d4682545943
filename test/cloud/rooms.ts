import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import config from '../../cdk.json' with { type: 'json' };
import { Intake } from '../../lib/intake.ts';
import { Lake } from '../../lib/lake.ts';
import { Ledger } from '../../lib/ledger.ts';
import { MillimetricStack } from '../../lib/stack.ts';

/** The stacks that are deployed: the product, as bin/cdk.ts makes it, and rooms of the same making for tests that empty them. */
export const stacks = { product: 'Millimetric', rooms: 'MillimetricRooms' } as const;

/** Synthesizes them into a folder. */
export const synthesize = (outdir: string): void => {
  const app = new App({ outdir, context: config.context, builtinCloudFormationValidation: false, analyticsReporting: false });
  new MillimetricStack(app, stacks.product);
  const rooms = new Stack(app, stacks.rooms);
  const lake = new Lake(rooms, 'Lake', { retain: false, athenaBytesCutoff: 100e9, recordsRetention: undefined });
  const intake = new Intake(rooms, 'Intake', { lake, logRetention: RetentionDays.ONE_DAY });
  const ledger = new Ledger(rooms, 'Ledger', { retain: false });
  const outputs = {
    ...{ LakeBucket: lake.bucket.bucketName, LakeDatabase: lake.database.databaseName, Workgroup: lake.workgroup.name },
    ...{ EventsStream: intake.stream.ref, LedgerTable: ledger.table.tableName },
  };
  for (const [output, value] of Object.entries(outputs)) new CfnOutput(rooms, output, { value });
  app.synth();
};
