import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Running, startProduct } from './local/product.ts';

/** The README first: what it brings, the others ask. */
const pages = ['README.md', 'docs/asking.md', 'docs/sending.md'];

let product: Running;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

/** What cannot be the same twice: how long it took, and the test’s port. */
const steady = (text: string): string =>
  text
    .replaceAll(/\([\d.]+ s, [\d,]+ lines\/s\)/g, '(… s, … lines/s)')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:8787')
    // The sample is moved to now, and its questions are about the last seven days.
    .replaceAll(
      /\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)? to \d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?, UTC/g,
      '… to …, UTC',
    )
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '…')
    .trimEnd();

test.each(pages)(
  'every command of %s, pasted into a shell in its order, prints what it shows',
  {
    timeout: 120_000,
  },
  async (name) => {
    const file = new URL(`../${name}`, import.meta.url);
    let page = readFileSync(file, 'utf8');
    const env = { ...process.env, PORT: new URL(product.url).port, MILLIMETRIC_DATA: product.dir };
    const blocks = [...page.matchAll(/```console\n\$ (?<command>.+)\n(?<shown>[^`]*)```/g)];
    expect(blocks.length).toBeGreaterThan(0);
    for (const { 0: block, groups: { command = '', shown = '' } = {} } of blocks) {
      const { stdout: printed } = await promisify(execFile)('sh', ['-c', command], {
        cwd: new URL('..', import.meta.url),
        env,
      });
      page = page.replace(block, () => `\`\`\`console\n$ ${command}\n${steady(printed)}\n\`\`\``);
      if (process.env.MILLIMETRIC_UPDATE_README !== '1') expect(steady(printed)).toBe(steady(shown));
    }
    if (process.env.MILLIMETRIC_UPDATE_README === '1') writeFileSync(file, page);
  },
);

test('the README is for the one who decides: under 1,100 words', () => {
  expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8').split(/\s+/).length).toBeLessThan(
    1100,
  );
});
