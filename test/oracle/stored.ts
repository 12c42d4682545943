import type { Event } from '../../src/events/columns.ts';
import { byTime, byWord } from './order.ts';
import { type Condition, holds } from './where.ts';

/** Who asks: which projects, and whether with a live or a test key. */
export interface Context {
  readonly projects: readonly string[];
  readonly env: 'live' | 'test';
  /** Account keys: rows carry `project_id` as their first group. */
  readonly byProject?: boolean;
}

/** What every question is told, resolved: `from` inclusive and `to` exclusive in ms since 1970. */
export interface Shared {
  readonly from: number;
  readonly to: number;
  readonly tz: string;
  readonly where: readonly Condition[];
  readonly include_bots: boolean;
  readonly limit: number;
}

/** What the key may see, each event once (the copy that counts), in the order of time. */
export const eventsFor = (stored: readonly Event[], { projects, env }: Context): readonly Event[] => {
  const first = new Map<string, Event>();
  for (const event of stored.toSorted(byWord)) {
    const id = JSON.stringify([
      event.project_id,
      event.env,
      ...(event.event_id === null ? [event.request_id, event.seq] : [event.event_id]),
    ]);
    if (!first.has(id)) first.set(id, event);
  }
  return [...first.values()]
    .filter((event) => projects.includes(event.project_id) && event.env === env)
    .toSorted(byTime);
};

/** What `where` and `include_bots` leave, whenever it happened. */
export const narrowed = (
  events: readonly Event[],
  { where, include_bots }: Pick<Shared, 'where' | 'include_bots'>,
): readonly Event[] =>
  events.filter(
    (event) =>
      (include_bots || event.device_type !== 'bot') && where.every((condition) => holds(event, condition)),
  );

/** Of these, what happened in the period. */
export const during = (
  events: readonly Event[],
  { from, to }: Pick<Shared, 'from' | 'to'>,
): readonly Event[] => events.filter((event) => event.ts >= from && event.ts < to);
