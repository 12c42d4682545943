import { setTimeout } from 'node:timers/promises';
import * as z from 'zod';
import { type TrinoAnswer, TrinoError, trino } from '../trino/client.ts';
import { athenaText, athenaType } from './athena-text.ts';

/** What StartQueryExecution takes, with its limits, of a workgroup that manages results: reuse of them is not supported there. */
export const start = z.strictObject({
  QueryString: z.string().min(1).max(262_144),
  WorkGroup: z.string().default('primary'),
  QueryExecutionContext: z.object({ Database: z.string() }),
  ClientRequestToken: z.string().min(32).max(128),
});
/** A question as it was put. */
export type Asked = z.infer<typeof start>;

/** A refusal in Athena’s words. */
export class Refusal extends Error {}

type State = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

/** What a question became. Times in ms since 1970. */
export interface Execution {
  readonly id: string;
  readonly asked: Asked;
  readonly submitted: number;
  readonly stopping: AbortController;
  state: State;
  reason?: string;
  category?: number;
  began?: number;
  ended?: number;
  answer: TrinoAnswer;
}

interface Means {
  readonly trinoUrl: string;
  /** So long it waits in the queue. */
  readonly queueMs: number;
  /** The most it may read, bytes. */
  readonly cutoff: () => Promise<number | undefined>;
}

/** Carries a question out on Trino; never rejects. One that read more than it may is cancelled with Athena’s words, when it has: Athena looks while it runs. */
export const carriedOut = async (
  execution: Execution,
  { trinoUrl, queueMs, cutoff }: Means,
): Promise<void> => {
  const { asked, stopping } = execution;
  const { signal } = stopping;
  try {
    await setTimeout(queueMs, undefined, { signal });
    execution.state = 'RUNNING';
    execution.began = Date.now();
    execution.answer = await trino(asked.QueryString, {
      url: trinoUrl,
      catalog: 'hive',
      schema: asked.QueryExecutionContext.Database,
      signal,
    });
    const over = execution.answer.bytes > ((await cutoff()) ?? Number.POSITIVE_INFINITY);
    execution.state = over ? 'CANCELLED' : 'SUCCEEDED';
    if (over) execution.reason = 'Bytes scanned limit was exceeded';
  } catch (thrown) {
    execution.state = signal.aborted ? 'CANCELLED' : 'FAILED';
    execution.reason = signal.aborted ? 'Query cancelled by user' : reasonOf(thrown);
    // 2 is a fault in the text, 1 one of the engine.
    execution.category = thrown instanceof TrinoError && thrown.type === 'USER_ERROR' ? 2 : 1;
  }
  execution.ended = Date.now();
};

const reasonOf = (thrown: unknown): string =>
  thrown instanceof TrinoError ? `${thrown.code}: ${thrown.message}` : String(thrown);

/** A question as GetQueryExecution tells of it. */
export const described = ({
  id,
  asked,
  submitted,
  began,
  ended,
  state,
  reason,
  category,
  answer,
}: Execution) => ({
  QueryExecutionId: id,
  Query: asked.QueryString,
  StatementType: 'DML',
  WorkGroup: asked.WorkGroup,
  QueryExecutionContext: asked.QueryExecutionContext,
  Status: {
    State: state,
    SubmissionDateTime: submitted / 1000,
    ...(ended === undefined ? {} : { CompletionDateTime: ended / 1000 }),
    ...(reason === undefined ? {} : { StateChangeReason: reason }),
    ...(state === 'FAILED'
      ? { AthenaError: { ErrorCategory: category, ErrorType: 0, Retryable: false, ErrorMessage: reason } }
      : {}),
  },
  Statistics: {
    DataScannedInBytes: answer.bytes,
    QueryQueueTimeInMillis: (began ?? Date.now()) - submitted,
    EngineExecutionTimeInMillis: began === undefined ? 0 : (ended ?? Date.now()) - began,
    TotalExecutionTimeInMillis: (ended ?? Date.now()) - submitted,
    ResultReuseInformation: { ReusedPreviousResult: false },
  },
});

/** A page of the result, as GetQueryResults gives it; the names of the columns are the first row of the first. */
export const resultsOf = ({ state, answer: { columns, rows } }: Execution, most: number, from = '0') => {
  if (state === 'QUEUED' || state === 'RUNNING')
    throw new Refusal(`Query has not yet finished. Current state: ${state}`);
  if (state !== 'SUCCEEDED')
    throw new Refusal(`Query did not finish successfully. Final query state: ${state}`);
  const end = Number(from) + most;
  const names = columns.map(({ name }) => ({ VarCharValue: name }));
  const cells = (row: readonly unknown[]) =>
    row
      .map((value, i) => athenaText(value, columns[i]?.type ?? ''))
      .map((text) => (text === undefined ? {} : { VarCharValue: text }));
  // Only the rows of this page are written as text.
  const shown =
    Number(from) === 0
      ? [names, ...rows.slice(0, end - 1).map(cells)]
      : rows.slice(Number(from) - 1, end - 1).map(cells);
  return {
    UpdateCount: 0,
    ResultSet: {
      Rows: shown.map((Data) => ({ Data })),
      ResultSetMetadata: {
        ColumnInfo: columns.map(({ name, type }) => ({
          CatalogName: 'hive',
          SchemaName: '',
          TableName: '',
          Name: name,
          Label: name,
          Type: athenaType(type),
        })),
      },
    },
    ...(end < rows.length + 1 ? { NextToken: String(end) } : {}),
  };
};
