import { readFileSync, writeFileSync } from 'node:fs';
import { generatedPages } from '../src/docs/pages.ts';
import { stackPages } from './stack-pages.ts';

/** Writes every generated page; `--check` writes nothing and fails where one is not current. */
const check = process.argv.includes('--check');
const root = new URL('../', import.meta.url);
const stale = new Set<string>();
for (const [path, make] of [...generatedPages, ...stackPages()]) {
  const file = new URL(path, root);
  const before = readOr(file, '');
  const after = make(before);
  if (before === after) continue;
  stale.add(path);
  if (!check) writeFileSync(file, after);
}
process.stdout.write(
  stale.size === 0
    ? 'All generated pages are current.\n'
    : `${check ? 'Not current' : 'Written'}: ${[...stale].join(', ')}${check ? '. Run npm run docs.' : ''}\n`,
);
process.exitCode = check && stale.size > 0 ? 1 : 0;

function readOr(file: URL, otherwise: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
}
