import { followingStarts, type Interval, startOf } from './zone.ts';

/** The starts (ms since 1970) of all buckets that hold some of [from, to), ascending; at most `most` of them. */
export const bucketsIn = (
  { from, to }: { readonly from: number; readonly to: number },
  tz: string,
  interval: Interval,
  most: number,
): readonly number[] => {
  const starts: number[] = [];
  const next = followingStarts(tz, interval);
  for (let at = startOf(tz, interval, from); at < to && starts.length < most; at = next(at)) starts.push(at);
  return starts;
};
