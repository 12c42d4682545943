import {
  CloudWatchClient,
  DescribeAlarmsForMetricCommand,
  type MetricAlarm,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';

type Dimensions = Readonly<Record<string, string>>;

const client = new CloudWatchClient({});
const listed = (dimensions: Dimensions) =>
  Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));

/** The alarm that looks at this very metric, if one does. */
export const alarmOf = async (
  Namespace: string,
  MetricName: string,
  dimensions: Dimensions = {},
): Promise<MetricAlarm | undefined> => {
  const { MetricAlarms: all = [] } = await client.send(
    new DescribeAlarmsForMetricCommand({ Namespace, MetricName, Dimensions: listed(dimensions) }),
  );
  return all[0];
};

/** Writes what a service of AWS, or a metric filter, would have counted. */
export const count = async (
  Namespace: string,
  MetricName: string,
  dimensions: Dimensions,
  Value: number,
): Promise<void> => {
  await client.send(
    new PutMetricDataCommand({
      Namespace,
      MetricData: [{ MetricName, Dimensions: listed(dimensions), Value }],
    }),
  );
};
