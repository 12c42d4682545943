import { type AthenaClient, StartQueryExecutionCommand } from '@aws-sdk/client-athena';
import type { World } from '../ports.ts';
import type { Sql } from '../sql/sql.ts';
import type { Delivered } from './delivered.ts';
import { called, longestText, tooLong } from './engine-refusals.ts';
import type { Execution } from './engine-ticket.ts';

/** What starting a question takes. */
export interface StartParts {
  readonly client: AthenaClient;
  readonly workgroup: string;
  readonly database: string;
  /** How far the lake has come. */
  readonly delivered: () => Promise<Delivered>;
  readonly clock: World['clock'];
  readonly random: World['random'];
  /** Stops an execution that nobody waits for. Never rejects. */
  readonly stop: (id: string) => Promise<void>;
}

/**
 * Starts a question on what has been delivered by now. Results are not asked to be reused: a workgroup that manages them
 * does not support it (docs/decisions/0010-aws-twins.md).
 * One that was still being started when time ran out is stopped as soon as its id is known.
 */
export const started = async (parts: StartParts, question: Sql, ends: AbortSignal): Promise<Execution> => {
  if (Buffer.byteLength(question.text) > longestText) throw tooLong();
  const began = parts.clock();
  // What came before the question starts is what it sees.
  const lake = await within(parts.delivered(), ends);
  ends.throwIfAborted();
  const { client, workgroup, database, random, stop } = parts;
  const starting = called(
    client.send(
      new StartQueryExecutionCommand({
        QueryString: question.text,
        WorkGroup: workgroup,
        QueryExecutionContext: { Database: database },
        // The SDK may send it twice; Athena starts it once.
        ClientRequestToken: Buffer.from(random(16)).toString('hex'),
      }),
    ),
  ).then(({ QueryExecutionId: id = '' }) => id);
  const id = await within(starting, ends).catch((thrown: unknown) => {
    if (ends.aborted) starting.then(stop).catch(() => undefined);
    throw thrown;
  });
  return { id, began, completeUntil: lake.newest === undefined ? undefined : lake.completeUntil };
};

/** Rejects as soon as the signal aborts, whatever becomes of the work. */
const within = <T>(work: Promise<T>, ends: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const abort = (): void => reject(ends.reason);
    ends.addEventListener('abort', abort, { once: true });
    if (ends.aborted) abort();
    work.then(resolve, reject).finally(() => ends.removeEventListener('abort', abort));
  });
