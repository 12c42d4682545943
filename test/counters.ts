import { openLocalCounters } from '../src/local/counters.ts';
import type { Counters } from '../src/ports.ts';

/** Counters in memory; nothing of them is kept. */
export const countersInMemory = (): Counters =>
  openLocalCounters(':memory:', () => 0, { info: () => {}, warn: () => {}, error: () => {} }).counters;
