import { type AthenaClient, GetQueryExecutionCommand } from '@aws-sdk/client-athena';
import type { World } from '../ports.ts';
import { tooSlow } from '../serve/time-left.ts';
import type { Sql } from '../sql/sql.ts';
import { strangeQueryId } from '../tools/query-id.ts';
import { calledInVain } from './engine-refusals.ts';
import { nameOf } from './upstream.ts';

/** A question that Athena is at. */
export interface Execution {
  readonly id: string;
  /** When it was asked, ms since 1970. */
  readonly began: number;
  /** How far the lake had come then, ms since 1970; undefined while it was empty. */
  readonly completeUntil: number | undefined;
}

/** So long a question may run, be it waited for or not: Athena’s own limit, and ours where an account has raised that. */
const longestRunMs = 30 * 60_000;

/** What a caller needs to come back to an execution. How far the lake had come goes along, since nobody can look that up afterwards. */
export const ticketOf = ({ id, completeUntil }: Execution): string =>
  `${completeUntil?.toString(36) ?? ''}.${id}`;

interface TicketParts {
  readonly client: AthenaClient;
  readonly workgroup: string;
  readonly clock: World['clock'];
  readonly stop: (id: string) => Promise<void>;
}

/**
 * The execution of a ticket, if it runs this very text in our workgroup: the text names whose events it reads, so nobody comes to another’s answer. Rejects with `invalid_params`
 * otherwise, and with `query_timeout` when it has run for too long, which ends it.
 */
export const executionOf = async (
  { client, workgroup, clock, stop }: TicketParts,
  question: Sql,
  ticket: string,
  ends: AbortSignal,
): Promise<Execution> => {
  const [, delivered = '', id] = /^([0-9a-z]{0,9})\.([\w-]{1,128})$/.exec(ticket) ?? [];
  if (id === undefined)
    throw strangeQueryId(
      'not one of ours; send the query_id of a running answer unchanged, or leave it out to ask anew',
    );
  const { QueryExecution: found = {} } = await client
    .send(new GetQueryExecutionCommand({ QueryExecutionId: id }), { abortSignal: ends })
    .catch((thrown) => {
      // An id that Athena has not (any more), and one of another workgroup.
      if (/^(InvalidRequest|AccessDenied)/.test(nameOf(thrown)))
        throw strangeQueryId('not known here; leave it out to ask anew');
      throw calledInVain(thrown);
    });
  if (found.WorkGroup !== workgroup || found.Query?.trim() !== question.text.trim())
    throw strangeQueryId(
      'belongs to another question; send exactly the arguments it came with, or leave it out to ask anew',
    );
  const began = found.Status?.SubmissionDateTime?.getTime() ?? clock();
  if (found.Status?.CompletionDateTime === undefined && clock() - began > longestRunMs) {
    await stop(id);
    throw tooSlow(longestRunMs);
  }
  return { id, began, completeUntil: delivered === '' ? undefined : Number.parseInt(delivered, 36) };
};
