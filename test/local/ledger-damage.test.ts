import { copyFile, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLocalLedger } from '../../src/local/ledger.ts';
import { listening } from './lake-folder.ts';

let dir: string;
let file: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ledger-'));
  file = join(dir, 'ledger.sqlite');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const put = async (from: number, to: number) => {
  const { ledger, close } = openLocalLedger(file);
  for (let n = from; n < to; n++)
    await ledger.write({ id: `k${n}`, group: 'K', data: { n, text: `key ${n}` } }, 0);
  close();
};
const opened = async () => {
  const { log, lines } = listening();
  const { ledger, close } = openLocalLedger(file, log);
  const ids = (await ledger.list('K')).items.map(({ id, data }) => `${id} ${String(data.text)}`);
  close();
  return { ids, lines };
};
const all = ['k0 key 0', 'k1 key 1', 'k2 key 2'];

describe('a ledger', () => {
  test.each([
    ['was put back from before', () => copyFile(join(dir, 'old'), file), 'is older than its copy'],
    ['lost a bit', () => flip(file, 'key 1'), 'was damaged'],
    ['is none any more', () => writeFile(file, 'not a database'), 'was damaged'],
    ['is gone', () => rm(file), 'was missing'],
  ])('that %s is made again from its copy, which is said, and what it was is kept', async (_, harm, said) => {
    await put(0, 2);
    await copyFile(file, join(dir, 'old'));
    await put(2, 3);
    await harm();
    const was = await readFile(file).catch(() => undefined);
    const { ids, lines } = await opened();
    expect([ids, lines.length]).toEqual([all, 1]);
    expect(lines[0]).toContain(`ledger.sqlite ${said}: its copy, which is whole, takes its place`);
    const aside = await readdir(join(dir, 'set-aside')).catch(() => []);
    expect(await Promise.all(aside.map((name) => readFile(join(dir, 'set-aside', name))))).toEqual(
      was ? [was] : [],
    );
    expect((await opened()).lines).toEqual([]);
  });

  test.each([
    ['lost a bit', () => flip(join(dir, 'ledger.copy.sqlite'), 'key 1')],
    ['is gone', () => rm(join(dir, 'ledger.copy.sqlite'))],
  ])('whose copy %s goes on, and has a copy again', async (_, harm) => {
    await put(0, 3);
    await harm();
    expect((await opened()).ids).toEqual(all);
    await rm(file);
    expect((await opened()).ids).toEqual(all);
  });

  test('that was put back together with its copy is refused: it would know revoked keys, and new ones not', async () => {
    await put(0, 2);
    for (const name of ['ledger.sqlite', 'ledger.copy.sqlite'])
      await copyFile(join(dir, name), join(dir, `old-${name}`));
    await put(2, 3);
    for (const name of ['ledger.sqlite', 'ledger.copy.sqlite'])
      await copyFile(join(dir, `old-${name}`), join(dir, name));
    const refused = `The ledger ${file} is older than the one this folder had (2 changes of 3): keys made since would be unknown and revoked ones good again; put the newer one back, or, to go on with this one, remove ${file}.changes.`;
    await expect(opened()).rejects.toThrow(refused);
    await rm(`${file}.changes`);
    expect((await opened()).ids).toEqual(all.slice(0, 2));
  });

  test('that is damaged twice is refused in one sentence and left as it is', async () => {
    await put(0, 3);
    for (const name of ['ledger.sqlite', 'ledger.copy.sqlite']) await flip(join(dir, name), 'key 1');
    const before = await readFile(file);
    await expect(opened()).rejects.toThrow(
      /^The ledger \S+ cannot be opened \(\S+ is damaged, and so is its copy/,
    );
    expect(await readFile(file)).toEqual(before);
  });

  test('that is replaced while it is open takes no change', async () => {
    await put(0, 1);
    await copyFile(file, join(dir, 'other'));
    const { ledger, close } = openLocalLedger(file);
    await rename(join(dir, 'other'), file);
    await expect(ledger.write({ id: 'k9', group: 'K', data: {} }, 0)).rejects.toThrow(
      'ledger.sqlite was replaced or removed while the server runs, so nothing was changed: stop the server, put the file back, start it again.',
    );
    close();
  });
});

/** Flips a bit where this text stands. */
const flip = async (path: string, text: string): Promise<void> => {
  const bytes = await readFile(path);
  const at = bytes.indexOf(text);
  expect(at).toBeGreaterThan(0);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
};
