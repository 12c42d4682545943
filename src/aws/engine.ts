import {
  type AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  type StartQueryExecutionCommandInput,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import type { Answer, Engine, Log, Row, World } from '../ports.ts';
import type { Sql } from '../sql/sql.ts';
import type { Delivered } from './delivered.ts';
import { cellOf } from './engine-cells.ts';
import { calledInVain, longestText, refusalOf, tooLong, tooSlow } from './engine-refusals.ts';
import { nameOf, type Wait } from './upstream.ts';

interface EngineParts {
  readonly client: AthenaClient;
  readonly workgroup: string;
  readonly database: string;
  /** How far the lake has come. */
  readonly delivered: () => Promise<Delivered>;
  readonly clock: World['clock'];
  readonly random: World['random'];
  readonly wait: Wait;
  readonly log: Log;
}

/** Pauses between looks at a running question, ms; then the last one for ever. Most answers come within 1.5 to 4 s. */
const pauses = [100, 150, 250, 400, 600, 800] as const;
const minuteMs = 60_000;
const longestReuseMinutes = 60;

/**
 * Questions on Athena. An earlier result is taken again only if it was made after the newest file came, so it is never staler than a new one. A question that is out of time, or
 * whose caller left, is stopped before this rejects.
 */
export const openEngine = (parts: EngineParts): Engine => ({
  ask: async (question, _reads, { timeMs, signal }) => {
    const began = parts.clock();
    const cut = AbortSignal.timeout(timeMs);
    const ends = signal === undefined ? cut : AbortSignal.any([cut, signal]);
    try {
      if (Buffer.byteLength(question.text) > longestText) throw tooLong();
      // What came before the question starts is what it sees.
      const lake = await within(parts.delivered(), ends);
      const id = await start(parts, question, lake, ends);
      const { Statistics: { DataScannedInBytes: bytes = 0, ResultReuseInformation: reuse } = {} } = await finish(parts, id, ends);
      const rows = await rowsOf(parts, id, ends);
      const cost = { bytes, ms: parts.clock() - began, cached: reuse?.ReusedPreviousResult === true };
      return { rows, completeUntil: lake.completeUntil, cost, notes: lake.newest === undefined ? [nothingYet] : [] };
    } catch (thrown) {
      if (signal?.aborted === true) throw signal.reason;
      throw cut.aborted ? tooSlow(timeMs) : thrown;
    }
  },
});

const nothingYet = 'Nothing has been delivered to the lake yet: the first events are seen about two minutes after they were sent.';

const start = async (parts: EngineParts, question: Sql, lake: Delivered, ends: AbortSignal): Promise<string> => {
  ends.throwIfAborted();
  const { client, workgroup, database, random } = parts;
  const starting = called(
    client.send(
      new StartQueryExecutionCommand({
        QueryString: question.text,
        WorkGroup: workgroup,
        QueryExecutionContext: { Database: database },
        // The SDK may send it twice; Athena starts it once.
        ClientRequestToken: Buffer.from(random(16)).toString('hex'),
        ...reuseSince(lake, parts.clock()),
      }),
    ),
  ).then(({ QueryExecutionId: id = '' }) => id);
  return within(starting, ends).catch((thrown: unknown) => {
    if (ends.aborted) starting.then((id) => stop(parts, id)).catch(() => undefined);
    throw thrown;
  });
};

/** Results made since the newest file came, and a minute for the one that was being made just then, are as good as new. */
const reuseSince = ({ newest }: Delivered, now: number): Pick<StartQueryExecutionCommandInput, 'ResultReuseConfiguration'> => {
  const minutes = newest === undefined ? 0 : Math.min(longestReuseMinutes, Math.floor((now - newest) / minuteMs) - 1);
  return minutes < 1 ? {} : { ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes: minutes } } };
};

/** Waits for the end; whatever else happens, the question does not go on running. */
const finish = async (parts: EngineParts, id: string, ends: AbortSignal): Promise<QueryExecution> => {
  const execution = await ended(parts, id, ends).catch(async (thrown: unknown) => {
    await Promise.race([stop(parts, id), parts.wait(1_000)]);
    throw thrown;
  });
  const { Status: status = {}, Statistics: spent = {} } = execution;
  parts.log.info('question', {
    athena_id: id,
    state: status.State,
    bytes: spent.DataScannedInBytes,
    queue_ms: spent.QueryQueueTimeInMillis,
    planning_ms: spent.QueryPlanningTimeInMillis,
    engine_ms: spent.EngineExecutionTimeInMillis,
    reused: spent.ResultReuseInformation?.ReusedPreviousResult,
  });
  if (status.State !== 'SUCCEEDED') throw refusalOf(status);
  return execution;
};

const ended = async ({ client, wait }: EngineParts, id: string, ends: AbortSignal): Promise<QueryExecution> => {
  for (let turn = 0; ; turn++) {
    await wait(pauses[Math.min(turn, pauses.length - 1)] ?? 0, ends);
    const { QueryExecution: execution = {} } = await called(client.send(new GetQueryExecutionCommand({ QueryExecutionId: id }), { abortSignal: ends }));
    if (['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(execution.Status?.State ?? '')) return execution;
  }
};

const stop = async ({ client, log }: EngineParts, id: string): Promise<void> => {
  await client
    .send(new StopQueryExecutionCommand({ QueryExecutionId: id }))
    .catch((thrown: unknown) =>
      log.warn('a question could not be stopped; it runs on to its end or the workgroup’s limit', { athena_id: id, error: nameOf(thrown) }),
    );
};

const rowsOf = async ({ client }: EngineParts, id: string, ends: AbortSignal): Promise<Answer['rows']> => {
  const rows: Row[] = [];
  for (let page: string | undefined, first = true; first || page !== undefined; first = false) {
    const got = await called(client.send(new GetQueryResultsCommand({ QueryExecutionId: id, MaxResults: 1_000, NextToken: page }), { abortSignal: ends }));
    const columns = got.ResultSet?.ResultSetMetadata?.ColumnInfo ?? [];
    // The first row of the first page holds the names.
    for (const { Data = [] } of (got.ResultSet?.Rows ?? []).slice(first ? 1 : 0))
      rows.push(Object.fromEntries(columns.map(({ Name = '', Type = '' }, i) => [Name, cellOf(Data[i]?.VarCharValue, Type)])));
    page = got.NextToken;
  }
  return rows;
};

const called = <T>(sending: Promise<T>): Promise<T> =>
  sending.catch((thrown: unknown) => {
    throw calledInVain(thrown);
  });

/** Rejects as soon as the signal aborts, whatever becomes of the work. */
const within = <T>(work: Promise<T>, ends: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const abort = (): void => reject(ends.reason);
    ends.addEventListener('abort', abort, { once: true });
    if (ends.aborted) abort();
    work.then(resolve, reject).finally(() => ends.removeEventListener('abort', abort));
  });
