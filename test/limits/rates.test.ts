import { describe, expect, test } from 'vitest';
import { rateLimits } from '../../src/accounts/rates.ts';
import type { Counters } from '../../src/ports.ts';
import { Problem } from '../../src/problems.ts';
import { twins } from './twins.ts';

const start = Date.parse('2026-12-05T10:00:00Z');
const bucket = { per_second: 50, burst: 200 };
let projects = 0;

/** Waits to be sent again after so many seconds; undefined where it was let through. */
const refusedFor = async (asked: Promise<void>): Promise<number | undefined> => {
  try {
    await asked;
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof Problem)) throw thrown;
    expect([thrown.code, thrown.status]).toEqual(['rate_limited', 429]);
    expect(thrown.headers['Retry-After']).toBe(String(thrown.details?.retry_after_s));
    return Number(thrown.details?.retry_after_s);
  }
};

/** Counts how often a mark was asked to move. */
const counting = (counters: Counters): Counters & { moves: number } => {
  const counted = {
    ...counters,
    moves: 0,
    advance: (...given: Parameters<Counters['advance']>) => {
      counted.moves += 1;
      return counters.advance(...given);
    },
  };
  return counted;
};

describe.each(twins)('a project’s rate in %s', (_, process) => {
  const eight = (clock: () => number) =>
    Array.from({ length: 8 }, () => {
      const counters = counting(process(clock));
      return { counters, limit: rateLimits({ counters, clock }) };
    });
  const project = () => `prj_${++projects}`;

  test.each([
    ['sixteen times the rate', 800, 20],
    ['a little above the rate', 60, 20],
    ['a burst after a pause', 2_000, 1],
  ])(
    'of 8 processes under %s no more is let through than rate · t + burst + one second’s tokens',
    async (_, perSecond, seconds) => {
      let now = start;
      const processes = eight(() => now);
      const id = project();
      const let_: number[] = [];
      const stepMs = 50;
      for (let step = 0; step < (seconds * 1000) / stepMs; step++) {
        now = start + step * stepMs;
        const sent = Math.round((perSecond * stepMs) / 1000);
        const said = await Promise.all(
          Array.from({ length: sent }, (_, n) =>
            refusedFor(processes[(step + n) % 8]?.limit(id, 'track', bucket) ?? Promise.resolve()),
          ),
        );
        for (const each of said) if (each === undefined) let_.push(now);
      }
      // In every span of time, not only from the start.
      for (let from = 0; from < let_.length; from += 7)
        for (let to = from; to < let_.length; to += 13) {
          const t = ((let_[to] ?? 0) - (let_[from] ?? 0)) / 1000;
          expect(to - from + 1).toBeLessThanOrEqual(bucket.per_second * t + bucket.burst + bucket.per_second);
        }
      // And not much less: a bucket that lets nothing through would pass the first half.
      const due = Math.min(perSecond * seconds, bucket.per_second * (seconds - 1) + bucket.burst);
      expect(let_.length).toBeGreaterThan(due * 0.85);
      for (const { counters } of processes) expect(counters.moves).toBeLessThanOrEqual(seconds + 4);
    },
  );

  test('a client that obeys Retry-After gets through while others do not', async () => {
    let now = start;
    const processes = eight(() => now);
    const id = project();
    for (let n = 0; n < 400; n++)
      await refusedFor(processes[n % 8]?.limit(id, 'track', bucket) ?? Promise.resolve());
    let tries = 0;
    for (let wait: number | undefined = 0; wait !== undefined; tries++) {
      now += wait * 1000;
      wait = await refusedFor(processes[tries % 8]?.limit(id, 'track', bucket) ?? Promise.resolve());
    }
    expect(tries).toBeLessThanOrEqual(3);
  });

  test('one process lets the whole burst through at once, and then the rate', async () => {
    let now = start;
    const [one] = eight(() => now);
    const id = project();
    const through = async (n: number) =>
      (
        await Promise.all(
          Array.from({ length: n }, () => refusedFor(one?.limit(id, 'track', bucket) ?? Promise.resolve())),
        )
      ).filter((each) => each === undefined).length;
    expect(await through(300)).toBe(200);
    now += 2_000;
    expect(await through(300)).toBe(100);
  });

  test('projects and routes have buckets of their own, and a rate below one a second waits for its token', async () => {
    let now = start;
    const clock = () => now;
    const limit = rateLimits({ counters: process(clock), clock });
    const [one, other] = [project(), project()];
    const slow = { per_second: 0.1, burst: 1 };
    expect(await refusedFor(limit(one, 'batch', slow))).toBeUndefined();
    expect(await refusedFor(limit(one, 'batch', slow))).toBe(10);
    expect(await refusedFor(limit(other, 'batch', slow))).toBeUndefined();
    expect(await refusedFor(limit(one, 'track', slow))).toBeUndefined();
    now += 10_000;
    expect(await refusedFor(limit(one, 'batch', slow))).toBeUndefined();
  });

  test('a clock that is set back an hour shuts nobody out', async () => {
    let now = start;
    const clock = () => now;
    const limit = rateLimits({ counters: process(clock), clock });
    const id = project();
    for (let n = 0; n < 200; n++) await refusedFor(limit(id, 'track', bucket));
    now -= 3_600_000;
    expect(await refusedFor(limit(id, 'track', bucket))).toBeUndefined();
    now -= 86_400_000;
    expect(await refusedFor(limit(id, 'track', bucket))).toBeUndefined();
  });
});
