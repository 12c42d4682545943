import type { Event } from '../../src/events/columns.ts';
import { byTime } from './order.ts';
import { sessionsOf } from './people.ts';

/** A session as a row (questions.md, 1): `begins` and `ends` in ms since 1970. */
export interface SessionRow {
  readonly project: string;
  readonly visitor: string;
  readonly begins: number;
  readonly ends: number;
  readonly seconds: number;
  /** All of its events, in the order of time. */
  readonly events: readonly Event[];
  readonly views: readonly Event[];
  readonly opening: Event;
  readonly bounce: boolean;
}

/** Does it open a session? `$identify` and what a server sends without a page or a device do not. */
const opens = (e: Event): boolean =>
  e.event_name !== '$identify' &&
  (e.path !== null || e.browser !== null || e.os !== null || e.device_type !== 'desktop');

/** The sessions of these events, as rows, whenever they begin. */
export const sessionsAmong = (read: readonly Event[]): readonly SessionRow[] =>
  sessionsOf(read).flatMap(({ events }) => {
    const own = events.toSorted(byTime);
    const opening = own.find(opens);
    const last = own.at(-1);
    if (opening === undefined || last === undefined) return [];
    const views = own.filter(({ event_name }) => event_name === '$pageview');
    const others = own.filter(({ event_name }) => !event_name.startsWith('$'));
    return [
      {
        project: opening.project_id,
        visitor: JSON.stringify([opening.project_id, opening.anonymous_id]),
        begins: opening.ts,
        ends: last.ts,
        seconds: (last.ts - opening.ts) / 1000,
        events: own,
        views,
        opening,
        bounce: views.length <= 1 && others.length === 0,
      },
    ];
  });

/** One page, with or without a slash at its end. */
export const pageOf = (path: string | null): string | null =>
  path !== null && path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;

/** What a session is told apart by. */
export const sessionValue = (session: SessionRow, field: string): string | null => {
  const { opening, views } = session;
  switch (field) {
    case 'project_id':
      return session.project;
    case 'source':
      return opening.source === 'internal' ? 'direct' : opening.source;
    case 'medium':
      return opening.medium;
    case 'campaign':
      return opening.campaign;
    case 'country':
      return opening.country;
    case 'device_type':
      return opening.device_type;
    case 'browser':
      return opening.browser;
    case 'os':
      return opening.os;
    case 'entry_path':
      return pageOf(views[0]?.path ?? null);
    case 'exit_path':
      return pageOf(views.at(-1)?.path ?? null);
    case 'host':
      return opening.url === null ? null : new URL(opening.url).hostname;
    default:
      throw new Error(`no such field of a session: ${field}`);
  }
};
