import { type Interval, nextStart, startOf } from './zone.ts';

/** The starts (ms since 1970) of all buckets that hold some of [from, to), ascending; at most `most` of them. */
export const bucketsIn = (
  { from, to }: { readonly from: number; readonly to: number },
  tz: string,
  interval: Interval,
  most: number,
): readonly number[] => {
  const starts: number[] = [];
  for (
    let at = startOf(tz, interval, from);
    at < to && starts.length < most;
    at = nextStart(tz, interval, at)
  )
    starts.push(at);
  return starts;
};
