import { type FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import type { World } from '../ports.ts';
import { nameOf, type Wait } from './upstream.ts';

/** A Firehose stream and what trying again needs. */
export interface Stream {
  /** Tries each call once: trying again is decided here, record by record. */
  readonly client: FirehoseClient;
  readonly name: string;
  readonly random: World['random'];
  readonly wait: Wait;
}

/** What the stream did not take, and the words AWS had for it. */
export interface Undelivered {
  readonly records: readonly Uint8Array[];
  readonly reasons: readonly string[];
}

const callRecords = 500;
const callBytes = 4 * 1024 * 1024;
const tries = 3;
/** The first pause is at most this long, each next twice as long; how much of it is left to chance. */
const pauseMs = 100;

/** Hands records to the stream, in calls of at most 500 records and 4 MiB; what a call refuses is tried again, alone, up to three times. Never rejects. */
export const deliver = async (stream: Stream, records: readonly Uint8Array[]): Promise<Undelivered> => {
  const left = await Promise.all(calls(records).map((call) => attempt(stream, call, 1)));
  return {
    records: left.flatMap((each) => each.records),
    reasons: [...new Set(left.flatMap((each) => each.reasons))],
  };
};

const attempt = async (
  stream: Stream,
  records: readonly Uint8Array[],
  turn: number,
): Promise<Undelivered> => {
  const refused = await put(stream, records);
  if (refused.records.length === 0 || turn === tries) return refused;
  const [chance = 0] = stream.random(1);
  await stream.wait((chance / 255) * pauseMs * 2 ** (turn - 1));
  return attempt(stream, refused.records, turn + 1);
};

const put = async ({ client, name }: Stream, records: readonly Uint8Array[]): Promise<Undelivered> => {
  try {
    const call = new PutRecordBatchCommand({
      DeliveryStreamName: name,
      Records: records.map((Data) => ({ Data })),
    });
    const { FailedPutCount = 0, RequestResponses = [] } = await client.send(call);
    if (FailedPutCount === 0) return { records: [], reasons: [] };
    // Answers stand in the order of the records; one without a record id was not taken.
    const refused = records.flatMap((record, i) =>
      RequestResponses[i]?.RecordId === undefined
        ? [{ record, reason: RequestResponses[i]?.ErrorCode ?? 'unknown' }]
        : [],
    );
    return { records: refused.map(({ record }) => record), reasons: refused.map(({ reason }) => reason) };
  } catch (thrown) {
    // It may have been taken and only the answer lost: then it comes twice, and questions count it once.
    return { records, reasons: [nameOf(thrown)] };
  }
};

const calls = (records: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] => {
  const all: Uint8Array[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const record of records) {
    const last = all.at(-1);
    if (last === undefined || last.length === callRecords || bytes + record.length > callBytes) {
      all.push([record]);
      bytes = record.length;
    } else {
      last.push(record);
      bytes += record.length;
    }
  }
  return all;
};
