import * as fc from 'fast-check';
import * as z from 'zod';
import type { Event } from '../../src/events/columns.ts';
import type { Row } from '../../src/ports.ts';
import { bucketsIn } from '../../src/sql/buckets.ts';
import { offsetsOf } from '../../src/sql/zone.ts';
import { oneOf } from '../worlds/arguments.ts';
import { names } from '../worlds/words.ts';
import { median } from './funnel.ts';
import { limit as limitOf, oracleOf, shared, text, timed } from './oracle.ts';
import { compareText } from './order.ts';
import { personsOf } from './people.ts';
import { type Context, eventsFor, narrowed, type Shared } from './stored.ts';
import { bucketOf } from './zone.ts';

/** The arguments of anomalies, resolved. */
export interface Anomalies extends Shared {
  readonly metric: 'count' | 'uniques' | 'people';
  readonly event?: string;
  readonly interval: 'hour' | 'day';
  readonly sensitivity: number;
  readonly now: number;
}

const day = 86_400_000;

/** What anomalies must answer. */
export const anomalies = (stored: readonly Event[], args: Anomalies, context: Context): readonly Row[] => {
  const seen = eventsFor(stored, context);
  const person = personsOf(seen);
  const { from, to, tz, interval, now } = args;
  const reach = { from: from - 57 * day, to: Math.max(from + 1, Math.min(to + 57 * day, now + 1)) };
  const read = narrowed(seen, args).filter(
    (one) =>
      one.ts >= reach.from &&
      one.ts < reach.to &&
      (args.event === undefined || one.event_name === args.event),
  );
  const starts = bucketsIn(reach, tz, interval, 1e6).filter((start) => start >= reach.from);
  const clock = (at: number): number => at + (offsetsOf(tz, at, at + 1)[0]?.offsetMs ?? 0);
  const buckets = starts
    .slice(0, -1)
    .map((start, i) => ({ start, end: starts[i + 1] ?? 0, wall: clock(start) }));
  const projects = [...Map.groupBy(read, ({ project_id }) => project_id)].toSorted(([a], [b]) =>
    compareText(a, b),
  );
  return projects
    .flatMap(([project, own]) => {
      const first = Math.min(...own.map(({ ts }) => ts));
      const inside = Map.groupBy(own, ({ ts }) => bucketOf(ts, tz, interval));
      const valueAt = (start: number): number => {
        const events = inside.get(start) ?? [];
        return args.metric === 'count'
          ? events.length
          : new Set(events.map((one) => (args.metric === 'people' ? person(one) : one.anonymous_id))).size;
      };
      const held = buckets.filter(({ start }) => start >= first);
      const flagged = held
        .filter(({ start }) => start >= from && start < to)
        .flatMap(({ start, end, wall }) => {
          const peers = held
            .filter((other) => other.wall !== wall && (other.wall - wall) % (7 * day) === 0)
            .filter((other, n, all) => all.findIndex((one) => one.wall === other.wall) === n)
            .filter((other) => Math.abs(other.wall - wall) <= 56 * day)
            .toSorted((a, b) => Math.abs(a.wall - wall) - Math.abs(b.wall - wall) || a.wall - b.wall)
            .slice(0, 8)
            .map((other) => valueAt(other.start));
          if (peers.length < 3) return [];
          const value = valueAt(start);
          const expected = median(peers) ?? 0;
          const mad = median(peers.map((peer) => Math.abs(peer - expected))) ?? 0;
          const score = (value - expected) / Math.max(1.4826 * mad, Math.sqrt(expected), 1);
          const kind = value === 0 && expected >= 5 ? 'silence' : score < 0 ? 'drop' : 'spike';
          return score !== 0 && Math.abs(score) >= args.sensitivity
            ? [{ kind, start, end, value, expected, score }]
            : [];
        });
      const runs: (typeof flagged)[] = [];
      for (const one of flagged) {
        const run = runs.at(-1);
        if (run?.at(-1)?.end === one.start && run.at(-1)?.kind === one.kind) run.push(one);
        else runs.push([one]);
      }
      return runs.flatMap((run) => {
        const [most] = run.toSorted((a, b) => Math.abs(b.score) - Math.abs(a.score) || a.start - b.start);
        const [begun, ended] = [run[0]?.start, run.at(-1)?.end];
        if (most === undefined || begun === undefined || ended === undefined) return [];
        const { kind, value, expected, score } = most;
        return [{ project, begun, ended, kind, buckets: run.length, value, expected, score }];
      });
    })
    .toSorted(
      (a, b) =>
        Math.abs(b.score) - Math.abs(a.score) || a.begun - b.begun || compareText(a.project, b.project),
    )
    .slice(0, args.limit)
    .map(({ project, begun, ended, kind, buckets: n, value, expected, score }) => ({
      ...(context.byProject === true ? { project_id: project } : {}),
      kind,
      from: new Date(begun).toISOString(),
      to: new Date(ended).toISOString(),
      buckets: n,
      value,
      expected,
      score,
    }));
};

const schema = z.strictObject({
  ...shared,
  limit: limitOf(100),
  metric: z.enum(['count', 'uniques', 'people']).default('count'),
  event: text,
  interval: z.enum(['hour', 'day']).default('day'),
  sensitivity: z.number().default(3.5),
});

/** anomalies, for its tests. */
export const anomaliesOracle = oracleOf<Anomalies>({
  draws: fc.record({
    metric: fc.constantFrom(undefined, 'count', 'uniques', 'people'),
    event: oneOf(...names.slice(0, 3)),
    interval: fc.constantFrom(undefined, 'day', 'day', 'hour'),
    sensitivity: fc.constantFrom(0.5, 0.5, 1, 1, 2, undefined),
  }),
  measures: ['buckets', 'value', 'expected', 'score'],
  read: (raw, asking) => ({ ...timed(schema.parse(raw), 'analysis', asking), now: asking.now }),
  answer: anomalies,
});
