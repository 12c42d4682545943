import { readFileSync } from 'node:fs';
import { cloudOf, templateOf } from '../lib/cost/cloud.ts';
import { readmeCost } from '../lib/cost/page.ts';
import { between } from '../src/docs/markdown.ts';
import { outputTable, propTable, rightsTable } from '../src/docs/stack.ts';

/** The generated parts of pages that follow from the stack: path, and the page with them in place. Makes the stack’s template, which takes a second. */
export const stackPages = (): readonly (readonly [path: string, make: (before: string) => string])[] => {
  const template = templateOf();
  const source = readFileSync(new URL('../lib/stack.ts', import.meta.url), 'utf8');
  const parts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'docs/aws.md': {
      props: propTable(source, 'MillimetricProps'),
      outputs: outputTable(template),
      cost: readmeCost(cloudOf(template)),
    },
    'docs/security.md': { rights: rightsTable(template) },
  };
  return Object.entries(parts).map(([path, texts]) => [
    path,
    (before) => Object.entries(texts).reduce((page, [name, text]) => between(page, name, text), before),
  ]);
};
