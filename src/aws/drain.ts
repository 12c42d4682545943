import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Log, Store } from '../ports.ts';
import { deliver, type Stream } from './delivery.ts';
import { packed } from './document.ts';
import { bufferSeconds, deliverySeconds } from './settings.ts';

/** What the drain works with. */
export interface DrainParts {
  readonly stream: Stream;
  readonly spill: Store;
  readonly log: Log;
}

/** What one run did, in spilled requests. */
export interface Drained {
  readonly delivered: number;
  readonly left: number;
}

const uncompressed = promisify(gunzip);
/** So many requests a run, some 30 seconds; the next run goes on. */
const most = 500;

/**
 * Hands spilled requests to the stream again, oldest first, and deletes each once the stream has had the time to deliver it: until then it tells questions how far they are
 * complete. A run that is cut short, or two at once, deliver twice, which questions count once. What cannot be read stays and is logged; so does what the stream refuses, and
 * all behind it, since a stream that refuses one has no room for the next.
 */
export const drain = async ({ stream, spill, log }: DrainParts): Promise<Drained> => {
  const names = await spill.list('');
  const delivered: string[] = [];
  for (const name of names.slice(0, most)) {
    const outcome = await redeliver(name, { stream, spill, log });
    if (outcome === 'delivered') delivered.push(name);
    if (outcome === 'refused') break;
  }
  if (delivered.length > 0) await stream.wait((bufferSeconds + deliverySeconds) * 1000);
  for (const name of delivered) await spill.delete(name);
  const done = { delivered: delivered.length, left: names.length - delivered.length };
  if (names.length > 0) log.info('drained', { ...done });
  return done;
};

const redeliver = async (name: string, { stream, spill, log }: DrainParts): Promise<'delivered' | 'refused' | 'unread'> => {
  const documents = await documentsIn(name, spill).catch((thrown: unknown) => {
    log.error('a spilled request could not be read; it stays', { name, error: String(thrown) });
  });
  if (documents === undefined) return 'unread';
  const { records, reasons } = await deliver(stream, packed(documents));
  if (records.length === 0) return 'delivered';
  log.warn('a spilled request could not be delivered; it stays', { name, reasons });
  return 'refused';
};

/** Undefined where another run was faster. */
const documentsIn = async (name: string, spill: DrainParts['spill']): Promise<readonly string[] | undefined> => {
  const bytes = await spill.get(name);
  return (
    bytes &&
    (await uncompressed(bytes))
      .toString()
      .split('\n')
      .filter((line) => line !== '')
  );
};
