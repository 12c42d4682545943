import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { buildSync, transformSync } from 'esbuild';
import { routes } from '../../src/routes.ts';

/** The page as it is served, made of its sources: one file with its style and script inside, and the hashes of both. */
export const builtPage = () => {
  const paths = Object.fromEntries(
    routes.flatMap(({ question, path }) => (question === undefined ? [] : [[question, path.slice(1)]])),
  );
  const script = buildSync({
    entryPoints: ['src/page/app.ts'],
    ...{ bundle: true, minify: true, write: false, format: 'iife', target: 'es2022', charset: 'utf8' },
    legalComments: 'none',
    define: { paths: JSON.stringify(paths) },
  }).outputFiles[0]?.text.trim();
  const style = transformSync(readFileSync('src/page/app.css', 'utf8'), {
    loader: 'css',
    minify: true,
  }).code.trim();
  if (script === undefined || script.includes('</script'))
    throw new Error('The script cannot stand in a page.');
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><link rel="icon" href="data:,"><title>Millimetric</title><style>${style}</style></head><body><div id="app"></div><script>${script}</script></body></html>`;
  const hash = (text: string) => createHash('sha256').update(text).digest('base64');
  return { html, hashes: { style: hash(style), script: hash(script) } };
};
