import { tmpdir } from 'node:os';
import { join } from 'node:path';

const number = (name: string, usual: number): number => {
  const text = process.env[name];
  if (text === undefined) return usual;
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0)
    throw new Error(`${name} must be a number above 0, not ${JSON.stringify(text)}`);
  return value;
};

/** Sizes of the bench; the usual ones are those of the product’s targets, smaller ones are for trying it out. */
export const settings = {
  /** Where generated worlds are kept between runs; some 1 GB. */
  data: process.env.MILLIMETRIC_BENCH_DATA ?? join(tmpdir(), 'millimetric-bench'),
  events: number('MILLIMETRIC_BENCH_EVENTS', 10_000_000),
  backfillEvents: number('MILLIMETRIC_BENCH_BACKFILL', 16_000_000),
  rounds: number('MILLIMETRIC_BENCH_ROUNDS', 15),
  batchSeconds: number('MILLIMETRIC_BENCH_BATCH_SECONDS', 60),
  trackSeconds: number('MILLIMETRIC_BENCH_TRACK_SECONDS', 20),
  /** A folder in whose node_modules `chdb` was installed. */
  chdb: process.env.MILLIMETRIC_BENCH_CHDB,
} as const;

/** Only a run of the full size may be written down as what the product does. */
export const isFullSize =
  settings.events >= 10_000_000 &&
  settings.backfillEvents >= 16_000_000 &&
  settings.rounds >= 15 &&
  settings.batchSeconds >= 60 &&
  settings.trackSeconds >= 20;
