import { join, resolve } from 'node:path';
import { Duration, RemovalPolicy, type Size, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type PolicyStatementProps, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { LogLevel, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type Setting, settingNames } from '../src/aws/settings.ts';
import { bundling, engineInto } from './bundling.ts';

const root = join(import.meta.dirname, '..');

/** How one function is run. */
export interface DoorProps {
  /** Its file in lambdas/, without `.ts`. */
  readonly entry: string;
  /** What it is for, in one line, as the console shows it. */
  readonly does: string;
  /** Memory in MiB; Lambda gives processor time in proportion. */
  readonly memorySizeMiB: number;
  readonly timeout: Duration;
  readonly logRetention: RetentionDays;
  /** Files put next to the code: name there, and path, absolute or from the project’s root. */
  readonly files?: Readonly<Record<string, string>>;
  /** Where an event goes that it could not handle; only for a function that nobody waits for. */
  readonly deadLetters?: IQueue;
  /** Its own room for files. Default: Lambda’s 512 MiB. */
  readonly storage?: Size;
  /** Does it run DuckDB? Then its library for Lambda’s processor lies beside the code. */
  readonly withEngine?: boolean;
}

/** One Lambda function of lambdas/ with a role of its own, which may write its log and traces and nothing else until something is let. */
export class Door extends Construct {
  readonly lambda: NodejsFunction;
  readonly log: LogGroup;

  constructor(
    scope: Construct,
    id: string,
    { entry, does, memorySizeMiB, timeout, logRetention, files = {}, deadLetters, ...props }: DoorProps,
  ) {
    super(scope, id);
    this.log = new LogGroup(this, 'Log', { retention: logRetention, removalPolicy: RemovalPolicy.DESTROY });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Millimetric: ${does}`,
    });
    this.lambda = new NodejsFunction(this, 'Function', {
      description: `Millimetric: ${does}`,
      entry: join(root, 'lambdas', `${entry}.ts`),
      projectRoot: root,
      depsLockFilePath: join(root, 'package-lock.json'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: memorySizeMiB,
      ...(props.storage === undefined ? {} : { ephemeralStorageSize: props.storage }),
      timeout,
      role,
      logGroup: this.log,
      tracing: Tracing.ACTIVE,
      // The next run does the same work, so a failed one is not tried again.
      ...(deadLetters === undefined
        ? {}
        : { onFailure: new SqsDestination(deadLetters), retryAttempts: 0, maxEventAge: Duration.minutes(5) }),
      // A switch of the SDK before this one.
      awsSdkConnectionReuse: false,
      bundling: {
        format: OutputFormat.ESM,
        target: bundling.target,
        minify: bundling.minify,
        logLevel: LogLevel.WARNING,
        sourceMap: bundling.sourcemap,
        mainFields: bundling.mainFields,
        externalModules: bundling.external,
        banner: bundling.banner.js,
        // The property of this name never reaches esbuild (CDK 2.276).
        esbuildArgs: { '--charset': bundling.charset },
        commandHooks: {
          beforeInstall: () => [],
          beforeBundling: () => [],
          afterBundling: (from, to) => [
            ...Object.entries(files).map(([name, path]) => `cp "${resolve(from, path)}" "${to}/${name}"`),
            ...(props.withEngine === true ? [engineInto(to)] : []),
          ],
        },
      },
    });
    this.mayDo({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [this.log.logGroupArn] });
    Validations.of(this).acknowledge(
      {
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason:
          'xray:PutTraceSegments and xray:PutTelemetryRecords, which Lambda’s tracing needs, know no resources.',
      },
      {
        id: 'Serverless-LambdaDLQ',
        reason:
          deadLetters === undefined
            ? 'Called synchronously only: the caller is told of a failure, and no event waits.'
            : 'A failed run goes to the same kind of queue as the failure destination, with the reason, which a dead-letter configuration leaves out.',
      },
    );
  }

  /** Tells the function the name of something it uses. */
  learns(setting: Setting, value: string): void {
    this.lambda.addEnvironment(settingNames[setting], value);
  }

  /** Lets the function do this; never with a wildcard other than the end of a key prefix. */
  mayDo(statement: PolicyStatementProps): void {
    this.lambda.addToRolePolicy(new PolicyStatement(statement));
  }
}
