import type { Limits, World } from '../ports.ts';

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
