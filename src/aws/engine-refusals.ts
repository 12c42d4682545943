import type { QueryExecutionStatus } from '@aws-sdk/client-athena';
import { Problem } from '../problems.ts';
import { nameOf } from './upstream.ts';

/** Athena takes so many bytes of SQL. */
export const longestText = 262_144;
export const tooLong = (): Problem =>
  new Problem(
    'invalid_params',
    'The question is too long for the engine: choose fewer projects or shorter conditions.',
  );

/** What an execution that did not succeed means to the caller. What is nobody’s fault but ours is a plain Error. */
export const executionProblem = ({
  State,
  StateChangeReason: reason = '',
  AthenaError: { ErrorCategory: category } = {},
}: QueryExecutionStatus): Error => {
  const cause = new Error(`Athena: ${State} ${reason}`);
  const known = reasons.find(([word]) => word.test(reason));
  if (known !== undefined) return new Problem(known[1], known[2], { cause });
  // Category 2 is a fault in the text of the query; its text is ours.
  return State === 'FAILED' && category === 2
    ? cause
    : new Problem('upstream_failed', 'The engine gave the question up. Try again in a moment.', { cause });
};

const reasons: readonly (readonly [RegExp, 'query_timeout' | 'upstream_failed', string])[] = [
  [
    /bytes scanned limit/i,
    'query_timeout',
    'The question would read more than one question may here: ask for a shorter period or fewer projects.',
  ],
  [
    /query timeout|exceeded maximum time/i,
    'query_timeout',
    'The question took too long: ask for a shorter period or fewer groups.',
  ],
  [
    /exhausted resources|exceeded .*memory/i,
    'upstream_failed',
    'The question needs more memory than the engine may use: ask for a shorter period, fewer groups or fewer projects.',
  ],
  [
    /\bHIVE_|\bGENERIC_INTERNAL_ERROR|SlowDown|throttl|access denied/i,
    'upstream_failed',
    'The events could not be read. Try again in a moment.',
  ],
];

/** What a call to Athena that failed means to the caller. */
export const calledInVain = (thrown: unknown): unknown => {
  if (thrown instanceof Problem) return thrown;
  const name = nameOf(thrown);
  if (name === 'InvalidRequestException') return thrown;
  return /TooManyRequests|Throttling/.test(name)
    ? new Problem(
        'upstream_failed',
        'Too many questions are being asked at once. Try again in a few seconds.',
        { cause: thrown },
      )
    : new Problem('upstream_failed', 'The engine cannot be reached. Try again in a moment.', {
        cause: thrown,
      });
};

/** A call to Athena; its failure is a Problem where it is one for the caller. */
export const called = <T>(sending: Promise<T>): Promise<T> =>
  sending.catch((thrown: unknown) => {
    throw calledInVain(thrown);
  });
