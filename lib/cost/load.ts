import { packed } from '../../src/aws/document.ts';
import type { Cloud } from './cloud.ts';
import { habits } from './habits.ts';
import type { Priced } from './prices.ts';

/** A month’s work. */
export interface Load {
  readonly events: number;
  /** An event as the JSON document that goes to Firehose, bytes. */
  readonly bytes: number;
  readonly perRequest: number;
  /** Preflights of browsers for each request. */
  readonly preflights: number;
  readonly questions: number;
  /** A question is about the last so many days. */
  readonly days: number;
  /** So many such months lie in the lake. */
  readonly months: number;
}

/** One line of a bill: so many units of something, for whose sake. */
export interface Line {
  readonly of: 'events' | 'questions' | 'standing';
  readonly price: Priced;
  readonly what: string;
  readonly units: number;
}

export const gb = 2 ** 30;
const firehoseStep = 5 * 1024;

/** How often something that is good for so long must be renewed, when it is wanted so many times a month at random: each renewal serves those who come while it is good. */
export const renewals = (wanted: number, goodForSeconds: number): number =>
  wanted / (1 + (wanted / habits.monthSeconds) * goodForSeconds);

/** What a month’s events are on their way and in the lake. */
export interface Flow {
  readonly requests: number;
  /** Bytes that Firehose bills. */
  readonly billedBytes: number;
  readonly files: number;
  /** What all files of a month weigh, bytes. */
  readonly storedBytes: number;
}

/** The flow of a load, its records made by the sink’s own packing. */
export const flowOf = ({ bufferSeconds, bufferMiB }: Cloud, { events, bytes, perRequest }: Load): Flow => {
  const requests = events / perRequest;
  const records = packed(Array<string>(perRequest).fill('x'.repeat(bytes))).map(({ length }) => length);
  const billed = records.reduce((sum, length) => sum + Math.ceil(length / firehoseStep) * firehoseStep, 0);
  const sent = records.reduce((sum, length) => sum + length, 0);
  const files = Math.max(renewals(requests, bufferSeconds), (requests * sent) / (bufferMiB * 2 ** 20));
  return {
    requests,
    billedBytes: requests * billed,
    files,
    storedBytes: events * bytes * habits.rowShare + files * habits.fileBytes,
  };
};

/** How many of so many requests X-Ray records. */
export const traced = ({ traces }: Pick<Cloud, 'traces'>, requests: number): number => {
  const first = Math.min(requests, traces.eachSecond * habits.monthSeconds);
  return first + (requests - first) * traces.share;
};

/** Time of a function as Lambda bills it, GB-seconds: its runs, and the starts among them. */
export const gbSeconds = (runs: number, ms: number, memoryMiB: number): number =>
  (runs * (ms + habits.coldShare * habits.coldMs) * memoryMiB) / 1000 / 1024;

/** GB of log: `gateway` requests with a line of the access log, `runs` with Lambda’s lines, `doors` with `ours` of our own. */
export const logGb = (
  cloud: Cloud,
  { gateway, runs, doors, ours = 1 }: { gateway: number; runs: number; doors: number; ours?: number },
): number => {
  const { platformLog, requestLog, logLineBytes, logValueBytes } = habits;
  const access = cloud.accessLog.replace(/\$context[\w.]+/g, 'x'.repeat(logValueBytes)).length + logLineBytes;
  const platform = platformLog.bytes + platformLog.lines * logLineBytes;
  const own = ours * (requestLog.bytes + requestLog.lines * logLineBytes);
  return (gateway * access + runs * platform + doors * own) / gb;
};
