import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../src/ports.ts';

/** A ledger under test: `reopen` gives the same one as a new process would see it. */
export interface OpenLedger {
  readonly ledger: Ledger;
  readonly reopen: () => Promise<Ledger>;
  readonly close: () => Promise<void>;
}

/** What every twin of the ledger must keep. */
export const ledgerKeepsItsPromise = (twin: string, open: () => Promise<OpenLedger>) =>
  describe(`${twin} ledger`, () => {
    let opened: OpenLedger;
    let ledger: Ledger;
    beforeEach(async () => {
      opened = await open();
      ledger = opened.ledger;
    });
    afterEach(() => opened.close());

    test('an item comes back as it was written, with version 1', async () => {
      const data = {
        text: 'naïve “quotes” \u0000 🦉',
        number: 1.5,
        no: null,
        yes: true,
        list: [1, 'b'],
        nested: { deep: {} },
      };
      expect(await ledger.write({ id: 'A', group: 'g', at: '1', data }, 0)).toBe(true);
      expect(await ledger.read('A')).toEqual({ id: 'A', group: 'g', at: '1', version: 1, data });
      expect(await ledger.write({ id: 'B', data: {} }, 0)).toBe(true);
      expect(await ledger.read('B')).toEqual({ id: 'B', version: 1, data: {} });
    });

    test('what is not there reads as undefined', async () => {
      expect(await ledger.read('nobody')).toBeUndefined();
    });

    test('each change raises the version by one and replaces the whole item', async () => {
      await ledger.write({ id: 'A', group: 'g', at: '1', data: { a: 1 } }, 0);
      expect(await ledger.write({ id: 'A', data: { b: 2 } }, 1)).toBe(true);
      expect(await ledger.read('A')).toEqual({ id: 'A', version: 2, data: { b: 2 } });
      expect((await ledger.list('g')).items).toEqual([]);
    });

    test.each([
      ['creating what exists', 0, false],
      ['replacing an older version', 1, false],
      ['replacing the present version', 2, true],
      ['replacing a version to come', 3, false],
    ])('%s (if version %i) answers %s', async (_, ifVersion, done) => {
      await ledger.write({ id: 'A', data: { n: 1 } }, 0);
      await ledger.write({ id: 'A', data: { n: 2 } }, 1);
      expect(await ledger.write({ id: 'A', data: { n: 3 } }, ifVersion)).toBe(done);
      expect((await ledger.read('A'))?.data).toEqual({ n: done ? 3 : 2 });
    });

    test('replacing what was never written answers false and writes nothing', async () => {
      expect(await ledger.write({ id: 'A', data: {} }, 1)).toBe(false);
      expect(await ledger.read('A')).toBeUndefined();
    });

    test('erasing needs the present version, and a new life starts at version 1', async () => {
      await ledger.write({ id: 'A', data: {} }, 0);
      expect(await ledger.erase('A', 2)).toBe(false);
      expect(await ledger.erase('A', 1)).toBe(true);
      expect(await ledger.erase('A', 1)).toBe(false);
      expect(await ledger.read('A')).toBeUndefined();
      await ledger.write({ id: 'A', data: {} }, 0);
      expect((await ledger.read('A'))?.version).toBe(1);
    });

    test('of 50 writers at once exactly one creates', async () => {
      const won = await Promise.all(
        Array.from({ length: 50 }, (_, n) => ledger.write({ id: 'A', data: { n } }, 0)),
      );
      expect(won.filter(Boolean)).toHaveLength(1);
      expect((await ledger.read('A'))?.data).toEqual({ n: won.indexOf(true) });
    });

    test('of 50 writers at once exactly one replaces', async () => {
      await ledger.write({ id: 'A', data: {} }, 0);
      const won = await Promise.all(
        Array.from({ length: 50 }, (_, n) => ledger.write({ id: 'A', data: { n } }, 1)),
      );
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await ledger.read('A')).toEqual({ id: 'A', version: 2, data: { n: won.indexOf(true) } });
    });

    test('50 writers that try again until they win count to 50', async () => {
      await ledger.write({ id: 'A', data: { n: 0 } }, 0);
      const add = async (): Promise<void> => {
        const item = await ledger.read('A');
        if (!(await ledger.write({ id: 'A', data: { n: Number(item?.data.n) + 1 } }, item?.version ?? 0)))
          await add();
      };
      await Promise.all(Array.from({ length: 50 }, add));
      expect(await ledger.read('A')).toEqual({ id: 'A', version: 51, data: { n: 50 } });
    });

    test('a group lists by `at`, then `id`, in the order of their UTF-8 bytes, without its neighbours', async () => {
      // 🦉 is beyond U+FFFF: by UTF-16 units it would stand before ￿.
      const written = [
        ['c', '2'],
        ['b', '1'],
        ['a', '2'],
        ['d', '10'],
        ['e', 'ü'],
        ['f', '￿'],
        ['g', '🦉'],
      ] as const;
      for (const [id, at] of written) await ledger.write({ id, group: 'g', at, data: {} }, 0);
      await ledger.write({ id: 'other', group: 'h', at: '1', data: {} }, 0);
      await ledger.write({ id: 'alone', data: {} }, 0);
      expect((await ledger.list('g')).items.map(({ id }) => id)).toEqual(['b', 'd', 'a', 'c', 'e', 'f', 'g']);
      expect(await ledger.list('nothing')).toEqual({ items: [] });
    });

    test('pages are whole and do not overlap, whatever is written between them', async () => {
      for (const n of [1, 2, 3, 4, 5])
        await ledger.write({ id: `i${n}`, group: 'g', at: 'same', data: { n } }, 0);
      const first = await ledger.list('g', { limit: 2 });
      expect(first.items.map(({ id }) => id)).toEqual(['i1', 'i2']);
      await ledger.write({ id: 'i0', group: 'g', at: 'same', data: {} }, 0);
      await ledger.erase('i2', 1);
      const second = await ledger.list('g', { limit: 2, after: first.next ?? '' });
      expect(second.items.map(({ id }) => id)).toEqual(['i3', 'i4']);
      const third = await ledger.list('g', { limit: 2, after: second.next ?? '' });
      expect(third.items.map(({ id }) => id)).toEqual(['i5']);
      expect(third.next).toBeUndefined();
    });

    test('a made-up cursor is the caller’s mistake', async () => {
      await expect(ledger.list('g', { after: 'nonsense' })).rejects.toMatchObject({ code: 'invalid_params' });
    });

    test('what was written is there for the next process', async () => {
      await ledger.write({ id: 'A', group: 'g', at: '1', data: { n: 1 } }, 0);
      expect(await (await opened.reopen()).read('A')).toEqual({
        id: 'A',
        group: 'g',
        at: '1',
        version: 1,
        data: { n: 1 },
      });
    });
  });
