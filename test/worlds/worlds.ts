import * as fc from 'fast-check';
import type { Event } from '../../src/events/columns.ts';
import type { Asking } from '../oracle/oracle.ts';
import { oracles, type QuestionName } from '../oracle/truth.ts';
import { present, type Raw, shared, spell } from './arguments.ts';
import { where } from './conditions.ts';
import { moments, requests } from './requests.ts';

/** One generated case: what was sent, and one question about project `p`. */
export interface Case {
  /** In the order of arrival; repeats are in it. */
  readonly requests: readonly (readonly Event[])[];
  /** All events of `requests`. */
  readonly events: readonly Event[];
  /** As a caller writes them. */
  readonly args: Raw;
  readonly env: 'live' | 'test';
  readonly asking: Asking;
}

/** Worlds with one question of this kind about each. */
export const cases = (question: QuestionName): fc.Arbitrary<Case> =>
  fc
    .record({
      moment: fc.constantFrom(...moments),
      deliver: requests,
      shared,
      own: oracles[question].draws,
      env: fc.oneof(
        { weight: 19, arbitrary: fc.constant<'live' | 'test'>('live') },
        { weight: 1, arbitrary: fc.constant<'live' | 'test'>('test') },
      ),
      relative: fc.oneof(
        { weight: 8, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.constantFrom('last:36h', 'last:3d', 'last:2w', '') },
      ),
    })
    .map(({ moment, deliver, env, relative, ...drafts }) => {
      const at = Date.parse(moment.at);
      const sent = deliver(at);
      const asking = {
        now: Math.max(at, ...sent.flat().map((event) => event.received_at)) + 12_345,
        timezone: moment.tz,
      };
      const spelt = spell(drafts.shared, at);
      const period =
        relative === undefined ? {} : { from: relative === '' ? undefined : relative, to: undefined };
      const args = wide(question, present({ ...spelt, ...drafts.own, ...period }), asking, at);
      return { requests: sent, events: sent.flat(), args, env, asking };
    });

/** Dates may leave nothing between `from` and `to`, which is refused: then a wide period instead. */
function wide(question: QuestionName, args: Raw, asking: Asking, moment: number): Raw {
  const { from, to } = oracles[question].period(args, asking);
  const day = 86_400_000;
  return from < to
    ? args
    : {
        ...args,
        from: new Date(moment - 31 * day).toISOString(),
        to: new Date(moment + 31 * day).toISOString(),
      };
}

/** Worlds with one `where` about all of each. */
export const filterings: fc.Arbitrary<Case> = fc
  .record({ world: cases('query_events'), where })
  .map(({ world: { asking, ...world }, where }) => ({
    ...world,
    asking,
    args: { where, include_bots: true, limit: 1000, from: '1900-01-01', to: '2100-01-01' },
  }));

/** The same n cases for the same seed. */
export const sampleWorlds = (question: QuestionName, n: number, seed: number): readonly Case[] =>
  fc.sample(cases(question), { numRuns: n, seed });

/** The same events in projects of their own: `p` becomes this project, the others are named after it, and so are the requests. */
export const moved = (events: readonly Event[], project: string): readonly Event[] =>
  events.map((event) => ({
    ...event,
    project_id: event.project_id === 'p' ? project : `${project}-${event.project_id}`,
    request_id: `${project}-${event.request_id}`,
  }));
