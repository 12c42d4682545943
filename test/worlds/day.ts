import type { Event } from '../../src/events/columns.ts';

const fillingMs = 15 * 60_000;

/** The earliest arrival day, `yyyy-MM-dd`, under which a raw lake may file an event: that of a row which arrived before it and shares its file. */
export const earliestDay = ({ received_at }: Pick<Event, 'received_at'>): string =>
  new Date(received_at - fillingMs).toISOString().slice(0, 10);
