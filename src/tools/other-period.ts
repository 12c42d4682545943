import { earliest } from '../events/instant.ts';
import type { Period } from '../lake/events-of.ts';
import { firstInstantOf, nextStart, startOf, wallOf } from '../sql/zone.ts';
import type { Compare } from './compare-input.ts';
import { type Manner, periodFrom } from './period.ts';
import { invalidParam } from './refusal.ts';

/** The period that another one is compared with. */
export interface OtherPeriod extends Period {
  /** Was it cut to be as long as the part of a running period that has passed? */
  readonly cut: boolean;
}

/** How times are read: the zone, its dates, and the present (ms since 1970). */
interface Clock extends Pick<Manner, 'dates'> {
  readonly zone: string;
  /** Where dates without an offset are. */
  readonly datesIn: string;
  readonly now: number;
}

const monthsOfYear = 12;

/**
 * The period a caller means by `compare`, for one that was asked for; `open`: no end was sent, so it ends now. Whole days
 * are moved by days of the zone’s clock, anything else by its length. Of a period that is still running only as much is
 * compared, through the same time of day (decision 23). Problem `invalid_params` where nothing is left.
 */
export function otherPeriod(
  compare: Compare,
  { from, to, open }: Period & { readonly open: boolean },
  { zone, datesIn, dates, now }: Clock,
): OtherPeriod {
  const isMidnight = (at: number): boolean => startOf(zone, 'day', at) === at;
  // Asked from a midnight until now, the day that is running is meant as a whole.
  const end = open && isMidnight(from) ? nextStart(zone, 'day', now) : to;
  const whole = wholeOf();
  const cut = from <= now && end > now + 1;
  const sameTime = firstInstantOf(
    zone,
    wallOf(zone, whole.from) + wallOf(zone, now + 1) - wallOf(zone, from),
  );
  // In the hour after a clock went back behind the midnight at which the period begins it shows no later time yet.
  const passed = sameTime > whole.from ? sameTime : whole.from + now + 1 - from;
  const other = {
    from: Math.max(earliest, whole.from),
    to: cut ? Math.min(whole.to, passed) : whole.to,
    cut,
  };
  if (other.from < other.to) return other;
  throw invalidParam('compare', 'compare: no time lies before this period; choose a later from');

  function wholeOf(): Period {
    if (typeof compare === 'object') return periodFrom(compare, now, datesIn, { dates, inside: 'compare' });
    if (compare === 'year') return { from: yearEarlier(from), to: yearEarlier(end - 1) + 1 };
    const days = firstInstantOf(zone, 2 * wallOf(zone, from) - wallOf(zone, end));
    // Before a day that a zone’s calendar left out lies the day before that one.
    return isMidnight(from) && isMidnight(end) && days < from
      ? { from: days, to: from }
      : { from: 2 * from - end, to: from };
  }

  /** 29 February is 28 February then. */
  function yearEarlier(at: number): number {
    const wall = new Date(wallOf(zone, at));
    const day = wall.getUTCDate();
    const month = wall.getUTCMonth();
    wall.setUTCMonth(month - monthsOfYear);
    if (wall.getUTCDate() !== day) wall.setUTCDate(0);
    return firstInstantOf(zone, wall.getTime());
  }
}
