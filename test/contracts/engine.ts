import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/columns.ts';
import { eventsOf, identifiesOf, type Period, type Reading } from '../../src/lake/events-of.ts';
import { Problem } from '../../src/problems.ts';
import { join, name, type Sql, sql } from '../../src/sql/sql.ts';
import { anEvent, sent } from '../worlds/event.ts';
import type { OpenSink } from './sink.ts';

const day = 86_400_000;
const monday = Date.parse('2026-03-02T00:00:00Z');
const week: Period = { from: monday, to: monday + 7 * day };

/** A question that looks at 10^n pairs, none of which can be skipped: 10^7 take a moment, 10^12 longer than anybody waits. */
const pairs = (n: number): Sql => {
  const digits = sql`(values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))`;
  const joined = join(
    Array.from({ length: n }, (_, i) => sql`${digits} as ${name(`d${i}`)} (n)`),
    ' cross join ',
  );
  const number = join(
    Array.from({ length: n }, (_, i) => sql`${name(`d${i}`)}.n * ${i + 3}`),
    ' + ',
  );
  return sql`select count(*) as pairs from ${joined} where (${number}) % 7919 = 3`;
};
const endless = pairs(12);

/**
 * What every twin of the engine must keep, over a sink of the same twin. `settled`: how long what was acknowledged may take to be counted as complete, ms. `shares`: does it share
 * its seats between projects itself?
 */
