import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { synthesized } from './synth.ts';

const { template } = synthesized();

/** Alarm, its metric, from which value on, for how many periods, of how many seconds where not five minutes. */
const alarms: readonly (readonly [string, string, string, number, number, seconds?: number])[] = [
  ['IngestErrors', 'FailedIngests', 'Sum', 1, 1],
  ['FirehoseLate', 'DeliveryToS3.DataFreshness', 'Maximum', 121, 2],
  ['ConversionErrors', 'FailedConversion.Records', 'Sum', 1, 1],
  ['SpillNotEmpty', 'DrainsWithSpill', 'Sum', 1, 3],
  ['AthenaFailures', 'TotalExecutionTime', 'SampleCount', 3, 1],
  ['AskedTooMuch', 'ProcessedBytes', 'Sum', 200e9, 1, 3600],
  ['Throttles', 'ThrottledRequests', 'Sum', 10, 1],
  ['ServerErrors', '5XXError', 'Sum', 5, 1],
  ['DeadLetters', 'ApproximateNumberOfMessagesVisible', 'Maximum', 1, 1],
];

describe('somebody hears', () => {
  test.each(alarms.map(([...alarm]) => ({ alarm })))(
    'of $alarm.0',
    ({ alarm: [name, MetricName, Statistic, Threshold, EvaluationPeriods, Period = 300] }) => {
      const [found] = Object.entries(template.findResources('AWS::CloudWatch::Alarm')).filter(([id]) =>
        id.includes(name),
      );
      expect(found?.[1].Properties).toMatchObject({
        MetricName,
        Statistic,
        Threshold,
        EvaluationPeriods,
        Period,
        TreatMissingData: 'notBreaching',
      });
      expect(found?.[1].Properties.AlarmDescription.length).toBeGreaterThan(60);
    },
  );

  test('of nothing else, so that watching stays within what CloudWatch gives for nothing', () => {
    template.resourceCountIs('AWS::CloudWatch::Alarm', alarms.length);
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
  });

  test('by e-mail where an address is given; CloudWatch alone may publish', () => {
    const told = synthesized({ alarmsTo: 'ops@example.com' }).template;
    told.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'ops@example.com' });
    told.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
          }),
        ]),
      },
    });
    for (const { Properties } of Object.values(told.findResources('AWS::CloudWatch::Alarm')))
      expect(Properties.AlarmActions).toHaveLength(1);
    template.resourceCountIs('AWS::SNS::Topic', 0);
  });
});

test('failed requests are counted from the access log on every route events come in by, throttled ones on all', () => {
  const filter = (MetricName: string, FilterPattern: string) =>
    template.hasResourceProperties('AWS::Logs::MetricFilter', {
      FilterPattern,
      MetricTransformations: [Match.objectLike({ MetricName, MetricValue: '1' })],
    });
  const routes = [
    ...['/v1/track', '/v1/batch', '/v1/identify', '/v1/beacon', '/in/{proxy+}'],
    ...['/api/event', '/api/send', '/api/batch', '/matomo.php', '/piwik.php', '/2/httpapi'],
  ]
    .map((path) => `($.route = "${path}")`)
    .join(' || ');
  filter('FailedIngests', `{ ($.status = "5*") && (${routes}) }`);
  filter('ThrottledRequests', '{ $.status = "429" }');
  filter('DrainsWithSpill', '{ $.message = "drained" }');
});

test('the drain runs every five minutes, is not run twice at once, and what fails is kept', () => {
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'rate(5 minutes)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: Match.objectLike({ DeadLetterConfig: { Arn: Match.anyValue() } }),
  });
  template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
    MaximumRetryAttempts: 0,
    DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
  });
  template.hasResourceProperties('AWS::Lambda::Function', { Timeout: 280 });
  template.hasResourceProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
});
