import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLocalLedger } from '../../src/local/ledger.ts';
import type { Ledger } from '../../src/ports.ts';
import { startProduct } from './product.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'forgotten-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** A file’s bytes; none where the product has removed it since the folder was listed. */
const bytesOf = (path: string): Promise<Buffer> =>
  readFile(path).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return Buffer.of();
    throw thrown;
  });

/** Which of these texts stand in any byte of any file below a folder, as they are or as the bytes they stand for. */
const readable = async (folder: string, texts: Iterable<string>): Promise<readonly string[]> => {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const bytes = await Promise.all(files.map(({ parentPath, name }) => bytesOf(join(parentPath, name))));
  return [...texts].filter((text) =>
    bytes.some((file) => file.includes(text) || file.includes(Buffer.from(text, 'base64'))),
  );
};

const dayMs = 86_400_000;
const begin = Date.UTC(2026, 0, 1, 12);

describe('the salts of thirty days of visits', () => {
  const saltsIn = async (ledger: Ledger) =>
    (await ledger.list('SALT')).items.map(({ data }) => String(data.salt));

  test('are gone from every byte of the folder but those of the last days, while it runs and after it stopped', async () => {
    let now = begin;
    const clock = () => now;
    let product = await startProduct({ dir, clock });
    const made = new Set<string>();
    const visit = async (n: number) => {
      now = begin + n * dayMs;
      const answer = await fetch(`${product.url}/v1/track`, {
        method: 'POST',
        headers: { authorization: `Bearer ${product.keys.sk}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          event: '$pageview',
          ip: '203.0.113.77',
          user_agent: 'Mozilla/5.0 Firefox/130',
        }),
      });
      expect(answer.status).toBe(202);
      for (const salt of await saltsIn(product.world.ledger)) made.add(salt);
    };
    for (let n = 0; n < 30; n++) {
      await visit(n);
      // Other things are written in between, so that rows move from page to page.
      await product.world.ledger.write({ id: `X#${n}`, group: 'X', data: { text: 'x'.repeat(1_500) } }, 0);
    }
    const kept = [...made].slice(-3);
    expect(made.size).toBe(30);
    expect(await saltsIn(product.world.ledger)).toEqual(kept);
    expect(await readable(dir, made)).toEqual(kept);
    await product.stop();
    expect(await readable(dir, made)).toEqual(kept);

    // Nobody came for a while: the start itself forgets.
    now += 10 * dayMs;
    product = await startProduct({ dir, clock });
    expect(await readable(dir, made)).toEqual([]);
    await product.stop();
    expect(await readable(dir, made)).toEqual([]);
  });
});

test('what is erased from a ledger is in no byte of its files, whatever pages its rows went through', async () => {
  const { ledger, close } = openLocalLedger(join(dir, 'ledger.sqlite'));
  const secrets = Array.from({ length: 200 }, (_, i) => `secret-${i}-${'s'.repeat((i * 37) % 900)}`);
  for (const [i, secret] of secrets.entries())
    await ledger.write({ id: `${(i * 7919) % 200}#${secret.slice(0, 12)}`, group: 'G', data: { secret } }, 0);
  for (const { id, version } of (await ledger.list('G', { limit: 1000 })).items)
    expect(await ledger.erase(id, version)).toBe(true);
  const plain = async () => {
    const all = await Promise.all((await readdir(dir)).map((name) => readFile(join(dir, name))));
    return all.some((bytes) => bytes.includes('secret-'));
  };
  expect(await plain()).toBe(false);
  close();
  expect(await plain()).toBe(false);
});
