import type { Event } from '../../src/events/columns.ts';

/** Text in the order of its code points, which is that of its UTF-8 bytes. */
export const compareText = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** As text, null after everything. */
export const compareNullLast = (a: string | null, b: string | null): number => {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return compareText(a, b);
};

/** Lists of group values, the first that differs decides. */
export const compareGroups = (a: readonly (string | null)[], b: readonly (string | null)[]): number => {
  for (const [place, value] of a.entries()) {
    const difference = compareNullLast(value, b[place] ?? null);
    if (difference !== 0) return difference;
  }
  return 0;
};

/** In which order copies of one event arrived: (`received_at`, `request_id`, `seq`). */
export const byArrival = (a: Event, b: Event): number =>
  a.received_at - b.received_at || compareText(a.request_id, b.request_id) || a.seq - b.seq;

/** In which order things happened: (`ts`, `received_at`, `request_id`, `seq`). Source: decision 2, Order. */
export const byTime = (a: Event, b: Event): number => a.ts - b.ts || byArrival(a, b);

/** Of copies of one event the first is the one that counts: what a secret key sent before what a browser’s did, then by arrival. */
export const byWord = (a: Event, b: Event): number =>
  Number(b.key_kind === 'sk') - Number(a.key_kind === 'sk') || byArrival(a, b);
