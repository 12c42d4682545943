import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { dailySalts } from '../../src/access/salt.ts';
import { openLocalLedger } from '../../src/local/ledger.ts';
import type { Log } from '../../src/ports.ts';

const hourMs = 3_600_000;
const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} };
const day = (n: number, hour = 0) => Date.UTC(2026, 2, n, hour);
const hex = async (salt: ReturnType<ReturnType<typeof dailySalts>>) => (await salt).export().toString('hex');

const installation = () => {
  const { ledger } = openLocalLedger(':memory:');
  return { ledger, process: () => dailySalts({ ledger, random: (n) => randomBytes(n), log: quiet }) };
};

test('a salt is 32 bytes, the same all day, in every process, and another tomorrow', async () => {
  const { process } = installation();
  const [one, other] = [process(), process()];
  const made = await Promise.all([one(day(1)), one(day(1, 5)), other(day(1, 23))].map(hex));
  expect(made[0]).toMatch(/^[\da-f]{64}$/);
  expect(new Set(made).size).toBe(1);
  expect(await hex(one(day(2)))).not.toBe(made[0]);
  expect(await hex(process()(day(1) + 24 * hourMs - 1))).toBe(made[0]);
});

test('of processes that begin a day at once all take the salt of the first', async () => {
  const { process } = installation();
  const made = await Promise.all(Array.from({ length: 20 }, () => hex(process()(day(1)))));
  expect(new Set(made).size).toBe(1);
});

test('a salt is erased once more than two days old', async () => {
  const { ledger, process } = installation();
  const salts = process();
  for (const n of [1, 2, 3, 4]) await salts(day(n));
  expect((await ledger.list('SALT')).items.map(({ id }) => id)).toEqual([
    'SALT#2026-03-02',
    'SALT#2026-03-03',
    'SALT#2026-03-04',
  ]);
  await salts(day(20));
  expect((await ledger.list('SALT')).items.map(({ id }) => id)).toEqual(['SALT#2026-03-20']);
});

test('a process remembers the salts of two days, and asks the ledger for an older one', async () => {
  const { ledger } = installation();
  const asked: string[] = [];
  const read: typeof ledger.read = (id) => {
    asked.push(id);
    return ledger.read(id);
  };
  const salts = dailySalts({ ledger: { ...ledger, read }, random: (n) => randomBytes(n), log: quiet });
  for (const n of [1, 2, 1, 2, 3, 2, 3, 1]) await salts(day(n));
  expect(asked).toEqual(['SALT#2026-03-01', 'SALT#2026-03-02', 'SALT#2026-03-03', 'SALT#2026-03-01']);
});

test('a salt may go by itself at the start of its third day after, and not before', async () => {
  const { ledger } = installation();
  const expiries: unknown[] = [];
  const write: typeof ledger.write = (item, ifVersion, expiresAt) => {
    expiries.push(expiresAt);
    return ledger.write(item, ifVersion, expiresAt);
  };
  await dailySalts({ ledger: { ...ledger, write }, random: (n) => randomBytes(n), log: quiet })(day(1, 23));
  expect(expiries).toEqual([day(4)]);
});

test('a ledger that fails once is asked again', async () => {
  const { ledger } = installation();
  let fails = true;
  const salts = dailySalts({
    ledger: { ...ledger, read: (id) => (fails ? Promise.reject(new Error('away')) : ledger.read(id)) },
    random: (n) => randomBytes(n),
    log: quiet,
  });
  await expect(salts(day(1))).rejects.toThrow('away');
  fails = false;
  expect(await hex(salts(day(1)))).toMatch(/^[\da-f]{64}$/);
});

test('salts that cannot be erased are reported and do not stop the day', async () => {
  const { ledger } = installation();
  const warned: string[] = [];
  const log: Log = { ...quiet, warn: (message) => warned.push(message) };
  const salts = dailySalts({
    ledger: { ...ledger, list: () => Promise.reject(new Error('away')) },
    random: (n) => randomBytes(n),
    log,
  });
  expect(await hex(salts(day(1)))).toMatch(/^[\da-f]{64}$/);
  expect(warned).toEqual(['old salts could not be erased; tomorrow they will be']);
});
