import type { Event } from '../../src/events/columns.ts';
import { isWide, type Judged, judge, type Narrowing } from './narrow.ts';
import { byTime, byWord } from './order.ts';

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
  readonly where: readonly Narrowing[];
  /** What `where` judges sessions, traits and deeds by; every question’s arguments have it. */
  readonly judged?: Judged;
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

/** What `where` and `include_bots` leave, whenever it happened. `events`: all there are. */
export const narrowed = (
  events: readonly Event[],
  { where, include_bots, judged }: Pick<Shared, 'where' | 'include_bots' | 'judged'>,
): readonly Event[] => {
  if (judged === undefined && where.some(isWide)) throw new Error('nothing to judge sessions and people by');
  const fits = judge(events, where, include_bots, judged ?? nothing);
  return events.filter((event) => (include_bots || event.device_type !== 'bot') && fits(event));
};

const never = { from: 0, to: 0 } as const;
const nothing: Judged = { period: never, reach: never, now: 0 };

/** Of these, what happened in the period. */
export const during = (
  events: readonly Event[],
  { from, to }: Pick<Shared, 'from' | 'to'>,
): readonly Event[] => events.filter((event) => event.ts >= from && event.ts < to);
