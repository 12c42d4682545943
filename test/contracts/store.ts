import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/ports.ts';

/** A store under test: `reopen` gives the same one as a new process would see it. */
export interface OpenStore {
  readonly store: Store;
  readonly reopen: () => Promise<Store>;
  readonly close: () => Promise<void>;
}

const bytes = (...values: number[]) => Uint8Array.from(values);

/** What every twin of the store must keep. */
export const storeKeepsItsPromise = (twin: string, open: () => Promise<OpenStore>) =>
  describe(`${twin} store`, () => {
    let opened: OpenStore;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    test('what was put comes back, also to the next process', async () => {
      await opened.store.put('salt/2026-03-02', bytes(0, 255, 10, 13));
      expect(await opened.store.get('salt/2026-03-02')).toEqual(bytes(0, 255, 10, 13));
      expect(await (await opened.reopen()).get('salt/2026-03-02')).toEqual(bytes(0, 255, 10, 13));
    });

    test('what is not there reads as undefined, and deleting it is no error', async () => {
      expect(await opened.store.get('nothing')).toBeUndefined();
      await opened.store.delete('nothing');
    });

    test('a second put replaces the whole, an empty one is not nothing, a deleted one is gone', async () => {
      await opened.store.put('a', bytes(1, 2, 3));
      await opened.store.put('a', bytes(9));
      expect(await opened.store.get('a')).toEqual(bytes(9));
      await opened.store.put('a', bytes());
      expect(await opened.store.get('a')).toEqual(bytes());
      await opened.store.delete('a');
      expect(await opened.store.get('a')).toBeUndefined();
    });

    test.each([
      ['../outside'],
      ['a/b/c'],
      ['.'],
      ['%2e'],
      ['Ä ö 🦉'],
      ['with "quotes" and \n'],
      ['A'],
      ['~1'],
    ])('%j is a name like any other', async (name) => {
      await opened.store.put('a', bytes(1));
      await opened.store.put(name, bytes(7));
      expect(await opened.store.get(name)).toEqual(bytes(7));
      expect(await opened.store.get('a')).toEqual(bytes(1));
      expect(await opened.store.list('')).toEqual([name, 'a'].sort());
    });

    test('names are listed by prefix, ascending', async () => {
      for (const name of ['b/2', 'a/10', 'a/9', 'ab', 'a/']) await opened.store.put(name, bytes(1));
      expect(await opened.store.list('a/')).toEqual(['a/', 'a/10', 'a/9']);
      expect(await opened.store.list('c')).toEqual([]);
    });

    test('of two puts at once one is there whole', async () => {
      const [ones, twos] = [new Uint8Array(100_000).fill(1), new Uint8Array(50_000).fill(2)];
      await Promise.all([opened.store.put('a', ones), opened.store.put('a', twos)]);
      expect([ones, twos]).toContainEqual(await opened.store.get('a'));
    });
  });
