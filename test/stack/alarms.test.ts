import { FirehoseClient } from '@aws-sdk/client-firehose';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { drain } from '../../src/aws/drain.ts';
import { openCloudLog } from '../../src/aws/log.ts';
import { routes } from '../../src/routes.ts';
import { noWait, random } from '../aws/lake.ts';
import { matches } from './filter-pattern.ts';
import { synthesized } from './synth.ts';

const { template } = synthesized();

const dimension = z.object({ Name: z.string(), Value: z.unknown() });
const alarmShape = z.object({
  Properties: z.object({
    Namespace: z.string(),
    MetricName: z.string(),
    Dimensions: z.array(dimension).default([]),
  }),
});
const transformation = z.object({
  MetricNamespace: z.string(),
  MetricName: z.string(),
  MetricValue: z.string(),
});
const filterShape = z.object({
  Properties: z.object({
    LogGroupName: z.unknown(),
    FilterPattern: z.string(),
    MetricTransformations: z.tuple([transformation]),
  }),
});

/** The one resource of a type whose id has this in it. */
const one = (
  type: string,
  part = '',
): readonly [id: string, properties: Readonly<Record<string, unknown>>] => {
  const [found, ...more] = Object.entries(template.findResources(type)).filter(([id]) => id.includes(part));
  if (found === undefined || more.length > 0) throw new Error(`there is not one ${type} ${part}`);
  return [found[0], z.object({ Properties: z.record(z.string(), z.unknown()) }).parse(found[1]).Properties];
};
const alarmed = (name: string) => {
  const [, properties] = one('AWS::CloudWatch::Alarm', `Watch${name}`);
  const { Namespace, MetricName, Dimensions } = alarmShape.parse({ Properties: properties }).Properties;
  return {
    Namespace,
    MetricName,
    Dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
  };
};
const filters = Object.values(template.findResources('AWS::Logs::MetricFilter')).map(
  (found) => filterShape.parse(found).Properties,
);

/** The filter whose count an alarm looks at. */
const counting = (alarm: string) => {
  const { Namespace, MetricName, Dimensions } = alarmed(alarm);
  const [filter, ...more] = filters.filter(
    ({ MetricTransformations: [to] }) => to.MetricNamespace === Namespace && to.MetricName === MetricName,
  );
  if (filter === undefined || more.length > 0)
    throw new Error(`not one filter counts what ${alarm} looks at`);
  // Such a filter counts without dimensions, and an alarm that named some would see nothing.
  expect([Dimensions, filter.MetricTransformations[0].MetricValue]).toEqual([{}, '1']);
  return filter;
};

