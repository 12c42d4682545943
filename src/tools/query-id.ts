import type { Problem } from '../problems.ts';
import { invalidParam } from './refusal.ts';

/** A question that runs on: the engine’s ticket for it, and the instant (ms since 1970) its `last:7d` and `now` were counted from. */
export interface RunningQuestion {
  readonly id: string;
  readonly ticket: string;
  readonly now: number;
}

/** Engines keep answers for a day; nobody waits for one so long. */
const keptMs = 3_600_000;

/** The `query_id` of a question that runs on. */
export const queryIdOf = ({ now, ticket }: Omit<RunningQuestion, 'id'>): string =>
  `${now.toString(36)}.${ticket}`;

/**
 * What a `query_id` stands for; Problem `invalid_params` when it is none of ours or too old. It is no secret and no right: with its instant the question is planned again for
 * whoever asks now, and the engine gives up only the answer to that very text.
 */
export function runningQuestion(id: unknown, now: number): RunningQuestion {
  const [whole, began = '', ticket] =
    (typeof id === 'string' ? /^([0-9a-z]{1,9})\.([\w.-]{1,160})$/.exec(id) : null) ?? [];
  if (whole === undefined || ticket === undefined)
    throw strangeQueryId(
      'not one of ours; send the query_id of a running answer unchanged, or leave it out to ask anew',
    );
  const at = Number.parseInt(began, 36);
  if (at > now || at < now - keptMs) throw strangeQueryId('too old; leave it out to ask anew');
  return { id: whole, ticket, now: at };
}

/** A `query_id` that leads nowhere; `why` says so and what to do. */
export const strangeQueryId = (why: string): Problem => invalidParam('query_id', `query_id: ${why}`);
