import * as z from 'zod';

/** What a load is to be, as it travels to the process that makes it. */
export const loadSettings = z.object({
  url: z.string(),
  kind: z.enum(['batch', 'track']),
  /** Key → its share of the events. */
  keys: z.record(z.string(), z.number()),
  /** Events a second; null: as fast as it goes. */
  perSecond: z.number().nullable(),
  seconds: z.number(),
  /** At most so many requests wait for their answer. */
  inFlight: z.number(),
  /** Over so many last days of the generated world events say they happened; 0: now. */
  backDays: z.number(),
});
export type LoadSettings = Readonly<z.infer<typeof loadSettings>>;

/** What became of it. */
export const loaded = z.object({
  events: z.number(),
  seconds: z.number(),
  /** ms per request, from when it should have been sent, 0–1 → value. */
  latency: z.object({ p50: z.number(), p90: z.number(), p99: z.number(), max: z.number() }),
  /** Answers that were not 202, by status. */
  refused: z.record(z.string(), z.number()),
  /** Events acknowledged in each second. */
  perSecond: z.array(z.number()),
  /** Processor seconds the load itself took. */
  cpuSeconds: z.number(),
});
export type Loaded = Readonly<z.infer<typeof loaded>>;
