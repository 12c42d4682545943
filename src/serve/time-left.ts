import type { Limits, World } from '../ports.ts';
import { Problem } from '../problems.ts';

/** How long a question may take, ms: below API Gateway’s 29 s, so that its own 504 comes first. */
export const questionTime = 25_000;

/** What is left for a request’s questions each time it is asked for: of the time it has, at least 1 ms; and the signal that its caller left. However many there are, they share it. */
export const limitsFor = (
  { clock, questionTimeMs }: Pick<World, 'clock' | 'questionTimeMs'>,
  signal: AbortSignal | undefined,
): (() => Limits) => {
  const ends = clock() + questionTimeMs;
  return () => ({
    timeMs: Math.max(1, Math.floor(ends - clock())),
    ...(signal === undefined ? {} : { signal }),
  });
};

/** The question ran out of time. */
export const tooSlow = (timeMs: number): Problem =>
  new Problem(
    'query_timeout',
    `The question took longer than ${timeMs / 1000} s: ask for a shorter period or fewer groups.`,
    {
      details: { limit_ms: timeMs },
    },
  );