export const engineKeepsItsPromise = (
  twin: string,
  open: () => Promise<OpenSink>,
  { settled = 0, shares = true }: { readonly settled?: number; readonly shares?: boolean } = {},
) =>
  describe(`${twin} engine`, () => {
    let opened: OpenSink;
    let requests = 0;
    beforeEach(async () => {
      requests = 0;
      opened = await open();
    });
    afterEach(() => opened.close());

    const reading = (projects: readonly string[] = ['shop']): Reading => ({
      projects,
      env: 'live',
      bots: true,
      lake: opened.lake,
    });
    const ask = (
      question: Sql,
      read = reading(),
      period: Period = week,
      limits: { timeMs: number; signal?: AbortSignal } = { timeMs: 20_000 },
    ) => opened.engine().ask(question, { reading: read, period }, limits);
    const count = async (read = reading(), period = week) =>
      (await ask(sql`select count(*) as n from (${eventsOf(read, period)}) as e`, read, period)).rows[0]?.n;
    /** Each call is a request of its own. */
    const keep = (...events: readonly Event[]) => {
      requests += 1;
      const request_id = `r${String(requests).padStart(4, '0')}`;
      return opened.sink().keep(sent(...events).map((event) => ({ ...event, request_id })));
    };

    test('a store that holds nothing answers 0, not an error', async () => {
      expect(await count()).toBe(0);
      expect((await ask(identifiesOf(reading()))).rows).toEqual([]);
    });

    test('an event is seen by the very next question, however often one asks in between', async () => {
      for (let n = 1; n <= 25; n++) {
        await keep(anEvent({ ts: monday + n }));
        expect(await count()).toBe(n);
        if (n % 10 === 0) await opened.settle();
      }
    });

    test('values come back plain', async () => {
      const { rows } = await ask(sql`
        select timestamp '2026-03-02 09:00:00.007' as at, date '2026-03-02' as on_day, cast(9007199254740991 as bigint) as safe, cast(9007199254740993 as bigint) as beyond,
          1.5e0 as part, cast('NaN' as double) as odd, true as yes, cast(null as varchar) as nothing, 'Ä 🦉 ''quoted''' as words, timestamp '1969-12-31 23:59:59.999' as before`);
      expect(rows).toEqual([
        {
          at: '2026-03-02T09:00:00.007Z',
          on_day: '2026-03-02',
          safe: 9007199254740991,
          beyond: '9007199254740993',
          part: 1.5,
          odd: 'NaN',
          yes: true,
          nothing: null,
          words: "Ä 🦉 'quoted'",
          before: '1969-12-31T23:59:59.999Z',
        },
      ]);
    });

    test('a question sees its projects, together and alone, and no other', async () => {
      await keep(
        anEvent({ ts: monday }),
        anEvent({ ts: monday, project_id: "o'ther" }),
        anEvent({ ts: monday, project_id: "o'ther" }),
        anEvent({ ts: monday, project_id: 'third' }),
      );
      for (const again of [async () => {}, opened.settle]) {
        await again();
        expect([
          await count(),
          await count(reading(["o'ther"])),
          await count(reading(['shop', "o'ther"])),
          await count(reading(['nobody'])),
        ]).toEqual([1, 2, 3, 0]);
      }
    });

    test('a period holds its first millisecond and not its last', async () => {
      await keep(...[monday - 1, monday, monday + day - 1, monday + day].map((ts) => anEvent({ ts })));
      for (const again of [async () => {}, opened.settle]) {
        await again();
        expect(await count(reading(), { from: monday, to: monday + day })).toBe(2);
        expect(await count(reading(), { from: monday, to: monday + day + 1 })).toBe(3);
        expect(await count(reading(), { from: monday - 1, to: monday })).toBe(1);
      }
    });

    test('events that come late land in their own old day, and events of the future in theirs', async () => {
      await keep(anEvent({ ts: monday }));
      await opened.settle();
      await keep(
        anEvent({ ts: monday }),
        anEvent({ ts: monday - 400 * day }),
        anEvent({ ts: monday + 6 * day }),
      );
      for (const again of [async () => {}, opened.settle, opened.reopen]) {
        await again();
        expect(await count()).toBe(3);
        expect(await count(reading(), { from: monday - 401 * day, to: monday - 399 * day })).toBe(1);
        expect(await count(reading(), { from: 0, to: 4e12 })).toBe(4);
      }
    });

    test('identifications are seen whatever the period, events are not', async () => {
      const said = (user_id: string, at: number) => anEvent({ ts: at, event_name: '$identify', user_id });
      await keep(said('u1', monday - 90 * day), anEvent({ ts: monday }), {
        ...said('u9', monday),
        project_id: 'other',
      });
      const users = async () =>
        (await ask(sql`select user_id from (${identifiesOf(reading())}) as i order by user_id`)).rows.map(
          ({ user_id }) => user_id,
        );
      for (const again of [async () => {}, opened.settle]) {
        await again();
        expect(await users()).toEqual(['u1']);
        expect(await count()).toBe(1);
      }
      await keep(said('u2', monday));
      expect(await users()).toEqual(['u1', 'u2']);
      await opened.settle();
      expect(await users()).toEqual(['u1', 'u2']);
      expect(await count()).toBe(2);
    });

    test('what was acknowledged before completeUntil was seen, and the cost counts what was read', async () => {
      const before = Date.now();
      await keep(anEvent({ ts: monday }));
      const answer = await ask(sql`select count(*) as n from (${eventsOf(reading(), week)}) as e`);
      expect(answer.completeUntil).toBeGreaterThanOrEqual(before - settled);
      expect(answer.completeUntil).toBeLessThanOrEqual(Date.now());
      expect(answer.cost.bytes).toBeGreaterThan(0);
      expect(answer.cost.ms).toBeGreaterThan(0);
      expect(answer.notes).toEqual([]);
    });

    test('a question over its time is refused with query_timeout and the engine answers the next one', async () => {
      await keep(anEvent({ ts: monday }));
      const refused = await ask(endless, reading(), week, { timeMs: 300 }).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(Problem);
      expect(refused).toMatchObject({ code: 'query_timeout', status: 504 });
      expect(await count()).toBe(1);
    });

    test('where questions may outlive their request one past its time gives a ticket, with which that very text is answered', async ({
      skip,
    }) => {
      const { follow } = opened.engine();
      if (follow === undefined) return skip('questions end with their request here');
      await keep(anEvent({ ts: monday }));
      const [text, reads] = [
        sql`select count(*) as n from (${eventsOf(reading(), week)}) as e cross join (${pairs(7)}) as p`,
        { reading: reading(), period: week },
      ];
      let said = await follow(text, reads, { timeMs: 1_000 });
      while ('ticket' in said) said = await follow(text, reads, { timeMs: 1_000 }, said.ticket);
      expect(said.rows).toEqual([{ n: 1 }]);
      const never = await follow(endless, reads, { timeMs: 1_000 });
      if (!('ticket' in never)) throw new Error('the endless ended');
      await expect(follow(text, reads, { timeMs: 1_000 }, never.ticket)).rejects.toMatchObject({
        code: 'invalid_params',
      });
      await expect(follow(text, reads, { timeMs: 1_000 }, 'nonsense')).rejects.toMatchObject({
        code: 'invalid_params',
      });
      // Nobody waits for it any more.
      const left = new AbortController();
      setTimeout(() => left.abort(new Error('gone')), 500);
      await expect(
        follow(endless, reads, { timeMs: 10_000, signal: left.signal }, never.ticket),
      ).rejects.toThrow('gone');
    });

    test('questions that wait behind long ones are refused in time too, and all is free again', async () => {
      const refusals = await Promise.all(
        Array.from({ length: 8 }, () =>
          ask(endless, reading(), week, { timeMs: 400 }).catch((error: unknown) => error),
        ),
      );
      expect(refusals.map((refusal) => refusal instanceof Problem && refusal.code)).toEqual(
        Array.from({ length: 8 }, () => 'query_timeout'),
      );
      expect(await count()).toBe(0);
    });

    test('a caller who leaves stops the question', async () => {
      const left = new AbortController();
      const asked = ask(endless, reading(), week, { timeMs: 60_000, signal: left.signal });
      const gone = new Error('gone');
      setTimeout(() => left.abort(gone), 100);
      await expect(asked).rejects.toBe(gone);
      await expect(
        ask(endless, reading(), week, { timeMs: 60_000, signal: AbortSignal.abort(gone) }),
      ).rejects.toBe(gone);
      expect(await count()).toBe(0);
    });

    test.runIf(shares)(
      'a project that asks much does not make another wait for all of its questions',
      { timeout: 180_000 },
      async () => {
        const order: string[] = [];
        const slow = pairs(7);
        const patient = { timeMs: 170_000 };
        const busy = Array.from({ length: 12 }, () =>
          ask(slow, reading(['busy']), week, patient).then(() => order.push('busy')),
        );
        const calm = ask(slow, reading(['calm']), week, patient).then(() => order.push('calm'));
        await Promise.all([...busy, calm]);
        expect(order.indexOf('calm')).toBeLessThan(8);
      },
    );

    test('while events come and files are merged, no question sees fewer events than were acknowledged or more than were sent, and none twice', async () => {
      let sentRows = 0;
      let acknowledged = 0;
      let on = true;
      const send = async (worker: number) => {
        for (let request = 0; request < 40; request++) {
          const events = Array.from({ length: 25 }, (_, i) => {
            const id = `${worker}-${request}-${i}`;
            return anEvent({
              ts: monday + ((worker * 977 + request * 31 + i) % 5) * day + i,
              event_id: id,
              project_id: i % 2 === 0 ? 'shop' : 'other',
            });
          });
          sentRows += 25;
          await keep(...events, ...events.slice(0, 3));
          acknowledged += 25;
        }
      };
      const both = reading(['shop', 'other']);
      const look = async () => {
        while (on) {
          const atLeast = acknowledged;
          const { rows } = await ask(
            sql`select count(*) as n, count(distinct concat(project_id, event_id)) as ids from (${eventsOf(both, week)}) as e`,
            both,
          );
          const row = rows[0] ?? {};
          expect(row.n).toBe(row.ids);
          expect(Number(row.n)).toBeGreaterThanOrEqual(atLeast);
          expect(Number(row.n)).toBeLessThanOrEqual(sentRows);
        }
      };
      const tidy = async () => {
        while (on) await opened.settle();
      };
      const others = [look(), look(), tidy()];
      await Promise.all([send(0), send(1), send(2)]).finally(() => {
        on = false;
      });
      await Promise.all(others);
      expect(await count(both)).toBe(3000);
    });
  });
