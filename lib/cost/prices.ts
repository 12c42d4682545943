/** What AWS asks for one thing. */
export interface Price {
  readonly service: string;
  /** What one unit is. */
  readonly unit: string;
  /** Dollars a unit, and up to how many units a month that holds; the last step has no end. */
  readonly steps: readonly { readonly dollars: number; readonly upTo?: number }[];
  /** Units a month that every account gets for nothing, for ever; what is free only in an account’s first year does not count. */
  readonly free?: number;
  readonly source: string;
}

/** The prices below: list prices in dollars, on demand, of this region, on this day. */
export const priceList = { region: 'us-east-1', on: '2026-11-21' } as const;

const million = 1e6;
const tb = 1024;
const each = (dollars: number) => [{ dollars }];
const pages = 'https://aws.amazon.com';

/** Every price a bill of ours is made of. GB is 2³⁰ bytes, as AWS bills; Athena’s TB is taken as 10¹² bytes, which is the dearer reading. */
export const prices = {
  apiRequest: {
    service: 'API Gateway',
    unit: 'request',
    steps: [
      { dollars: 3.5 / million, upTo: 333 * million },
      { dollars: 2.8 / million, upTo: 1000 * million },
      { dollars: 2.38 / million, upTo: 20_000 * million },
      { dollars: 1.51 / million },
    ],
    source: `${pages}/api-gateway/pricing/`,
  },
  lambdaRun: {
    service: 'Lambda',
    unit: 'run',
    steps: each(0.2 / million),
    free: million,
    source: `${pages}/lambda/pricing/`,
  },
  lambdaTime: {
    service: 'Lambda',
    unit: 'GB-second (ARM)',
    steps: each(0.0000133334),
    free: 400_000,
    source: `${pages}/lambda/pricing/`,
  },
  firehoseIn: {
    service: 'Firehose',
    unit: 'GB taken, each record rounded up to 5 KB',
    steps: [{ dollars: 0.029, upTo: 500 * tb }, { dollars: 0.025, upTo: 2_000 * tb }, { dollars: 0.02 }],
    source: `${pages}/firehose/pricing/`,
  },
  firehoseParquet: {
    service: 'Firehose',
    unit: 'GB converted, rounded likewise',
    steps: each(0.018),
    source: `${pages}/firehose/pricing/`,
  },
  s3Kept: {
    service: 'S3',
    unit: 'GB kept a month',
    steps: [{ dollars: 0.023, upTo: 50 * tb }, { dollars: 0.022, upTo: 500 * tb }, { dollars: 0.021 }],
    source: `${pages}/s3/pricing/`,
  },
  s3Write: { service: 'S3', unit: 'PUT or LIST', steps: each(0.005 / 1000), source: `${pages}/s3/pricing/` },
  s3Read: { service: 'S3', unit: 'GET', steps: each(0.0004 / 1000), source: `${pages}/s3/pricing/` },
  athenaRead: {
    service: 'Athena',
    unit: 'byte read, 10 MB a question at least',
    steps: each(5 / 1e12),
    source: `${pages}/athena/pricing/`,
  },
  dynamoRead: {
    service: 'DynamoDB',
    unit: 'read unit',
    steps: each(0.125 / million),
    source: `${pages}/dynamodb/pricing/on-demand/`,
  },
  dynamoWrite: {
    service: 'DynamoDB',
    unit: 'write unit',
    steps: each(0.625 / million),
    source: `${pages}/dynamodb/pricing/on-demand/`,
  },
  secretKept: {
    service: 'Secrets Manager',
    unit: 'secret a month',
    steps: each(0.4),
    source: `${pages}/secrets-manager/pricing/`,
  },
  secretRead: {
    service: 'Secrets Manager',
    unit: 'call',
    steps: each(0.05 / 10_000),
    source: `${pages}/secrets-manager/pricing/`,
  },
  logIn: {
    service: 'CloudWatch',
    unit: 'GB logged',
    steps: each(0.5),
    free: 5,
    source: `${pages}/cloudwatch/pricing/`,
  },
  logKept: {
    service: 'CloudWatch',
    unit: 'GB of log kept a month',
    steps: each(0.03),
    source: `${pages}/cloudwatch/pricing/`,
  },
  alarm: {
    service: 'CloudWatch',
    unit: 'alarm a month',
    steps: each(0.1),
    free: 10,
    source: `${pages}/cloudwatch/pricing/`,
  },
  dashboard: {
    service: 'CloudWatch',
    unit: 'dashboard a month',
    steps: each(3),
    free: 3,
    source: `${pages}/cloudwatch/pricing/`,
  },
  trace: {
    service: 'X-Ray',
    unit: 'trace recorded',
    steps: each(5 / million),
    free: 100_000,
    source: `${pages}/xray/pricing/`,
  },
  schedule: {
    service: 'EventBridge Scheduler',
    unit: 'run started',
    steps: each(1 / million),
    free: 14 * million,
    source: `${pages}/eventbridge/pricing/`,
  },
  glueCall: {
    service: 'Glue',
    unit: 'look into the catalog',
    steps: each(1 / million),
    free: million,
    source: `${pages}/glue/pricing/`,
  },
  sent: {
    service: 'Data transfer',
    unit: 'GB sent out',
    steps: [
      { dollars: 0.09, upTo: 10 * tb },
      { dollars: 0.085, upTo: 50 * tb },
      { dollars: 0.07, upTo: 150 * tb },
      { dollars: 0.05 },
    ],
    free: 100,
    source: `${pages}/ec2/pricing/on-demand/`,
  },
  firewallKept: { service: 'WAF', unit: 'web ACL a month', steps: each(5), source: `${pages}/waf/pricing/` },
  firewallRule: { service: 'WAF', unit: 'rule a month', steps: each(1), source: `${pages}/waf/pricing/` },
  firewallRequest: {
    service: 'WAF',
    unit: 'request',
    steps: each(0.6 / million),
    source: `${pages}/waf/pricing/`,
  },
} as const satisfies Record<string, Price>;

/** Something AWS asks money for. */
export type Priced = keyof typeof prices;

/** What so many units a month cost, dollars. */
export const dollarsFor = ({ steps }: Price, units: number): number => {
  let from = 0;
  let dollars = 0;
  for (const { dollars: each, upTo = Number.POSITIVE_INFINITY } of steps) {
    dollars += Math.max(0, Math.min(units, upTo) - from) * each;
    from = upTo;
  }
  return dollars;
};
