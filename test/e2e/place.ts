import type { Keys } from '../../src/local/first-start.ts';

/** Somewhere the product runs: all that the end-to-end suite knows of it. */
export interface Place {
  /** Without a slash at the end; may have a path, as a stage of API Gateway does. */
  readonly url: string;
  /** What its first start said, as keys.json holds it. The project must allow the pages of `page`. */
  readonly saved: Keys;
  /** By how much `complete_until` may be behind what was acknowledged, seconds: 0 where events are in the very next answer, else how long the stream gathers and writes. */
  readonly lagSeconds: number;
  /** Whom it takes for the caller. Only an emulator of API Gateway believes a header; API Gateway itself does not. */
  readonly addressFrom: 'connection' | 'X-Forwarded-For';
}

/** The place, once it runs: suites are declared before it does. */
export type At = () => Place;

/** The origin whose pages may use the project’s browser key; `demo` of a first start on one port allows it by itself. */
export const page = 'http://localhost:3000';
