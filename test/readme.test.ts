import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Running, startProduct } from './local/product.ts';

const file = new URL('../README.md', import.meta.url);
const readme = readFileSync(file, 'utf8');

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

test('every command of the README, pasted into a shell in its order, prints what the README shows', {
  timeout: 120_000,
}, async () => {
  const env = { ...process.env, PORT: new URL(product.url).port, MILLIMETRIC_DATA: product.dir };
  const blocks = [...readme.matchAll(/```console\n\$ (?<command>.+)\n(?<shown>[^`]*)```/g)];
  expect(blocks.length).toBeGreaterThan(3);
  let page = readme;
  for (const { 0: block, groups: { command = '', shown = '' } = {} } of blocks) {
    const { stdout: printed } = await promisify(execFile)('sh', ['-c', command], {
      cwd: new URL('..', import.meta.url),
      env,
    });
    page = page.replace(block, () => `\`\`\`console\n$ ${command}\n${steady(printed)}\n\`\`\``);
    if (process.env.MILLIMETRIC_UPDATE_README !== '1') expect(steady(printed)).toBe(steady(shown));
  }
  if (process.env.MILLIMETRIC_UPDATE_README === '1') writeFileSync(file, page);
});
