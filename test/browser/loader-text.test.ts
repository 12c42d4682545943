import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { transformSync } from 'esbuild';
import { expect, test } from 'vitest';

const source = 'src/browser/loader.js';
const minified = () =>
  transformSync(readFileSync(source, 'utf8'), {
    minify: true,
    target: 'es2017',
    legalComments: 'none',
  }).code.trim();

test('what is served is the minified source (after a change: npx vitest run test/browser/loader-text.test.ts -u)', async () => {
  const literal = minified().replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  const file = `/** The text of \`GET /v1/a.js\`: loader.js, minified for ES2017. Generated and held current by test/browser/loader-text.test.ts. */\nexport const loaderText =\n  // biome-ignore lint/suspicious/noTemplateCurlyInString: JavaScript in a string.\n  '${literal}';\n`;
  await expect(file).toMatchFileSnapshot('../../src/browser/loader-text.ts');
});

test('the loader is at most 2,252 bytes (2.2 KiB) gzipped', () => {
  expect(gzipSync(minified(), { level: 9 }).byteLength).toBeLessThanOrEqual(2252);
});

test('the source is sound under the strict type checker, with a page’s types', () => {
  const flags = [
    '--ignoreConfig',
    '--noEmit',
    '--allowJs',
    '--checkJs',
    '--strict',
    '--noUncheckedIndexedAccess',
    '--target',
    'es2024',
    '--lib',
    'es2024,dom',
  ];
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', ...flags, '--types', '', source], {
    stdio: 'pipe',
    encoding: 'utf8',
  });
});
