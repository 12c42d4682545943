import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openLocalCounters } from '../../src/local/counters.ts';
import type { Log } from '../../src/ports.ts';
import { countersKeepTheirPromise } from '../contracts/counters.ts';

const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} };
const at = Date.parse('2026-11-21T10:00:00Z');

const folder = async () => {
  const dir = await mkdtemp(join(tmpdir(), 'counters-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return join(dir, 'counters.sqlite');
};

countersKeepTheirPromise('local', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'counters-'));
  const file = join(dir, 'counters.sqlite');
  let open = openLocalCounters(file, () => at, quiet);
  return {
    counters: open.counters,
    another: () => open.counters,
    reopen: async () => {
      open.close();
      open = openLocalCounters(file, () => at, quiet);
      return open.counters;
    },
    close: async () => {
      open.close();
      await rm(dir, { recursive: true });
    },
  };
});

describe('counters on a laptop', () => {
  test('what was settled survives a process that ends without a word; what came after is forgotten whole', async () => {
    const file = await folder();
    const first = openLocalCounters(file, () => at, quiet);
    await first.counters.add('A', { n: 1, m: 1 });
    first.settle();
    await first.counters.add('A', { n: 1, m: 1 });
    // SQLite holds the file until it is closed, so the crash is a copy of what is on the disk.
    const { cpSync } = await import('node:fs');
    const dir = `${file}.crashed`;
    for (const suffix of ['', '-wal']) cpSync(`${file}${suffix}`, `${dir}${suffix}`, { force: true });
    const second = openLocalCounters(dir, () => at, quiet);
    expect(await second.counters.read('A')).toEqual({ n: 1, m: 1 });
    first.close();
    second.close();
  });

  test('what nobody needs any more goes', async () => {
    const file = await folder();
    let now = at;
    const first = openLocalCounters(file, () => now, quiet);
    await first.counters.add('day', { n: 1 }, { expiresAt: at + 1000 });
    first.settle();
    now += 5000;
    await first.counters.add('other', { n: 1 });
    first.close();
    const second = openLocalCounters(file, () => now, quiet);
    expect([await second.counters.read('day'), await second.counters.read('other')]).toEqual([{}, { n: 1 }]);
    second.close();
  });
});
