import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Counters } from '../../src/ports.ts';

/** Counters under test: `another` is another process on the same ones, `reopen` a later one. */
export interface OpenCounters {
  readonly counters: Counters;
  readonly another: () => Counters;
  readonly reopen: () => Promise<Counters>;
  readonly close: () => Promise<void>;
}

/** What every twin of the counters must keep. */
export const countersKeepTheirPromise = (twin: string, open: () => Promise<OpenCounters>) =>
  describe(`${twin} counters`, () => {
    let opened: OpenCounters;
    let counters: Counters;
    beforeEach(async () => {
      opened = await open();
      counters = opened.counters;
    });
    afterEach(() => opened.close());

    test('numbers under one id are added up together, and begin at 0', async () => {
      expect(await counters.read('A')).toEqual({});
      expect(await counters.add('A', { all: 3, 'day 05#prj_x': 3 })).toEqual({
        done: true,
        numbers: { all: 3, 'day 05#prj_x': 3 },
      });
      expect((await counters.add('A', { all: 2, other: 0 })).numbers).toEqual({
        ...{ all: 5, other: 0 },
      });
      expect(await counters.read('A')).toEqual({ all: 5, 'day 05#prj_x': 3, other: 0 });
      expect(await counters.add('A', { all: -5 })).toMatchObject({ done: true, numbers: { all: 0 } });
      expect(await counters.read('B')).toEqual({});
    });

    test.each([
      ['up to its bound', { n: 10 }, { n: 10 }, true],
      ['beyond its bound', { n: 11 }, { n: 10 }, false],
      ['beyond the bound of another number of it', { n: 1, m: 1 }, { n: 10, m: 0 }, false],
      ['nothing, where it is within its bound', { n: 0 }, { n: 5 }, true],
      ['nothing, where it is beyond its bound', { n: 0 }, { n: -1 }, false],
    ])('adding %s', async (_, by, atMost, done) => {
      expect((await counters.add('A', by, { atMost })).done).toBe(done);
      expect(await counters.read('A')).toEqual(done ? by : {});
      if (done) return;
      await counters.add('A', { n: 3 });
      expect(await counters.add('A', by, { atMost })).toEqual({ done: false, numbers: { n: 3 } });
    });

    test('of what many processes add at once, each is counted once and none goes beyond the bound', async () => {
      const processes = Array.from({ length: 8 }, () => opened.another());
      const said = await Promise.all(
        processes.flatMap((each) =>
          Array.from({ length: 10 }, (_, n) =>
            each.add('A', { n: (n % 3) + 1, times: 1 }, { atMost: { n: 100 } }),
          ),
        ),
      );
      const added = said.filter(({ done }) => done);
      const { n = 0, times } = await counters.read('A');
      expect(times).toBe(added.length);
      expect(n).toBeGreaterThan(97);
      expect(n).toBeLessThanOrEqual(100);
      // Each answer of one that was added is a state of its own.
      expect(new Set(added.map(({ numbers }) => numbers.n)).size).toBe(added.length);
    });

    test('a mark moves on from the floor where it is below, else from where it is, and not beyond the most', async () => {
      const move = (by: number, floor: number, most: number) => counters.advance('A', { by, floor, most });
      expect(await move(5, 100, 120)).toEqual({ done: true, numbers: { at: 105 } });
      expect(await move(15, 101, 120)).toEqual({ done: true, numbers: { at: 120 } });
      expect(await move(1, 101, 120)).toEqual({ done: false, numbers: { at: 120 } });
      expect(await move(-10, 101, 120)).toEqual({ done: true, numbers: { at: 110 } });
      expect(await move(1, 200, 220)).toEqual({ done: true, numbers: { at: 201 } });
      expect((await move(30, 300, 320)).done).toBe(false);
      expect(await counters.read('A')).toEqual({ at: 201 });
    });

    test('a mark that many processes move is moved by each once, and by none beyond the most', async () => {
      const processes = Array.from({ length: 8 }, () => opened.another());
      const said = await Promise.all(
        processes.map((each) => each.advance('A', { by: 3, floor: 100, most: 118 })),
      );
      expect(said.filter(({ done }) => done).length).toBeLessThanOrEqual(6);
      expect(await counters.read('A')).toEqual({ at: 100 + 3 * said.filter(({ done }) => done).length });
    });

    test('what was added is there for the next process', async () => {
      await counters.add('A', { n: 2 ** 52 });
      await counters.add('A', { n: 1 });
      expect(await (await opened.reopen()).read('A')).toEqual({ n: 2 ** 52 + 1 });
    });
  });
