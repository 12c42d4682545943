import type { Period } from '../../lake/events-of.ts';
import { bucketsIn } from '../../sql/buckets.ts';
import { offsetsOf } from '../../sql/zone.ts';

const dayMs = 86_400_000;
/** How many weeks a bucket is compared with, and how few of them are too few. */
export const weeks = { nearest: 8, least: 3 } as const;
/** To each side so far must be read: eight weeks, and a day for clocks that change. */
const reachMs = (7 * weeks.nearest + 1) * dayMs;
/** A zero is a silence where at least so many were expected. */
const silentFrom = 5;
/** What makes the median absolute deviation a standard deviation of normally spread values. */
const asDeviation = 1.4826;

/** The buckets anomalies are looked for by. */
export type Pace = 'hour' | 'day';

/** Which events must be read to judge the buckets of a period. */
export const unusualReach = ({ from, to }: Period): Period => ({ from: from - reachMs, to: to + reachMs });

/** Neighbouring buckets that stand out alike; times in ms since 1970, value, expected and score of the one that stands out most. */
export interface Unusual {
  readonly kind: 'drop' | 'spike' | 'silence';
  readonly from: number;
  readonly to: number;
  readonly buckets: number;
  readonly value: number;
  readonly expected: number;
  readonly score: number;
}

/** The buckets that there are to judge and to compare with: start, end and the time the zone’s clock shows at the start. */
export interface Clocked {
  readonly start: number;
  readonly end: number;
  readonly wall: number;
}

/** All buckets that `unusualReach` reads, ascending, but the one that still runs; at most `most`. */
export const clockedBuckets = (
  period: Period,
  {
    tz,
    interval,
    now,
    most,
  }: { readonly tz: string; readonly interval: Pace; readonly now: number; readonly most: number },
): readonly Clocked[] => {
  const { from, to } = unusualReach(period);
  const reach = { from, to: Math.max(from + 1, Math.min(to, now + 1)) };
  const starts = bucketsIn(reach, tz, interval, most + 2).filter((start) => start >= reach.from);
  return starts.slice(0, -1).map((start, i) => ({
    start,
    end: starts[i + 1] ?? start,
    wall: start + (offsetsOf(tz, start, start + 1)[0]?.offsetMs ?? 0),
  }));
};

/**
 * What stands out in a period. Each bucket is compared with the same hour of the week (or the same weekday) of the 8
 * nearest weeks that the data holds, itself left out: expected is their median, the spread 1.4826 times their median
 * absolute deviation, at least √expected and 1. `first`: when the data begins, null without any; `thin`: how many
 * buckets have fewer than 3 weeks to be compared with and were not judged.
 */
export const unusualIn = (
  period: Period,
  buckets: readonly Clocked[],
  valueAt: (start: number) => number,
  first: number | null,
  sensitivity: number,
): { readonly found: readonly Unusual[]; readonly thin: number } => {
  if (first === null) return { found: [], thin: 0 };
  const held = buckets.filter(({ start }) => start >= first);
  const byWall = new Map<number, Clocked>();
  for (const bucket of held) if (!byWall.has(bucket.wall)) byWall.set(bucket.wall, bucket);
  const found: Unusual[] = [];
  let thin = 0;
  for (const { start, end, wall } of held) {
    if (start < period.from || start >= period.to) continue;
    const peers = peersOf(wall, byWall).map((peer) => valueAt(peer.start));
    if (peers.length < weeks.least) {
      thin += 1;
      continue;
    }
    const value = valueAt(start);
    const expected = middle(peers);
    const deviation = asDeviation * middle(peers.map((peer) => Math.abs(peer - expected)));
    const score = (value - expected) / Math.max(deviation, Math.sqrt(expected), 1);
    if (Math.abs(score) < sensitivity || score === 0) continue;
    const kind = value === 0 && expected >= silentFrom ? 'silence' : score < 0 ? 'drop' : 'spike';
    const last = found.at(-1);
    const here: Unusual = { kind, from: start, to: end, buckets: 1, value, expected, score };
    if (last === undefined || last.kind !== kind || last.to !== start) found.push(here);
    else {
      const more = Math.abs(score) > Math.abs(last.score) ? here : last;
      found.splice(-1, 1, { ...more, from: last.from, to: end, buckets: last.buckets + 1 });
    }
  }
  return { found, thin };
};

/** The same hour of other weeks, nearest first, of two equally near ones the earlier first. */
function peersOf(wall: number, byWall: ReadonlyMap<number, Clocked>): readonly Clocked[] {
  const peers: Clocked[] = [];
  for (let away = 1; away <= weeks.nearest && peers.length < weeks.nearest; away += 1)
    for (const to of [-away, away]) {
      const peer = byWall.get(wall + to * 7 * dayMs);
      if (peer !== undefined && peers.length < weeks.nearest) peers.push(peer);
    }
  return peers;
}

function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
}
