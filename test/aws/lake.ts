import {
  FirehoseClient,
  PutRecordBatchCommand,
  type PutRecordBatchCommandInput,
} from '@aws-sdk/client-firehose';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { mockClient } from 'aws-sdk-client-mock';
import { openDelivered } from '../../src/aws/delivered.ts';
import { openCloudEngine } from '../../src/aws/engine.ts';
import { prefixes } from '../../src/aws/settings.ts';
import { openCloudSink } from '../../src/aws/sink.ts';
import { openCloudStore } from '../../src/aws/store.ts';
import { wait } from '../../src/aws/surroundings.ts';
import type { Wait } from '../../src/aws/upstream.ts';
import { columnNames, columns } from '../../src/events/columns.ts';
import { definitions } from '../../src/local/parquet/relations.ts';
import { prelude } from '../../src/local/query/prelude.ts';
import type { Engine, Log, Sink } from '../../src/ports.ts';
import type { OpenSink } from '../contracts/sink.ts';
import { earliestDay } from '../worlds/day.ts';
import { openAthena } from './athena.ts';
import { openBucket } from './bucket.ts';

export const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} };
export const random = (n: number): Uint8Array => new Uint8Array(n).fill(128);
/** Waits no time at all; what was asked for is in `waited`. */
export const noWait = (): Wait & { readonly waited: number[] } => {
  const waited: number[] = [];
  return Object.assign(async (ms: number) => void waited.push(ms), { waited });
};

/** The texts of the documents in a call’s records. */
export const documentsIn = ({ Records = [] }: Partial<PutRecordBatchCommandInput>): readonly string[] =>
  Records.flatMap(({ Data }) =>
    Buffer.from(Data ?? [])
      .toString()
      .split('\n')
      .filter((line) => line !== ''),
  );

/** Sink and engine of the cloud as the contract suites open them: made again where a process would start anew. */
export const overRaw = (sink: () => Sink, engine: () => Engine, close: () => Promise<void>): OpenSink => {
  let on = { sink: sink(), engine: engine() };
  return {
    lake: 'raw',
    sink: () => on.sink,
    engine: () => on.engine,
    reopen: async () => {
      on = { sink: sink(), engine: engine() };
    },
    // Nothing to do in the background, but others get their turn.
    settle: () => new Promise((done) => setImmediate(done)),
    close,
  };
};

/** Our sink and engine over a Firehose, a bucket and an Athena that are DuckDB and memory behind the SDK’s clients: what is delivered is there at once, twice where it has no id. */
export const openCloudLake = async () => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  await connection.run(`create table events (${definitions.text}, dt varchar)`);
  for (const statement of prelude) await connection.run(statement);
  const bucket = openBucket();
  const athena = openAthena(instance);
  const firehose = new FirehoseClient({ region: 'eu-west-1' });
  const mock = mockClient(firehose);
  mock.on(PutRecordBatchCommand).callsFake(async (call: PutRecordBatchCommandInput) => {
    await deliver(connection, documentsIn(call));
    bucket.put(`${prefixes.raw}dt=${new Date().toISOString().slice(0, 10)}/${bucket.objects.size}.parquet`);
    return {
      FailedPutCount: 0,
      RequestResponses: (call.Records ?? []).map((_, i) => ({ RecordId: String(i) })),
    };
  });
  const sink = () =>
    openCloudSink({
      stream: { client: firehose, name: 'events', random, wait: noWait() },
      spill: openCloudStore({ client: bucket.client, bucket: 'lake', prefix: prefixes.spill }),
      log: quiet,
    });
  const engine = () =>
    openCloudEngine({
      client: athena.client,
      workgroup: 'questions',
      database: 'millimetric',
      delivered: openDelivered({ client: bucket.client, bucket: 'lake', clock: Date.now }),
      clock: Date.now,
      random,
      wait: (ms, signal) => wait(ms / 50, signal),
      log: quiet,
    });
  const close = async () => {
    connection.closeSync();
    instance.closeSync();
  };
  return { ...overRaw(sink, engine, close), athena, bucket, firehose: mock };
};

/** What Firehose’s conversion makes of documents: rows by the names and types of the table, what is missing null, some of them twice, filed under the earliest day possible. */
const deliver = async (connection: DuckDBConnection, documents: readonly string[]): Promise<void> => {
  const parsed: readonly Record<string, unknown>[] = documents.map((text) => JSON.parse(text));
  const rows = parsed.map((row) => ({
    ...row,
    dt: earliestDay({ received_at: Date.parse(`${String(row.received_at).replace(' ', 'T')}Z`) }),
  }));
  const delivered = [...rows, ...parsed.flatMap((row, i) => (row.event_id === undefined ? [rows[i]] : []))];
  const cells = columnNames.map(
    (column) =>
      `cast(json_extract_string(r, '$.${column}') as ${columns[column].type === 'timestamp(3)' ? 'timestamp' : columns[column].type})`,
  );
  await connection.run(
    `insert into main.events select ${cells.join(', ')}, json_extract_string(r, '$.dt') from (select unnest(from_json($1, '["json"]')) as r) as given`,
    [JSON.stringify(delivered)],
  );
};
