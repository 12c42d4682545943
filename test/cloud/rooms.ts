import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-glue';
import { PolicyStatement, User } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import config from '../../cdk.json' with { type: 'json' };
import { Intake } from '../../lib/intake.ts';
import { Lake } from '../../lib/lake.ts';
import { Ledger } from '../../lib/ledger.ts';
import { MillimetricStack } from '../../lib/stack.ts';
import { prefixes } from '../../src/aws/settings.ts';

/** The stacks that are deployed: the product, as bin/cdk.ts makes it; another installation of it, whose parts are broken on purpose; and rooms of the same making for tests that empty them. */
export const stacks = {
  product: 'Millimetric',
  drills: 'MillimetricDrills',
  rooms: 'MillimetricRooms',
} as const;

/** An installation of the whole product. */
export type Installation = Exclude<keyof typeof stacks, 'rooms'>;

/** The user by whose rights Trino reads, as Athena reads by those of the door that asks. */
export const athenaUser = 'athena';

/** The most one question to the drills may read, bytes: the least that Athena takes for a limit. */
export const drillsCutoffBytes = 10_000_000;

/** Synthesizes them into a folder. */
export const synthesize = (outdir: string): void => {
  const app = new App({
    outdir,
    context: config.context,
    builtinCloudFormationValidation: false,
    analyticsReporting: false,
  });
  new MillimetricStack(app, stacks.product);
  new MillimetricStack(app, stacks.drills, { athenaBytesCutoff: drillsCutoffBytes });
  const rooms = new Stack(app, stacks.rooms);
  const lake = new Lake(rooms, 'Lake', {
    retain: false,
    athenaBytesCutoff: 100e9,
    recordsRetention: undefined,
  });
  // All that is ever in there came in this run. A question lists each day that is projected, and the emulator answers one list at a time.
  const table = lake.table.node.defaultChild;
  if (table instanceof CfnTable)
    table.addPropertyOverride('TableInput.Parameters.projection\\.dt\\.range', 'NOW-2DAYS,NOW+1DAYS');
  const intake = new Intake(rooms, 'Intake', { lake, logRetention: RetentionDays.ONE_DAY });
  const ledger = new Ledger(rooms, 'Ledger', { retain: false });
  // Nothing of the product asks the rooms, so no role is there whose rights Athena could have.
  const asker = User.fromUserName(rooms, 'Asker', athenaUser);
  lake.bucket.grantRead(asker, `${prefixes.raw}*`);
  const catalog = rooms.formatArn({ service: 'glue', resource: 'catalog' });
  asker.addToPrincipalPolicy(
    new PolicyStatement({
      actions: ['glue:GetDatabase', 'glue:GetTable'],
      resources: [catalog, lake.database.databaseArn, lake.table.tableArn],
    }),
  );
  const outputs = {
    ...{
      LakeBucket: lake.bucket.bucketName,
      LakeDatabase: lake.database.databaseName,
      Workgroup: lake.workgroup.name,
    },
    ...{ EventsStream: intake.stream.ref, LedgerTable: ledger.table.tableName },
  };
  for (const [output, value] of Object.entries(outputs)) new CfnOutput(rooms, output, { value });
  app.synth();
};
