import { Duration } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Route } from '../src/routes.ts';
import { countries } from './countries.ts';
import { Door } from './door.ts';
import type { Intake } from './intake.ts';
import type { Lake } from './lake.ts';
import type { Ledger } from './ledger.ts';

export interface DoorsProps {
  readonly lake: Lake;
  readonly intake: Intake;
  readonly ledger: Ledger;
  readonly logRetention: RetentionDays;
  /** The operator’s own table of countries, a path; without it the product’s. */
  readonly countryTable?: string | undefined;
}

/** As long as the gateway waits; a door sees its end coming and answers half a second before. */
const answerTime = Duration.seconds(29);

/** The functions behind the gateway, the one before them, and the one that only IAM may call; each with the rights it uses and no more. */
export class Doors extends Construct {
  /** Asked by the gateway who a key is, before any door. */
  readonly authorizer: Door;
  /** Makes the first account, project and keys. Nothing routes to it and no service may call it: only who has lambda:InvokeFunction on it. */
  readonly init: Door;
  /** Behind the routes, by the table’s own names. */
  readonly behind: Readonly<Record<Route['door'], Door>>;

  constructor(
    scope: Construct,
    id: string,
    { lake, intake, ledger, logRetention, countryTable }: DoorsProps,
  ) {
    super(scope, id);
    const files = countries(countryTable);
    const common = { logRetention, timeout: answerTime };

    this.authorizer = new Door(this, 'Authorizer', {
      ...common,
      entry: 'authorizer',
      does: 'whose key is this',
      memorySizeMiB: 512,
      timeout: Duration.seconds(10),
    });
    ledger.letCheckKeys(this.authorizer);

    const collect = new Door(this, 'Collect', {
      ...common,
      entry: 'collect',
      does: 'takes events in',
      memorySizeMiB: 1024,
      files,
    });
    intake.letPut(collect);
    lake.letSpill(collect);
    ledger.letKeepSalts(collect);
    ledger.letCount(collect, 'events');

    const dialects = new Door(this, 'Dialects', {
      ...common,
      entry: 'dialects',
      does: 'takes events in from the SDKs of other tools',
      memorySizeMiB: 1024,
      files,
    });
    intake.letPut(dialects);
    lake.letSpill(dialects);
    ledger.letKeepSalts(dialects);
    ledger.letCheckKeys(dialects);
    ledger.letCountRefused(dialects);
    ledger.letCount(dialects, 'events');

    const query = new Door(this, 'Query', {
      ...common,
      entry: 'query',
      does: 'answers questions',
      memorySizeMiB: 512,
    });
    lake.letAsk(query);
    lake.letSeeArrivals(query);
    ledger.letListProjects(query);
    ledger.letCount(query, 'questions');

    const mcp = new Door(this, 'Mcp', {
      ...common,
      entry: 'mcp',
      does: 'the same for agents: questions, and track_event',
      memorySizeMiB: 1024,
      files,
    });
    lake.letAsk(mcp);
    lake.letSeeArrivals(mcp);
    intake.letPut(mcp);
    lake.letSpill(mcp);
    ledger.letKeepSalts(mcp);
    ledger.letListProjects(mcp);
    ledger.letCount(mcp, 'events');
    ledger.letCount(mcp, 'questions');

    const site = new Door(this, 'Site', {
      ...common,
      entry: 'site',
      does: 'loader, OpenAPI, health',
      memorySizeMiB: 256,
    });
    const admin = new Door(this, 'Admin', {
      ...common,
      entry: 'admin',
      does: 'accounts, projects, keys, plans, audit',
      memorySizeMiB: 512,
    });
    ledger.letRun(admin);
    this.behind = { collect, dialects, query, mcp, site, admin };

    this.init = new Door(this, 'Init', {
      ...common,
      entry: 'init',
      does: 'makes the first account, project and keys',
      memorySizeMiB: 256,
    });
    ledger.letAdminister(this.init);
  }
}