describe('an alarm on a log looks at what a filter counts in the log that is written', () => {
  const [, stage] = one('AWS::ApiGateway::Stage');
  const { DestinationArn: destination, Format: format } = z
    .object({ DestinationArn: z.unknown(), Format: z.string() })
    .parse(stage.AccessLogSetting);
  /** A line as the gateway writes it: each variable in its place, text that is not known empty. */
  const line = (known: Readonly<Record<string, string>>): string =>
    format.replace(/\$context(\.\w+)+/g, (name) => known[name] ?? '-');
  const answered = (path: string, status: number) =>
    line({ '$context.resourcePath': path, '$context.status': String(status) });
  const ingests = routes.filter(({ door }) => door === 'collect').map(({ path }) => path);
  const others = routes.filter(({ door }) => door !== 'collect').map(({ path }) => path);

  test.each(['IngestErrors', 'Throttles'])('%s: the gateway’s own access log', (alarm) => {
    const [group] = one('AWS::Logs::LogGroup', 'Api');
    expect(counting(alarm).LogGroupName).toEqual({ Ref: group });
    expect(JSON.stringify(destination)).toContain(JSON.stringify({ Ref: group }));
  });

  test.each(ingests)('IngestErrors counts a failed POST %s, and no answer that is none', (path) => {
    const { FilterPattern: pattern } = counting('IngestErrors');
    expect([500, 502, 503, 504].map((status) => matches(pattern, answered(path, status)))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([200, 202, 400, 401, 429].some((status) => matches(pattern, answered(path, status)))).toBe(false);
  });

  test.each(others)('IngestErrors counts nothing of %s, where no events come in', (path) => {
    expect(matches(counting('IngestErrors').FilterPattern, answered(path, 502))).toBe(false);
  });

  test('Throttles counts each 429, on every route and on none', () => {
    const { FilterPattern: pattern } = counting('Throttles');
    expect([...ingests, ...others, ''].every((path) => matches(pattern, answered(path, 429)))).toBe(true);
    expect(matches(pattern, answered('/v1/track', 202))).toBe(false);
  });

  test('SpillNotEmpty: the drain’s log, each run that found something, and none that did not', async () => {
    const [group] = one('AWS::Logs::LogGroup', 'Drain');
    const { LogGroupName, FilterPattern: pattern } = counting('SpillNotEmpty');
    expect(LogGroupName).toEqual({ Ref: group });
    expect(one('AWS::Lambda::Function', 'Drain')[1].LoggingConfig).toMatchObject({
      LogGroup: { Ref: group },
    });
    const lines: string[] = [];
    const log = openCloudLog((text) => lines.push(text), Date.now);
    const stored = new Map([['2026-03-01T00:00:00.000Z-r1.ndjson.gz', new Uint8Array([1, 2, 3])]]);
    const never = () => Promise.reject(new Error('nothing is written'));
    const spill = {
      list: async () => [...stored.keys()],
      get: async (name: string) => stored.get(name),
      put: never,
      delete: never,
      deleteAll: async () => {},
    };
    const stream = {
      client: new FirehoseClient({ region: 'eu-west-1' }),
      name: 'events',
      random,
      wait: noWait(),
    };
    expect(await drain({ stream, spill, log, clock: Date.now })).toEqual({ delivered: 0, left: 1 });
    expect(lines.filter((text) => matches(pattern, text))).toHaveLength(1);
    lines.length = 0;
    stored.clear();
    await drain({ stream, spill, log, clock: Date.now });
    expect(lines).toEqual([]);
  });
});

describe('an alarm on a service’s own metric names the metric, and the thing of ours, as that service does', () => {
  const ref = (type: string, part = '') => ({ Ref: one(type, part)[0] });

  // The sources stand below https://docs.aws.amazon.com/.
  test.each<
    readonly [
      alarm: string,
      namespace: string,
      metric: string,
      of: () => Readonly<Record<string, unknown>>,
      source: string,
    ]
  >([
    [
      'FirehoseLate',
      'AWS/Firehose',
      'DeliveryToS3.DataFreshness',
      () => ({ DeliveryStreamName: ref('AWS::KinesisFirehose::DeliveryStream') }),
      'firehose/latest/dev/monitoring-with-cloudwatch-metrics.html',
    ],
    [
      'ConversionErrors',
      'AWS/Firehose',
      'FailedConversion.Records',
      () => ({ DeliveryStreamName: ref('AWS::KinesisFirehose::DeliveryStream') }),
      'firehose/latest/dev/monitoring-with-cloudwatch-metrics.html',
    ],
    [
      'AthenaFailures',
      'AWS/Athena',
      'TotalExecutionTime',
      () => ({ WorkGroup: one('AWS::Athena::WorkGroup')[1].Name, QueryState: 'FAILED', QueryType: 'DML' }),
      'athena/latest/ug/query-metrics-viewing.html',
    ],
    [
      'AskedTooMuch',
      'AWS/Athena',
      'ProcessedBytes',
      () => ({ WorkGroup: one('AWS::Athena::WorkGroup')[1].Name }),
      'athena/latest/ug/workgroups-setting-control-limits-cloudwatch.html',
    ],
    [
      'ServerErrors',
      'AWS/ApiGateway',
      '5XXError',
      () => ({ ApiName: one('AWS::ApiGateway::RestApi')[1].Name, Stage: ref('AWS::ApiGateway::Stage') }),
      'apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html',
    ],
    [
      'DeadLetters',
      'AWS/SQS',
      'ApproximateNumberOfMessagesVisible',
      () => ({ QueueName: { 'Fn::GetAtt': [one('AWS::SQS::Queue', 'DeadLetters')[0], 'QueueName'] } }),
      'AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html',
    ],
  ])('%s: %s %s', (alarm, Namespace, MetricName, of) => {
    expect(alarmed(alarm)).toEqual({ Namespace, MetricName, Dimensions: of() });
  });

  test('and Athena publishes at all, which it does only for a workgroup that says so', () => {
    expect(one('AWS::Athena::WorkGroup')[1].WorkGroupConfiguration).toMatchObject({
      PublishCloudWatchMetricsEnabled: true,
    });
  });

  test('every alarm is one of these', () => {
    template.resourceCountIs('AWS::CloudWatch::Alarm', 9);
  });
});
