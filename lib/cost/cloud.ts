import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import * as z from 'zod';
import config from '../../cdk.json' with { type: 'json' };
import { type MillimetricProps, MillimetricStack } from '../stack.ts';

/** What the stack itself decides of a bill, read off its template. */
export interface Cloud {
  /** Each function’s memory, MiB. */
  readonly memoryMiB: Readonly<Record<(typeof doors)[number], number>>;
  /** How long the gateway keeps a verdict about a key. */
  readonly verdictSeconds: number;
  /** When Firehose writes a file: after so long, or so much. */
  readonly bufferSeconds: number;
  readonly bufferMiB: number;
  readonly drainEverySeconds: number;
  /** The line of the access log, with `$context.…` where values go. */
  readonly accessLog: string;
  /** Which of its requests the gateway has X-Ray record: so many of each second’s first, and that share of the others. */
  readonly traces: { readonly eachSecond: number; readonly share: number };
  readonly drainTraced: boolean;
  /** The most a question may read, bytes. */
  readonly cutoffBytes: number;
  /** The first day that Athena looks for when a question wants all there are. */
  readonly firstDay: string;
  readonly secrets: number;
  readonly alarms: number;
  readonly dashboards: number;
  /** Undefined without a firewall. */
  readonly firewallRules: number | undefined;
}

const doors = ['authorizer', 'collect', 'mcp', 'site', 'drain'] as const;
const resources = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() }),
  ),
});
const stage = z.object({ TracingEnabled: z.boolean(), AccessLogSetting: z.object({ Format: z.string() }) });
const stream = z.object({
  ExtendedS3DestinationConfiguration: z.object({
    BufferingHints: z.object({ IntervalInSeconds: z.number(), SizeInMBs: z.number() }),
  }),
});
const sampling = z.object({ SamplingRule: z.object({ ReservoirSize: z.number(), FixedRate: z.number() }) });
const lambda = z.object({ MemorySize: z.number(), TracingConfig: z.object({ Mode: z.string() }) });
const authorizer = z.object({ AuthorizerResultTtlInSeconds: z.number() });
const schedule = z.object({ ScheduleExpression: z.templateLiteral(['rate(', z.number(), ' minutes)']) });
const workgroup = z.object({ WorkGroupConfiguration: z.object({ BytesScannedCutoffPerQuery: z.number() }) });
const table = z.object({
  TableInput: z.object({ Parameters: z.object({ 'projection.dt.range': z.string() }) }),
});
const acl = z.object({ Rules: z.array(z.unknown()) });

/** The template of the stack with these settings. Nothing is bundled. */
export const templateOf = (props: MillimetricProps = {}): unknown => {
  const outdir = mkdtempSync(join(tmpdir(), 'millimetric-template-'));
  try {
    const context = { ...config.context, 'aws:cdk:bundling-stacks': [] };
    const app = new App({
      outdir,
      context,
      builtinCloudFormationValidation: false,
      analyticsReporting: false,
    });
    const stack = new MillimetricStack(app, 'Millimetric', props);
    return app.synth().getStackByName(stack.stackName).template;
  } finally {
    rmSync(outdir, { recursive: true });
  }
};

/** A template of the stack as a bill sees it. */
export const cloudOf = (template: unknown): Cloud => {
  const all = Object.entries(resources.parse(template).Resources);
  const of = (type: string) => all.filter(([, { Type }]) => Type === type);
  const first = <T>(type: string, shape: z.ZodType<T>): T => shape.parse(of(type)[0]?.[1].Properties);
  const door = (name: string) => {
    const found = of('AWS::Lambda::Function').find(([id]) =>
      new RegExp(`(?:Doors${name}|${name}Door)Function`, 'i').test(id),
    );
    return lambda.parse(found?.[1].Properties);
  };
  const memory = (name: string): number => door(name).MemorySize;
  const { TracingEnabled: traced, AccessLogSetting } = first('AWS::ApiGateway::Stage', stage);
  const { ReservoirSize: eachSecond, FixedRate: share } = first(
    'AWS::XRay::SamplingRule',
    sampling,
  ).SamplingRule;
  const { BufferingHints } = first(
    'AWS::KinesisFirehose::DeliveryStream',
    stream,
  ).ExtendedS3DestinationConfiguration;
  const [firewall] = of('AWS::WAFv2::WebACL');
  return {
    memoryMiB: {
      authorizer: memory('authorizer'),
      collect: memory('collect'),
      mcp: memory('mcp'),
      site: memory('site'),
      drain: memory('drain'),
    },
    verdictSeconds: first('AWS::ApiGateway::Authorizer', authorizer).AuthorizerResultTtlInSeconds,
    bufferSeconds: BufferingHints.IntervalInSeconds,
    bufferMiB: BufferingHints.SizeInMBs,
    drainEverySeconds:
      60 *
      Number.parseInt(
        first('AWS::Scheduler::Schedule', schedule).ScheduleExpression.slice('rate('.length),
        10,
      ),
    accessLog: AccessLogSetting.Format,
    traces: traced ? { eachSecond, share } : { eachSecond: 0, share: 0 },
    drainTraced: door('drain').TracingConfig.Mode === 'Active',
    cutoffBytes: first('AWS::Athena::WorkGroup', workgroup).WorkGroupConfiguration.BytesScannedCutoffPerQuery,
    firstDay:
      first('AWS::Glue::Table', table).TableInput.Parameters['projection.dt.range'].split(',')[0] ?? '',
    secrets: of('AWS::SecretsManager::Secret').length,
    alarms: of('AWS::CloudWatch::Alarm').length,
    dashboards: of('AWS::CloudWatch::Dashboard').length,
    firewallRules: firewall && acl.parse(firewall[1].Properties).Rules.length,
  };
};
