import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Log, Store, World } from '../ports.ts';
import { deliver, type Stream } from './delivery.ts';
import { packed } from './document.ts';
import { bufferSeconds, deliverySeconds } from './settings.ts';

/** What the drain works with. */
export interface DrainParts {
  readonly stream: Stream;
  readonly spill: Store;
  readonly log: Log;
  readonly clock: World['clock'];
}

/** What one run did, in spilled requests. */
export interface Drained {
  readonly delivered: number;
  readonly left: number;
}

const uncompressed = promisify(gunzip);
/** So many requests a run, some 30 seconds; the next run goes on. */
const most = 500;
/** No request is begun after so long: the last one’s tries, the stream’s time and the deletions must fit into the run, which ends after 280 s. */
const handingMs = 90_000;

/**
 * Hands spilled requests to the stream again, oldest first, and deletes each once the stream has had the time to deliver it: until then it tells questions how far they are
 * complete. A run that is cut short, or two at once, deliver twice, which questions count once. What cannot be read, or what the stream refuses, stays and is
 * logged, and the run goes on with the next. While anything is spilled each run logs `drained`, which is what the alarm counts.
 */
export const drain = async ({ stream, spill, log, clock }: DrainParts): Promise<Drained> => {
  const names = await spill.list('');
  const delivered: string[] = [];
  const until = clock() + handingMs;
  for (const name of names.slice(0, most)) {
    if (clock() >= until) break;
    if (await redelivered(name, { stream, spill, log })) delivered.push(name);
  }
  if (delivered.length > 0) await stream.wait((bufferSeconds + deliverySeconds) * 1000);
  for (const name of delivered) await spill.delete(name);
  const done = { delivered: delivered.length, left: names.length - delivered.length };
  if (names.length > 0) log[done.left > 0 ? 'warn' : 'info']('drained', { ...done });
  return done;
};

const redelivered = async (
  name: string,
  { stream, spill, log }: Omit<DrainParts, 'clock'>,
): Promise<boolean> => {
  const documents = await documentsIn(name, spill).catch((thrown: unknown) => {
    log.error('a spilled request could not be read; it stays', { name, error: String(thrown) });
  });
  if (documents === undefined) return false;
  const { records, reasons } = await deliver(stream, packed(documents));
  if (records.length === 0) return true;
  log.warn('a spilled request could not be delivered; it stays', { name, reasons });
  return false;
};

/** Undefined where another run was faster. */
const documentsIn = async (
  name: string,
  spill: DrainParts['spill'],
): Promise<readonly string[] | undefined> => {
  const bytes = await spill.get(name);
  return (
    bytes &&
    (await uncompressed(bytes))
      .toString()
      .split('\n')
      .filter((line) => line !== '')
  );
};
