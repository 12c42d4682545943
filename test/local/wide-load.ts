import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { Event } from '../../src/events/columns.ts';
import { anEvent } from '../worlds/event.ts';

// Text that nothing can press: what is equal is kept once, in memory and on disk, and shows no bound.

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_';
// Two bytes each in UTF-8, one unit in memory.
const doubled = Array.from({ length: 64 }, (_, i) => String.fromCharCode(0x400 + i)).join('');

const poolLetters = 1 << 20;
/** Each alphabet’s text is made once; a stretch of it that begins anywhere is as random, and costs nothing. */
const pools = new Map<string, string>();
const textOf = (alphabet: string, length: number): string => {
  const pool =
    pools.get(alphabet) ?? Array.from(randomBytes(poolLetters), (byte) => alphabet[byte & 63]).join('');
  pools.set(alphabet, pool);
  const from = randomInt(poolLetters - length);
  return pool.slice(from, from + length);
};

/** Properties of so many bytes as JSON text, of one of the shapes that are hard: one long value, one long key, letters of two bytes, quotes that double. */
const propertiesOf = (bytes: number): Readonly<Record<string, string>> => {
  const room = bytes - 10;
  const shapes = [
    () => ({ k: textOf(letters, room) }),
    () => ({ [textOf(letters, room)]: '' }),
    () => ({ k: textOf(doubled, room >> 1) }),
    () => ({ k: textOf(`"\\${letters.slice(2)}`, room >> 1).replace(/^.{20}/, '""""""""""""""""""""') }),
  ] as const;
  return (shapes[randomInt(shapes.length)] ?? shapes[0])();
};

/** A body as `/v1/batch` takes it, near the largest or tiny, and how many events are in it. */
export const wideBatch = (): { readonly body: string; readonly count: number } => {
  const tiny = randomInt(3) === 0;
  const count = tiny ? 500 : 140;
  const events = Array.from({ length: count }, () =>
    tiny
      ? { event: 'tiny', anonymous_id: 'a' }
      : {
          event: 'wide',
          anonymous_id: textOf(letters, 128),
          user_id: textOf(doubled, 256),
          event_id: randomUUID().padEnd(128, '-'),
          url: `https://shop.example/${textOf(letters, 2_000)}`,
          path: `/${textOf(doubled, 2_000)}`,
          referrer: `https://other.example/${textOf(letters, 2_000)}`,
          properties: propertiesOf(8_000),
        },
  );
  return { body: JSON.stringify({ events }), count };
};

/** An event as it is stored, with properties of so many bytes. */
export const wideEvent = (bytes: number, said: Partial<Event> = {}): Event =>
  anEvent({
    url: `https://shop.example/${textOf(letters, Math.min(2_000, bytes))}`,
    path: `/${textOf(letters, Math.min(2_000, bytes))}`,
    properties: JSON.stringify({ k: textOf(letters, bytes) }),
    ...said,
  });
