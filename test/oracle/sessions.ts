import type { Event } from '../../src/events/columns.ts';
import { type SessionRow, sessionsAmong } from './session-rows.ts';
import { narrowed, type Shared } from './stored.ts';

const day = 86_400_000;

/** The sessions that start in the period, of the events that `where` and `include_bots` leave. `seen`: each event once. */
export const sessionsIn = (
  seen: readonly Event[],
  args: Pick<Shared, 'from' | 'to' | 'where' | 'include_bots' | 'judged'>,
): readonly SessionRow[] =>
  sessionsAmong(narrowed(seen, args).filter(({ ts }) => ts >= args.from - day && ts < args.to + day)).filter(
    ({ begins }) => begins >= args.from && begins < args.to,
  );
