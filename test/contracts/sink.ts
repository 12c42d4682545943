import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/columns.ts';
import { eventsOf, identifiesOf } from '../../src/lake/events-of.ts';
import type { Engine, Sink } from '../../src/ports.ts';
import { sql } from '../../src/sql/sql.ts';
import { anEvent, sent } from '../worlds/event.ts';

/** A sink under test with an engine over what it kept. `reopen` ends the process and starts another; `settle` runs whatever background work there is to its end. */
export interface OpenSink {
  readonly lake: 'clean' | 'raw';
  readonly sink: () => Sink;
  readonly engine: () => Engine;
  readonly reopen: () => Promise<void>;
  readonly settle: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const always = { from: Date.parse('2000-01-01'), to: Date.parse('2100-01-01') };

/** What every twin of the sink must keep. */
export const sinkKeepsItsPromise = (twin: string, open: () => Promise<OpenSink>) =>
  describe(`${twin} sink`, () => {
    let opened: OpenSink;
    let requests = 0;
    beforeEach(async () => {
      requests = 0;
      opened = await open();
    });
    afterEach(() => opened.close());

    /** Each call is a request of its own. */
    const keep = (...events: readonly Event[]) => {
      requests += 1;
      const request_id = `r${String(requests).padStart(4, '0')}`;
      return opened.sink().keep(sent(...events).map((event) => ({ ...event, request_id })));
    };
    /** The paths of the events a reader sees, sorted. */
    const paths = async (projects: readonly string[] = ['shop'], env: 'live' | 'test' = 'live') => {
      const reading = { projects, env, bots: true, lake: opened.lake };
      const answer = await opened
        .engine()
        .ask(
          sql`select path from (${eventsOf(reading, always)}) as e order by path`,
          { reading, period: always },
          { timeMs: 20_000 },
        );
      return answer.rows.map(({ path }) => path);
    };
    const sk = { key_kind: 'sk' };
    const named = (event_id: string | null, path: string, more: Partial<Event> = {}) =>
      anEvent({ event_id, path, ...more });

    test('what it kept is there, column by column, also after a restart', async () => {
      const event = anEvent({
        at: '2026-03-02T09:00:00.007Z',
        received_at: Date.parse('2026-03-02T09:00:01.999Z'),
        event_id: 'order-1',
        user_id: 'Ä "quoted" \\ \u2028 🦉',
        session_sent: true,
        country: 'DE',
        seq: 0,
        request_id: 'r0001',
        properties: '{"text":"line\\nbreak, \\"quotes\\", {braces}","n":9007199254740993}',
      });
      await keep(event);
      for (const again of [async () => {}, opened.settle, opened.reopen]) {
        await again();
        const reading = { projects: ['shop'], env: 'live' as const, bots: true, lake: opened.lake };
        const { rows } = await opened
          .engine()
          .ask(eventsOf(reading, always), { reading, period: always }, { timeMs: 20_000 });
        expect(rows).toEqual([
          { ...event, ts: '2026-03-02T09:00:00.007Z', received_at: '2026-03-02T09:00:01.999Z' },
        ]);
      }
    });

    test('keeping nothing is no error', async () => {
      await opened.sink().keep([]);
      expect(await paths()).toEqual([]);
    });

    const repeats: readonly (readonly [
      string,
      (between: () => Promise<void>) => Promise<unknown>,
      readonly string[],
    ])[] = [
      [
        'inside one request',
        () => keep(named('e1', '/1'), named('e1', '/2'), named('e2', '/3')),
        ['/1', '/3'],
      ],
      [
        'across requests',
        async (between) => {
          await keep(named('e1', '/1'));
          await between();
          await keep(named('e2', '/2'), named('e1', '/3'));
        },
        ['/1', '/2'],
      ],
      [
        'when a request holds nothing else',
        async (between) => {
          await keep(named('e1', '/1'));
          await between();
          await keep(named('e1', '/2'));
          await keep(named('e1', '/3'), named('e1', '/4'));
        },
        ['/1'],
      ],
      [
        'of one id in requests sent at once',
        async () => {
          await Promise.all([
            keep(named('e1', '/1'), named('e2', '/1')),
            keep(named('e2', '/1'), named('e1', '/1')),
            keep(named('e1', '/1')),
          ]);
        },
        ['/1', '/1'],
      ],
      [
        'not where the id is missing',
        async (between) => {
          await keep(named(null, '/1'), named(null, '/1'));
          await between();
          await keep(named(null, '/1'));
        },
        ['/1', '/1', '/1'],
      ],
      [
        'from a browser after a server’s, which stays',
        async (between) => {
          await keep(named('e1', '/server', sk));
          await between();
          await keep(named('e1', '/browser'), named('e2', '/2'));
        },
        ['/2', '/server'],
      ],
      [
        'from a server after a browser’s, which it replaces',
        async (between) => {
          await keep(named('e1', '/browser'), named('e2', '/2'));
          await between();
          await keep(named('e1', '/server', sk));
          await between();
          await keep(named('e1', '/browser again'));
          await keep(named('e1', '/server again', sk));
        },
        ['/2', '/server'],
      ],
      [
        'of both, whatever time each says',
        async (between) => {
          await keep(named('e1', '/browser', { ts: Date.parse('1999-01-01T00:00:00Z') }));
          await between();
          await keep(named('e1', '/server', { ...sk, ts: Date.parse('2026-03-09T00:00:00Z') }));
        },
        ['/server'],
      ],
      [
        'of both in requests sent at once',
        async () => {
          await Promise.all([
            keep(named('e1', '/browser'), named('e2', '/browser')),
            keep(named('e2', '/server', sk), named('e1', '/server', sk)),
            keep(named('e1', '/browser')),
          ]);
        },
        ['/server', '/server'],
      ],
    ];
    const moments: readonly (readonly [string, () => Promise<void>])[] = [
      ['at once', async () => {}],
      ['after a restart', () => opened.reopen()],
      ['after its background work', () => opened.settle()],
      [
        'after its background work and a restart',
        async () => {
          await opened.settle();
          await opened.reopen();
        },
      ],
    ];
    test.each(
      repeats.flatMap(([what, act, kept]) =>
        moments.map(([when, between]) => [what, when, act, between, kept] as const),
      ),
    )('a repeat counts once: %s, %s', async (_what, _when, act, between, kept) => {
      await act(between);
      expect(await paths()).toEqual(kept);
      await opened.settle();
      expect(await paths()).toEqual(kept);
    });

    test('what a server replaces is another’s neither in another project nor from a test key', async () => {
      await keep(
        named('e1', '/1'),
        named('e1', '/2', { project_id: 'other' }),
        named('e1', '/3', { env: 'test' }),
      );
      await keep(named('e1', '/server', sk));
      await opened.settle();
      expect([await paths(), await paths(['other']), await paths(['shop'], 'test')]).toEqual([
        ['/server'],
        ['/2'],
        ['/3'],
      ]);
      expect(await paths(['shop', 'other'])).toEqual(['/2', '/server']);
    });

    test('an identification that a server sent replaces the browser’s copy of it', async () => {
      const said = (user_id: string, more: Partial<Event> = {}) =>
        named('login-1', '/', { event_name: '$identify', user_id, ...more });
      await keep(said('browser'));
      await keep(said('server', sk));
      for (const again of [async () => {}, opened.settle, opened.reopen]) {
        await again();
        const reading = { projects: ['shop'], env: 'live' as const, bots: true, lake: opened.lake };
        const { rows } = await opened
          .engine()
          .ask(
            sql`select user_id from (${identifiesOf(reading)}) as said`,
            { reading, period: always },
            { timeMs: 20_000 },
          );
        expect(rows).toEqual([{ user_id: 'server' }]);
      }
    });

    test('the same id in another project or from a test key is another event', async () => {
      await keep(
        named('e1', '/1'),
        named('e1', '/2', { project_id: 'other' }),
        named('e1', '/3', { env: 'test' }),
      );
      await keep(
        named('e1', '/4'),
        named('e1', '/5', { project_id: 'other' }),
        named('e1', '/6', { env: 'test' }),
      );
      expect([await paths(), await paths(['other']), await paths(['shop'], 'test')]).toEqual([
        ['/1'],
        ['/2'],
        ['/3'],
      ]);
      expect(await paths(['shop', 'other'])).toEqual(['/1', '/2']);
    });
  });
