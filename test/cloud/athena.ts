import { createServer } from 'node:http';
import * as z from 'zod';
import type { TrinoAnswer } from '../trino/client.ts';
import {
  type Asked,
  carriedOut,
  described,
  type Execution,
  Refusal,
  resultsOf,
  start,
} from './athena-execution.ts';
import { type Listening, listening } from './listening.ts';

/** Athena’s interface for questions, answered by a Trino. */
export interface Athena extends Listening {
  /** From now on questions of these workgroups wait so long in the queue, ms. */
  readonly slow: (queues: Readonly<Record<string, number>>) => void;
}

const one = z.object({ QueryExecutionId: z.string() });
const page = one.extend({
  MaxResults: z.int().min(1).max(1000).default(1000),
  NextToken: z.string().optional(),
});

const nothing: TrinoAnswer = { columns: [], rows: [], bytes: 0 };

interface AthenaParts {
  /** A Trino whose catalog `hive` is the account’s. */
  readonly trinoUrl: string;
  /** The most one question of a workgroup may read, bytes; undefined: no limit. */
  readonly cutoffOf: (workgroup: string) => Promise<number | undefined>;
}

/** Serves StartQueryExecution, GetQueryExecution, GetQueryResults and StopQueryExecution (JSON 1.1). */
export const startAthena = async ({ trinoUrl, cutoffOf }: AthenaParts): Promise<Athena> => {
  const executions = new Map<string, Execution>();
  const byToken = new Map<string, Execution>();
  let queueMs: Readonly<Record<string, number>> = {};

  const begin = (asked: Asked): Execution => {
    const known = byToken.get(asked.ClientRequestToken);
    if (known !== undefined && known.asked.QueryString !== asked.QueryString)
      throw new Refusal('Idempotent parameters do not match');
    if (known !== undefined) return known;
    const execution: Execution = {
      ...{
        id: crypto.randomUUID(),
        asked,
        submitted: Date.now(),
        stopping: new AbortController(),
        state: 'QUEUED',
      },
      answer: nothing,
    };
    executions.set(execution.id, execution);
    byToken.set(asked.ClientRequestToken, execution);
    void carriedOut(execution, {
      trinoUrl,
      queueMs: queueMs[asked.WorkGroup] ?? 0,
      cutoff: () => cutoffOf(asked.WorkGroup),
    });
    return execution;
  };

  const found = (id: string): Execution => {
    const execution = executions.get(id);
    if (execution === undefined) throw new Refusal(`QueryExecution ${id} was not found`);
    return execution;
  };

  const actions: Readonly<Record<string, (body: unknown) => unknown>> = {
    StartQueryExecution: (body) => ({ QueryExecutionId: begin(start.parse(body)).id }),
    GetQueryExecution: (body) => ({ QueryExecution: described(found(one.parse(body).QueryExecutionId)) }),
    GetQueryResults: (body) => {
      const { QueryExecutionId: id, MaxResults: most, NextToken: from } = page.parse(body);
      return resultsOf(found(id), most, from);
    },
    StopQueryExecution: (body) => {
      found(one.parse(body).QueryExecutionId).stopping.abort();
      return {};
    },
  };

  const server = createServer(async (request, response) => {
    const say = (status: number, body: unknown): void => {
      response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    };
    try {
      const body: unknown = JSON.parse(Buffer.concat(await request.toArray()).toString() || '{}');
      const action = actions[String(request.headers['x-amz-target']).replace('AmazonAthena.', '')];
      if (action === undefined) throw new Refusal('No such action here');
      say(200, action(body));
    } catch (thrown) {
      const expected = thrown instanceof Refusal || thrown instanceof z.ZodError;
      say(expected ? 400 : 500, {
        __type: expected ? 'InvalidRequestException' : 'InternalServerException',
        Message: thrown instanceof Error ? thrown.message : String(thrown),
      });
    }
  });
  const { url, stop } = await listening(server);
  return {
    url,
    slow: (queues) => {
      queueMs = queues;
    },
    stop: () => {
      for (const { stopping } of executions.values()) stopping.abort();
      return stop();
    },
  };
};
