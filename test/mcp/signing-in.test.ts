import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newKey } from '../../src/access/keys.ts';
import { type Running, startProduct } from '../local/product.ts';

let product: Running;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

const run = promisify(execFile);
const host = async (which: string, key: string) => {
  const { stdout, stderr } = await run(process.execPath, [
    ...['test/mcp/signing-in.ts', `${product.url}/mcp`, key, which],
  ]);
  return { stderr, said: JSON.parse(stdout) };
};

describe.each([['sdk'], ['client']])(
  'an official client (%s) of a host that could log a person in',
  (which) => {
    test('goes on with the key in its header, and shows no stack', async () => {
      expect(await host(which, product.keys.rk)).toEqual({
        ...{ stderr: '', said: { count: expect.any(Number), redirects: 0 } },
      });
    });

    test('with a key that is none looks for a login, finds none, and ends in an error without a stack', async () => {
      const { stderr, said } = await host(
        which,
        newKey('rk', 'live', (n) => new Uint8Array(n)),
      );
      expect([stderr, said.redirects]).toEqual(['', 0]);
      expect(said.count).toBeUndefined();
      expect(said.refused).not.toMatch(/\n\s+at /);
    });
  },
);

test('none of it was a failure of ours', () => {
  expect(product.log()).not.toContain('"level":"error"');
});
