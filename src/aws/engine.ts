import {
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecution,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import type { Answer, Engine, Limits, Log, Row } from '../ports.ts';
import { tooSlow } from '../serve/time-left.ts';
import type { Sql } from '../sql/sql.ts';
import { cellOf } from './engine-cells.ts';
import { called, executionProblem } from './engine-refusals.ts';
import { type StartParts, started } from './engine-start.ts';
import { type Execution, executionOf, ticketOf } from './engine-ticket.ts';
import { nameOf, type Wait } from './upstream.ts';

type EngineParts = Omit<StartParts, 'stop'> & { readonly wait: Wait; readonly log: Log };
type Parts = StartParts & EngineParts;

/** Pauses between looks at a running question, ms; then the last one for ever. Most answers come within 1.5 to 4 s. */
const pauses = [100, 150, 250, 400, 600, 800] as const;

/**
 * Questions on Athena. An earlier result is taken again only if it was made after the newest file came, so it is never staler than a new one. A question that nobody will come
 * back for is stopped before this rejects: its caller left, its time is over and it was not to run on, or its caller never learned that it runs.
 */
export const openCloudEngine = (given: EngineParts): Engine => {
  const parts: Parts = { ...given, stop: (id) => stop(given, id) };
  return {
    ask: async (question, _reads, limits) => {
      const answer = await answerTo(parts, question, limits, { runsOn: false });
      if ('ticket' in answer) throw tooSlow(limits.timeMs);
      return answer;
    },
    follow: (question, _reads, limits, ticket) => answerTo(parts, question, limits, { runsOn: true, ticket }),
  };
};

/** `runsOn`: out of time, there is a ticket; `ticket`: of the question that is waited for again. */
const answerTo = async (
  parts: Parts,
  question: Sql,
  { timeMs, signal }: Limits,
  { runsOn, ticket }: { readonly runsOn: boolean; readonly ticket?: string | undefined },
): Promise<Answer | { readonly ticket: string }> => {
  const cut = AbortSignal.timeout(timeMs);
  const ends = signal === undefined ? cut : AbortSignal.any([cut, signal]);
  const left = (): boolean => signal?.aborted === true;
  let execution: Execution | undefined;
  try {
    execution =
      ticket === undefined
        ? await started(parts, question, ends)
        : await executionOf(parts, question, ticket, ends);
    const { id, began, completeUntil } = execution;
    const willBeFetched = (): boolean => runsOn && !left() && (cut.aborted || ticket !== undefined);
    const { Statistics: { DataScannedInBytes: bytes = 0, ResultReuseInformation: reuse } = {} } =
      await finish(parts, id, ends, willBeFetched);
    const rows = await rowsOf(parts, id, ends);
    const cost = { bytes, ms: parts.clock() - began, cached: reuse?.ReusedPreviousResult === true };
    return {
      rows,
      completeUntil: completeUntil ?? 0,
      cost,
      notes: completeUntil === undefined ? [nothingYet] : [],
    };
  } catch (thrown) {
    if (left()) throw signal?.reason;
    if (!cut.aborted) throw thrown;
    const known = execution === undefined ? ticket : ticketOf(execution);
    if (runsOn && known !== undefined) return { ticket: known };
    throw tooSlow(timeMs);
  }
};

const nothingYet =
  'Nothing has been delivered to the lake yet: the first events are seen about two minutes after they were sent.';

/** Waits for the end; when that fails the question does not go on running, unless somebody will come for it. */
const finish = async (
  parts: Parts,
  id: string,
  ends: AbortSignal,
  willBeFetched: () => boolean,
): Promise<QueryExecution> => {
  const execution = await ended(parts, id, ends).catch(async (thrown: unknown) => {
    if (!willBeFetched()) await Promise.race([parts.stop(id), parts.wait(1_000)]);
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
  if (status.State !== 'SUCCEEDED') throw executionProblem(status);
  return execution;
};

const ended = async ({ client, wait }: Parts, id: string, ends: AbortSignal): Promise<QueryExecution> => {
  for (let turn = 0; ; turn++) {
    await wait(pauses[Math.min(turn, pauses.length - 1)] ?? 0, ends);
    const { QueryExecution: execution = {} } = await called(
      client.send(new GetQueryExecutionCommand({ QueryExecutionId: id }), { abortSignal: ends }),
    );
    if (['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(execution.Status?.State ?? '')) return execution;
  }
};

const stop = async ({ client, log }: EngineParts, id: string): Promise<void> => {
  await client.send(new StopQueryExecutionCommand({ QueryExecutionId: id })).catch((thrown: unknown) =>
    log.warn('a question could not be stopped; it runs on to its end or the workgroup’s limit', {
      athena_id: id,
      error: nameOf(thrown),
    }),
  );
};

const rowsOf = async ({ client }: Parts, id: string, ends: AbortSignal): Promise<Answer['rows']> => {
  const rows: Row[] = [];
  for (let page: string | undefined, first = true; first || page !== undefined; first = false) {
    const got = await called(
      client.send(new GetQueryResultsCommand({ QueryExecutionId: id, MaxResults: 1_000, NextToken: page }), {
        abortSignal: ends,
      }),
    );
    const columns = got.ResultSet?.ResultSetMetadata?.ColumnInfo ?? [];
    // The first row of the first page holds the names.
    for (const { Data = [] } of (got.ResultSet?.Rows ?? []).slice(first ? 1 : 0))
      rows.push(
        Object.fromEntries(
          columns.map(({ Name = '', Type = '' }, i) => [Name, cellOf(Data[i]?.VarCharValue, Type)]),
        ),
      );
    page = got.NextToken;
  }
  return rows;
};
