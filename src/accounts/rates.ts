import type { Terms } from '../access/plans.ts';
import type { Counters, World } from '../ports.ts';
import { Problem } from '../problems.ts';
import { comeBack } from './spans.ts';

/** Routes that have a bucket. */
export type Limited = keyof NonNullable<Terms['rates']>;
type Bucket = NonNullable<Terms['rates']>[Limited];

/** The mark of a bucket: the instant, in microseconds, up to which its tokens are taken. */
const rateId = (projectId: string, route: Limited): string => `RATE#${projectId}#${route}`;

/** Leased tokens are good for so long, ms. What is not used by then goes back with the next lease. */
const goodMs = 1_000;
/** A process asks for tokens once a second; while it learns how many it needs, for up to so many seconds in advance. */
const asksSaved = 4;
/** The first lease is this part of the burst, so that many processes may begin at once; one that is used up before its second is over is followed by one so many times as large. */
const firstPart = 50;
const growth = 4;
/** A mark further ahead than a bucket can be, and than clocks differ, was left by a clock that was wrong. */
const clocksDifferUs = 5_000_000;
/** Buckets that one process remembers. */
const remembered = 10_000;
const keptMs = 3_600_000;

interface Lease {
  /** How many it was, and what is left of them. */
  size: number;
  tokens: number;
  /** ms since 1970. */
  until: number;
  asks: number;
  asksAt: number;
  /** Where the mark was last seen, µs. */
  mark: number;
  /** Was the last one granted? While it is asked for, everybody waits for the same answer. */
  leasing: Promise<boolean> | undefined;
}

/**
 * Token buckets that many processes share. Tokens are leased from the shared mark, good for a second, and given out in this process, so that a busy project costs each process one conditional
 * write a second (and up to three more when it begins). In any time t all processes together let through at most rate · t + burst + one second’s tokens: whatever is let through was
 * leased within the second before. The function throws `rate_limited` with the seconds to wait.
 */
export const rateLimits = ({
  counters,
  clock,
}: Pick<World, 'counters' | 'clock'>): ((
  projectId: string,
  route: Limited,
  bucket: Bucket,
) => Promise<void>) => {
  const leases = new Map<string, Lease>();

  const leaseOf = (id: string, now: number): Lease => {
    const found = leases.get(id);
    if (found !== undefined) return found;
    if (leases.size >= remembered) leases.clear();
    const made: Lease = {
      ...{ size: 0, tokens: 0, until: now, asks: asksSaved, asksAt: now },
      ...{ mark: Number.NEGATIVE_INFINITY, leasing: undefined },
    };
    leases.set(id, made);
    return made;
  };

  return async (projectId, route, bucket) => {
    const id = rateId(projectId, route);
    for (;;) {
      const now = clock();
      const lease = leaseOf(id, now);
      if (lease.tokens > 0 && !isOver(lease, now)) {
        lease.tokens -= 1;
        return;
      }
      if (lease.leasing === undefined) {
        if (!mayAsk(lease, now)) throw tooFast(route, bucket, lease, now);
        lease.leasing = ask(counters, id, lease, bucket, now).finally(() => {
          lease.leasing = undefined;
        });
      }
      if (!(await lease.leasing)) throw tooFast(route, bucket, lease, now);
    }
  };
};

/** A clock that is set back ends a lease too. */
const isOver = ({ until }: Lease, now: number): boolean => now >= until || until - now > goodMs;

/** Is it this process’s turn to ask? One turn a second comes up, and a few are saved. */
const mayAsk = (lease: Lease, now: number): boolean => {
  lease.asks = Math.min(asksSaved, lease.asks + Math.abs(now - lease.asksAt) / 1000);
  lease.asksAt = now;
  if (lease.asks < 1) return false;
  lease.asks -= 1;
  return true;
};

/** Gives back what is left of the last lease and takes the next: what was used in the last second and a quarter more. Was there one? */
const ask = async (
  counters: Counters,
  id: string,
  lease: Lease,
  { per_second, burst }: Bucket,
  now: number,
): Promise<boolean> => {
  const us = (tokens: number): number => Math.ceil((tokens * 1e6) / per_second);
  const nowUs = Math.floor(now * 1000);
  const most = nowUs + us(burst);
  const over = isOver(lease, now);
  const left = us(lease.tokens);
  const wanted =
    lease.size === 0
      ? burst / firstPart
      : over
        ? (lease.size - lease.tokens) * 1.25 + 1
        : lease.size * growth;
  const room = Math.floor(((most - Math.max(lease.mark - left, nowUs)) * per_second) / 1e6);
  const tokens = Math.max(1, Math.min(Math.ceil(wanted), burst, room));
  lease.tokens = 0;
  const move = { by: us(tokens) - left, floor: nowUs + left, most };
  let said = await counters.advance(id, move, now + keptMs);
  const mark = said.numbers.at ?? 0;
  if (!said.done && mark > most + clocksDifferUs) {
    const by = nowUs + us(tokens) - mark;
    said = await counters.advance(id, { by, floor: mark, most: Number.MAX_SAFE_INTEGER }, now + keptMs);
  }
  lease.mark = said.numbers.at ?? lease.mark;
  if (!said.done) return false;
  lease.size = tokens;
  lease.tokens = tokens;
  lease.until = now + goodMs;
  return true;
};

const tooFast = (route: Limited, { per_second, burst }: Bucket, lease: Lease, now: number): Problem => {
  const tokenMs = 1000 / per_second;
  // When the bucket has a token again, and when this process may ask for one.
  const filled = Math.min(lease.mark / 1000 + (1 - burst) * tokenMs, now + tokenMs);
  const { headers, retry_after_s } = comeBack(Math.max(now + (1 - lease.asks) * 1000, filled), now);
  return new Problem(
    'rate_limited',
    `This project sends faster than its plan’s rate for ${route}: ${per_second} requests a second and ${burst} at once. Wait ${retry_after_s} s and send it again; many events go into one request with POST /v1/batch.`,
    { headers, details: { route, per_second, burst, retry_after_s } },
  );
};
