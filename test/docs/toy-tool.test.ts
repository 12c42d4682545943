import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { questions } from '../../src/tools/index.ts';
import { sourcesIn } from '../source-text.ts';

const guide = readFileSync('CONTRIBUTING.md', 'utf8');
const blocks = [...guide.matchAll(/```ts\n(.*?)```/gs)].map(([, text = '']) => text);
const [
  tool = '',
  toolImport = '',
  toolName = '',
  route = '',
  oracle = '',
  oracleImport = '',
  oracleName = '',
] = blocks;
const seen = z.object({
  pages: z.array(z.string()),
  tools: z.array(z.string()),
  types: z.string(),
});

describe('the toy question of CONTRIBUTING, added in a scratch copy as it says', () => {
  let found: z.infer<typeof seen>;
  beforeAll(() => {
    const root = mkdtempSync(join(tmpdir(), 'toy-'));
    for (const folder of [
      'src',
      'test',
      'bin',
      'lib',
      'lambdas',
      'bench',
      'package.json',
      'cdk.json',
      'tsconfig.json',
      'README.md',
      'docs',
    ])
      cpSync(folder, join(root, folder), {
        recursive: true,
        filter: (path) => !path.includes('node_modules'),
      });
    symlinkSync(join(process.cwd(), 'node_modules'), join(root, 'node_modules'));
    const put = (path: string, ...edits: readonly (readonly [string, string])[]): void => {
      const before = readFileSync(join(root, path), 'utf8');
      writeFileSync(
        join(root, path),
        edits.reduce((text, [at, line]) => text.replace(at, () => `${line}${at}`), before),
      );
    };
    writeFileSync(join(root, 'src/tools/counting/top-countries.ts'), tool);
    put('src/tools/index.ts', ['import type { Question', toolImport], ['  trends,\n', toolName]);
    put('src/routes.ts', ["  question('/v1/trends'", route]);
    writeFileSync(join(root, 'test/oracle/top-countries.ts'), oracle);
    put(
      'test/oracle/truth.ts',
      ['import type { Event }', oracleImport],
      ['  trends: trendsOracle', oracleName],
    );
    writeFileSync(
      join(root, 'look.ts'),
      `import { readFileSync } from 'node:fs';
      import { generatedPages } from './src/docs/pages.ts';
      import { toolsFor } from './src/serve/tool-list.ts';
      console.log(JSON.stringify({
        pages: [...generatedPages].flatMap(([path, make]) => make(readFileSync(path, 'utf8')).includes('top_countries') ? [path] : []),
        tools: toolsFor(false).map(({ name }) => name),
        types: '',
      }));`,
    );
    const run = (...args: readonly string[]): string =>
      execFileSync(process.execPath, [...args], { cwd: root, encoding: 'utf8' });
    const types = ((): string => {
      try {
        return run('node_modules/typescript/bin/tsc', '--noEmit', '--incremental', 'false');
      } catch (thrown) {
        return z.object({ stdout: z.string() }).parse(thrown).stdout;
      }
    })();
    found = { ...seen.parse(JSON.parse(run('look.ts'))), types };
  }, 600_000);

  test('it type-checks', () => {
    expect(found.types).toBe('');
  });
  test('agents, OpenAPI, documents and README have it, with no other list touched', () => {
    expect(found.tools).toContain('top_countries');
    expect(found.pages).toEqual(['docs/openapi.json', 'docs/tools.md', 'README.md']);
  });
});

test('in the product a question is named, as code, by its own file and its route alone', () => {
  const names = new Set(questions.map(({ name }) => name).filter((name) => name.includes('_')));
  expect(
    sourcesIn('src', 'lib', 'lambdas', 'bin').flatMap(({ path, uncommented }) =>
      [...uncommented.matchAll(/'(\w+)'/g)].flatMap(([, word = '']) =>
        names.has(word) &&
        path !== 'src/routes.ts' &&
        // A resource that is an answer of this question, as it stands.
        path !== 'src/serve/resources.ts' &&
        // The page chooses which questions it shows, as any caller does.
        !path.startsWith('src/page/') &&
        !path.startsWith('src/tools/')
          ? [`${path} ${word}`]
          : [],
      ),
    ),
  ).toEqual([]);
});
