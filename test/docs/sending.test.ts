import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { transformSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { changeProject } from '../../src/accounts/projects.ts';
import { queueStub } from '../../src/serve/first-steps.ts';
import { hasChromium, openChromium } from '../browser/chromium.ts';
import { startSite } from '../browser/site.ts';
import { type Running, startProduct } from '../local/product.ts';

const page = readFileSync('docs/sending.md', 'utf8');
let on: Running;
beforeAll(async () => {
  on = await startProduct();
});
afterAll(() => on.stop());

/** The block of that language, with this product’s address and keys in it. */
const block = (language: string): string => {
  const [, text] = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(page) ?? [];
  if (text === undefined) throw new Error(`docs/sending.md has no ${language}`);
  return text
    .replaceAll('https://events.example.com', on.url)
    .replaceAll('sk_live_…', on.keys.sk)
    .replaceAll('pk_live_…', on.keys.pk);
};

const stored = z.object({
  rows: z.array(z.object({ event_name: z.string(), user_id: z.string().nullable() })),
});
const events = async (where: object) => {
  const query = new URLSearchParams({ where: JSON.stringify([where]) });
  const answer = await fetch(`${on.url}/v1/query?${query}`, {
    headers: { Authorization: `Bearer ${on.keys.rk}` },
  });
  return stored.parse(await answer.json()).rows;
};

const run = promisify(execFile);
const there = async (program: string): Promise<boolean> =>
  run(program, ['--version']).then(
    () => true,
    () => false,
  );

describe.each([
  ['sh', 'curl', 'sh', '-c'],
  ['js', process.execPath, process.execPath, '--input-type=module', '-e'],
  ['python', 'python3', 'python3', '-c'],
  ['php', 'php', 'php', '-r'],
])('the %s of docs/sending.md', async (language, needs, program, ...flags) => {
  const has = await there(needs);
  if (!has)
    console.warn(
      `\n${'!'.repeat(100)}\nTHE ${language} OF docs/sending.md DID NOT RUN: no ${needs}.\n${'!'.repeat(100)}\n`,
    );
  test.skipIf(!has)(`sends its event${has ? '' : ` (NOT RUN: no ${needs})`}`, async () => {
    const before = (await events({ field: 'event_name', op: 'eq', value: 'invoice_paid' })).length;
    await run(program, [...flags, block(language).replace(/^<\?php\n/, '')]);
    const after = await events({ field: 'event_name', op: 'eq', value: 'invoice_paid' });
    expect(after.length).toBe(before + 1);
    expect(after[0]).toEqual({ event_name: 'invoice_paid', user_id: 'user-42' });
  });
});

test('the Next.js layout compiles, and the page holds the line that every page needs', () => {
  expect(transformSync(block('tsx'), { loader: 'tsx', jsx: 'automatic' }).code).toContain('RootLayout');
  expect(block('html')).toContain(queueStub);
});

test.skipIf(!hasChromium)(
  `under its policy the page still tracks${hasChromium ? '' : ' (NOT RUN: no Chromium)'}`,
  async () => {
    const [browser, site] = await Promise.all([openChromium(), startSite()]);
    await changeProject(on.world, on.project.id, { allowed_origins: [site.origin] });
    site.serve(
      `<!doctype html><meta http-equiv="Content-Security-Policy" content="${block('txt').trim()}">${block('html').replaceAll('<script', '<script nonce="R4nd0m"')}<script nonce="R4nd0m">mm.track('under_policy')</script>`,
    );
    const tab = await (await browser.newContext()).newPage();
    const said: string[] = [];
    tab.on('console', (line) => said.push(line.text()));
    await tab.goto(site.origin);
    await tab.evaluate('mm.flush()');
    await expect
      .poll(async () => (await events({ field: 'event_name', op: 'eq', value: 'under_policy' })).length)
      .toBe(1);
    expect(said.filter((line) => !line.includes('favicon'))).toEqual([]);
    await browser.close();
    await site.stop();
  },
);
