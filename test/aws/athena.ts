import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  type StartQueryExecutionCommandInput,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import {
  type DuckDBInstance,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from '@duckdb/node-api';
import { mockClient } from 'aws-sdk-client-mock';
import { perConnection } from '../../src/local/query/prelude.ts';

/** What a question became. */
interface Execution {
  readonly text: string;
  readonly workgroup: string | undefined;
  readonly submitted: Date;
  status: NonNullable<QueryExecution['Status']>;
  columns: readonly { readonly Name: string; readonly Type: string }[];
  rows: readonly (readonly (string | undefined)[])[];
  stop: () => void;
}

/** Athena’s interface behind the SDK’s client, over a DuckDB taught by the prelude: what it says is text, a page of two rows at a time. */
export const openAthena = (instance: DuckDBInstance) => {
  const client = new AthenaClient({ region: 'eu-west-1' });
  const mock = mockClient(client);
  const executions: Execution[] = [];
  const started: StartQueryExecutionCommandInput[] = [];
  const of = (id: string | undefined): Execution => {
    const found = executions[Number(id)];
    if (found === undefined)
      throw Object.assign(new Error(`QueryExecution ${id} was not found`), {
        name: 'InvalidRequestException',
      });
    return found;
  };

  const waiting: Execution[] = [];
  let seats = 2;
  const next = (): void => {
    const execution = seats > 0 ? waiting.shift() : undefined;
    if (execution === undefined) return;
    seats -= 1;
    void execute(instance, execution).finally(() => {
      seats += 1;
      next();
    });
  };

  mock.on(StartQueryExecutionCommand).callsFake(async (asked: StartQueryExecutionCommandInput) => {
    started.push(asked);
    const execution: Execution = {
      ...{
        text: asked.QueryString ?? '',
        workgroup: asked.WorkGroup,
        submitted: new Date(),
        status: { State: 'QUEUED' as const },
      },
      columns: [],
      rows: [],
      stop: () => {},
    };
    waiting.push(execution);
    next();
    return { QueryExecutionId: String(executions.push(execution) - 1) };
  });
  mock
    .on(GetQueryExecutionCommand)
    .callsFake(async ({ QueryExecutionId: id }: { QueryExecutionId: string }) => ({
      QueryExecution: {
        Query: of(id).text,
        WorkGroup: of(id).workgroup,
        Status: { ...of(id).status, SubmissionDateTime: of(id).submitted },
        Statistics: { DataScannedInBytes: 10_485_760 },
      },
    }));
  mock
    .on(StopQueryExecutionCommand)
    .callsFake(async ({ QueryExecutionId: id }: { QueryExecutionId: string }) => {
      const execution = of(id);
      if (execution.status.State === 'QUEUED') {
        waiting.splice(waiting.indexOf(execution), 1);
        execution.status = stopped;
      } else execution.stop();
    });
  mock
    .on(GetQueryResultsCommand)
    .callsFake(
      async ({ QueryExecutionId: id, NextToken = '0' }: { QueryExecutionId: string; NextToken?: string }) => {
        const { columns, rows } = of(id);
        const all = [columns.map(({ Name }) => Name), ...rows];
        const [from, to] = [Number(NextToken), Number(NextToken) + pageRows];
        return {
          ResultSet: {
            ResultSetMetadata: { ColumnInfo: columns },
            Rows: all.slice(from, to).map((row) => ({
              Data: row.map((VarCharValue) => (VarCharValue === undefined ? {} : { VarCharValue })),
            })),
          },
          ...(to < all.length ? { NextToken: String(to) } : {}),
        };
      },
    );
  /** Lets nothing run from now on, until what it gives is called. */
  const hold = (): (() => void) => {
    const held = seats;
    seats -= held;
    return () => {
      seats += held;
      for (let seat = 0; seat < held; seat++) next();
    };
  };
  return { client, mock, started, hold, states: () => executions.map(({ status }) => status.State) };
};

const pageRows = 2;
const stopped = { State: 'CANCELLED', StateChangeReason: 'Query cancelled by the user' } as const;

const execute = async (instance: DuckDBInstance, execution: Execution): Promise<void> => {
  execution.status = { State: 'RUNNING' };
  const connection = await instance.connect();
  let stopping: ReturnType<typeof setInterval> | undefined;
  execution.stop = () => {
    // An interrupt between two statements is lost.
    stopping ??= setInterval(() => connection.interrupt(), 10);
  };
  try {
    for (const statement of perConnection) await connection.run(statement);
    const result = await connection.runAndReadAll(execution.text);
    execution.columns = result
      .columnNames()
      .map((Name, i) => ({ Name, Type: typeName(result.columnType(i)) }));
    execution.rows = result.getRows().map((row) => row.map(textOf));
    execution.status = { State: 'SUCCEEDED' };
  } catch (thrown) {
    execution.status =
      stopping === undefined
        ? { State: 'FAILED', StateChangeReason: String(thrown), AthenaError: { ErrorCategory: 2 } }
        : stopped;
  } finally {
    clearInterval(stopping);
    execution.stop = () => {};
    connection.closeSync();
  }
};

const names: Readonly<Partial<Record<DuckDBTypeId, string>>> = {
  [DuckDBTypeId.BOOLEAN]: 'boolean',
  [DuckDBTypeId.INTEGER]: 'integer',
  [DuckDBTypeId.BIGINT]: 'bigint',
  [DuckDBTypeId.HUGEINT]: 'bigint',
  [DuckDBTypeId.DOUBLE]: 'double',
  [DuckDBTypeId.DECIMAL]: 'decimal',
  [DuckDBTypeId.DATE]: 'date',
  [DuckDBTypeId.TIMESTAMP]: 'timestamp',
};
const typeName = ({ typeId }: DuckDBType): string => names[typeId] ?? 'varchar';

/** As Athena writes values: NULL is nothing at all, times have three digits behind the second. */
const textOf = (value: DuckDBValue): string | undefined => {
  if (value === null) return undefined;
  if (value instanceof DuckDBTimestampValue)
    return new Date(Number(value.micros / 1000n)).toISOString().slice(0, 23).replace('T', ' ');
  return String(value);
};
