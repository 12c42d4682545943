import { gunzipSync } from 'node:zlib';
import type { Log, World } from '../ports.ts';
import { deliver, type Stream } from './delivery.ts';
import { packed } from './document.ts';
import { bufferSeconds, deliverySeconds } from './settings.ts';
import type { ObjectStore } from './store.ts';

/** What the drain works with. */
export interface DrainParts {
  readonly stream: Stream;
  readonly spill: ObjectStore;
  readonly log: Log;
  readonly clock: World['clock'];
}

/** What one run did, in spilled requests. */
export interface Drained {
  readonly delivered: number;
  readonly left: number;
}

/** So many files are read at once, and their records share calls to the stream. */
const group = 50;
/** So many groups are under way at once. */
const lanes = 4;
/**
 * No group is begun after so long: the last one's tries, the stream's time and the deletions must fit into the run, which
 * ends after 280 s. At 60 ms a read and 150 ms a call that is some 120,000 requests a run, every five minutes.
 */
const handingMs = 130_000;
const throttledMs = 1000;

/**
 * Hands spilled requests to the stream again, oldest first, and deletes each once the stream has had the time to deliver it:
 * until then it tells questions how far they are complete. A run that is cut short, or two at once, deliver twice, which
 * questions count once. What cannot be read, or what the stream refuses, stays and is logged, and the run goes on with the
 * rest. A run that finds anything logs `draining` first and `drained` last, which is what the alarm counts.
 */
export const drain = async ({ stream, spill, log, clock }: DrainParts): Promise<Drained> => {
  const names = await spill.list('');
  if (names.length === 0) return { delivered: 0, left: 0 };
  log.warn('draining', { waiting: names.length });
  const delivered: string[] = [];
  const until = clock() + handingMs;
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < names.length && clock() < until) {
      const these = names.slice(next, next + group);
      next += group;
      const taken = await redelivered(these, { stream, spill, log });
      delivered.push(...taken);
      // A stream that takes nothing is throttled: what comes in now goes first.
      if (taken.length === 0) await stream.wait(throttledMs);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (delivered.length > 0) await stream.wait((bufferSeconds + deliverySeconds) * 1000);
  await spill.deleteAll(delivered);
  const done = { delivered: delivered.length, left: names.length - delivered.length };
  log[done.left > 0 ? 'warn' : 'info']('drained', { ...done });
  return done;
};

/** The names of those whose every record the stream took. */
const redelivered = async (
  names: readonly string[],
  { stream, spill, log }: Omit<DrainParts, 'clock'>,
): Promise<readonly string[]> => {
  const files = await Promise.all(
    names.map(async (name) => {
      try {
        return { name, records: packed(documentsIn(await spill.get(name))) };
      } catch (thrown) {
        log.error('a spilled request could not be read; it stays', { name, error: String(thrown) });
        return undefined;
      }
    }),
  );
  const read = files.filter((file) => file !== undefined);
  const { records, reasons } = await deliver(
    stream,
    read.flatMap(({ records }) => records),
  );
  const refused = new Set(records);
  return read.flatMap(({ name, records }) => {
    if (!records.some((record) => refused.has(record))) return [name];
    log.warn('a spilled request could not be delivered; it stays', { name, reasons });
    return [];
  });
};

/** None where another run was faster and the file is gone. */
const documentsIn = (bytes: Uint8Array | undefined): readonly string[] =>
  bytes === undefined
    ? []
    : gunzipSync(bytes)
        .toString()
        .split('\n')
        .filter((line) => line !== '');
