import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { builtPage } from './built.ts';

test('what is served is the built page (after a change: npx vitest run test/page/page-text.test.ts -u)', async () => {
  const { html, hashes } = builtPage();
  const literal = html.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n');
  const file = `/** The page at \`/app\`, whole. Generated from src/page and held current by test/page/page-text.test.ts. */\nexport const pageText =\n  // biome-ignore lint/suspicious/noTemplateCurlyInString: JavaScript in a string.\n  '${literal}';\n/** SHA-256 of its style and script, base64: its policy lets nothing else in. */\nexport const pageHashes = {\n  style: '${hashes.style}',\n  script: '${hashes.script}',\n} as const;\n`;
  await expect(file).toMatchFileSnapshot('../../src/page/page-text.ts');
});

test('the page is at most 40 KB gzipped, in all', () => {
  expect(gzipSync(builtPage().html, { level: 9 }).byteLength).toBeLessThanOrEqual(40_000);
});

test('its sources are sound under the strict type checker, with a page’s types', () => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'src/page'], {
    stdio: 'pipe',
    encoding: 'utf8',
  });
});
