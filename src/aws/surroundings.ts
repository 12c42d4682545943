import { randomBytes } from 'node:crypto';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { World } from '../ports.ts';
import { openCloudLog } from './log.ts';
import type { Wait } from './upstream.ts';

/** What every function has: the clock, turns, chance, and the log, which goes to standard output. */
export const surroundings = (): Pick<World, 'clock' | 'breathe' | 'random' | 'log'> => {
  const clock = (): number => Date.now();
  return {
    clock,
    breathe: () => setImmediate(),
    random: (n) => randomBytes(n),
    log: openCloudLog((text) => process.stdout.write(text), clock),
  };
};

/** Waits by the real clock. */
export const wait: Wait = (ms, signal) => setTimeout(ms, undefined, signal === undefined ? {} : { signal });
