import * as fc from 'fast-check';
import type { Event } from '../../src/events/columns.ts';
import { names } from '../worlds/words.ts';
import { followed, type Per } from './people.ts';
import { narrowed, type Shared } from './stored.ts';
import { bucketOf, type Interval } from './zone.ts';

/** Somebody of a project, and the buckets (starts) in which they were active. */
export interface Active {
  readonly project: string;
  readonly events: readonly Event[];
  readonly buckets: ReadonlySet<number>;
}

/** Does it count as activity: this event, or any but the system’s? */
export const isActive = ({ event_name }: Event, wanted: string | undefined): boolean =>
  wanted === undefined ? event_name === '$pageview' || !event_name.startsWith('$') : event_name === wanted;

/** Everybody with such events among these, and when. `all`: everything that may hold an `$identify`. */
export const activityOf = (
  seen: readonly Event[],
  args: Pick<Shared, 'where' | 'include_bots' | 'tz'> & { readonly per: Per },
  counts: (event: Event) => boolean,
  interval: Interval,
  all: readonly Event[] = seen,
): readonly Active[] =>
  followed(narrowed(seen, args).filter(counts), args.per, all).map((events) => ({
    project: events[0]?.project_id ?? '',
    events,
    buckets: new Set(events.map(({ ts }) => bucketOf(ts, args.tz, interval))),
  }));

/** The projects of those active in one of these buckets. */
export const doers = (active: readonly Active[], buckets: readonly number[]): readonly string[] =>
  [
    ...new Set(
      active.filter((one) => buckets.some((bucket) => one.buckets.has(bucket))).map(({ project }) => project),
    ),
  ].toSorted();

/** What tools over days take besides the shared inputs; no limit. */
export const bucketDraws = {
  event: fc.constantFrom(undefined, undefined, ...names.slice(0, 6)),
  per: fc.constantFrom(undefined, 'visitor'),
  limit: fc.constant(undefined),
};
