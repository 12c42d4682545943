import { pepperKeepsMs } from '../../src/aws/pepper.ts';
import type { Cloud } from './cloud.ts';
import { habits } from './habits.ts';
import { type Flow, flowOf, gb, gbSeconds, type Line, type Load, logGb, renewals, traced } from './load.ts';
import type { Priced } from './prices.ts';
import { pagesOfDay, type Reading, readingsOf } from './reading.ts';

type Counted = readonly [price: Priced, what: string, units: number];
const days = habits.monthSeconds / 86_400;

/** All lines of a month’s bill, and what its questions read. */
export const linesOf = (
  cloud: Cloud,
  load: Load,
): { readonly lines: readonly Line[]; readonly readings: Readonly<Record<'usual' | 'funnel', Reading>> } => {
  const flow = flowOf(cloud, load);
  const readings = readingsOf(cloud, load, flow);
  const drains = habits.monthSeconds / cloud.drainEverySeconds;
  const all = flow.requests * (1 + load.preflights) + load.questions;
  const share = traced(cloud, all) / all;
  const under = (of: Line['of'], counted: readonly Counted[]): readonly Line[] =>
    counted.map(([price, what, units]) => ({ of, price, what, units }));
  return {
    lines: [
      ...under('events', takingIn(cloud, load, flow, share)),
      ...under('questions', answering(cloud, load, flow, readings, share)),
      ...under('standing', standing(cloud, drains)),
    ].filter(({ units }) => units > 0),
    readings,
  };
};

const takingIn = (
  cloud: Cloud,
  { preflights, months }: Load,
  { requests, billedBytes, files, storedBytes }: Flow,
  share: number,
): readonly Counted[] => {
  const verdicts = verdictsFor(cloud, requests);
  const gateway = requests * (1 + preflights);
  const logs = logGb(cloud, { gateway, runs: requests + verdicts, doors: requests });
  return [
    ['apiRequest', 'requests and preflights', gateway],
    ['lambdaRun', 'collect', requests],
    ['lambdaTime', 'collect', gbSeconds(requests, habits.collectMs, cloud.memoryMiB.collect)],
    ...judging(cloud, verdicts),
    ['dynamoRead', 'the day’s salt, once an instance', requests * habits.coldShare],
    // The item of an account’s month: up to 1 KB while it has a project or two.
    ['dynamoWrite', 'events counted', requests],
    ['firehoseIn', 'records', billedBytes / gb],
    ['firehoseParquet', 'records', billedBytes / gb],
    ['s3Write', 'files written', files],
    ['s3Kept', 'events', (storedBytes / gb) * months],
    ['logIn', 'requests', logs],
    ['logKept', 'requests', logs],
    ['trace', 'requests', gateway * share],
    ['sent', 'answers', (requests * habits.thanksBytes) / gb],
    ['firewallRequest', 'requests', cloud.firewallRules === undefined ? 0 : gateway],
  ];
};

const answering = (
  cloud: Cloud,
  { questions }: Load,
  { files }: Flow,
  { usual, funnel }: ReturnType<typeof readingsOf>,
  share: number,
): readonly Counted[] => {
  const verdicts = verdictsFor(cloud, questions);
  const both = (of: (reading: Reading) => number): number =>
    questions * ((1 - habits.funnelShare) * of(usual) + habits.funnelShare * of(funnel));
  const logs = logGb(cloud, { gateway: questions, runs: questions + verdicts, doors: questions, ours: 2 });
  return [
    ['apiRequest', 'questions through /mcp', questions],
    ['lambdaRun', 'mcp', questions],
    ['lambdaTime', 'mcp, waiting for Athena', gbSeconds(questions, habits.questionMs, cloud.memoryMiB.mcp)],
    ...judging(cloud, verdicts),
    // Counted before it is asked, and what it read afterwards.
    ['dynamoWrite', 'questions counted', questions * 2],
    ['athenaRead', 'bytes of the raw level', both(({ bytes }) => bytes)],
    ['s3Read', 'files, by Athena', both(({ gets }) => gets)],
    ['s3Write', 'names listed, by Athena', both(({ lists }) => lists)],
    [
      's3Write',
      'how far the lake has come: the day’s names, the first spilled',
      questions * (pagesOfDay(files) + 1),
    ],
    ['glueCall', 'questions', questions * habits.glueCalls],
    ['logIn', 'questions', logs],
    ['logKept', 'questions', logs],
    ['trace', 'questions', questions * share],
    ['sent', 'answers', (questions * habits.answerBytes) / gb],
    ['firewallRequest', 'questions', cloud.firewallRules === undefined ? 0 : questions],
  ];
};

const standing = (cloud: Cloud, drains: number): readonly Counted[] => {
  const logs = logGb(cloud, { gateway: 0, runs: drains, doors: 0 });
  return [
    ['secretKept', 'the pepper', cloud.secrets],
    ['alarm', 'alarms', cloud.alarms],
    ['dashboard', 'the dashboard', cloud.dashboards],
    ['schedule', 'the drain', drains],
    ['lambdaRun', 'the drain', drains],
    ['lambdaTime', 'the drain', gbSeconds(drains, habits.drainMs, cloud.memoryMiB.drain)],
    ['s3Write', 'is anything spilled?', drains],
    ['logIn', 'the drain', logs],
    ['logKept', 'the drain', logs],
    // Nothing before it decides, so Lambda does, which records the first run of each second.
    ['trace', 'the drain', cloud.drainTraced ? drains : 0],
    // One a day is made and one erased, in the table and in its index.
    ['dynamoWrite', 'salts', days * 4],
    ['firewallKept', 'the firewall', cloud.firewallRules === undefined ? 0 : 1],
    ['firewallRule', 'the firewall', cloud.firewallRules ?? 0],
  ];
};

const verdictsFor = ({ verdictSeconds }: Cloud, requests: number): number =>
  habits.senders * renewals(requests / habits.senders, verdictSeconds);

const judging = (cloud: Cloud, verdicts: number): readonly Counted[] => [
  ['lambdaRun', 'authorizer', verdicts],
  ['lambdaTime', 'authorizer', gbSeconds(verdicts, habits.authorizerMs, cloud.memoryMiB.authorizer)],
  // A read sees every write before it, so a key of up to 4 KB is one unit.
  ['dynamoRead', 'keys', verdicts],
  [
    'secretRead',
    'the pepper, every five minutes and at each start',
    renewals(verdicts, pepperKeepsMs / 1000) + verdicts * habits.coldShare,
  ],
];
