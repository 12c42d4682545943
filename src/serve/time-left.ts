import type { World } from '../ports.ts';

/** What is left of the time a request has for its questions, ms, at least 1: however many there are, they share it. */
export const timeFor = ({
  clock,
  questionTimeMs,
}: Pick<World, 'clock' | 'questionTimeMs'>): (() => number) => {
  const ends = clock() + questionTimeMs;
  return () => Math.max(1, Math.floor(ends - clock()));
};
