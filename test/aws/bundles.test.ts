import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** The services each door may know of: what it brings into its bundle it also pays for at each cold start. */
const services: Readonly<Record<string, readonly string[]>> = {
  authorizer: ['dynamodb', 'secrets-manager'],
  collect: ['athena', 'dynamodb', 'firehose', 's3', 'secrets-manager'],
  drain: ['firehose', 's3'],
  init: ['dynamodb', 'secrets-manager'],
  mcp: ['athena', 'dynamodb', 'firehose', 's3', 'secrets-manager'],
  query: ['athena', 'dynamodb', 'firehose', 's3', 'secrets-manager'],
  site: [],
};

/** The files whose code is in a door’s bundle, nothing left outside but Node’s own modules. */
const filesIn = async (door: string): Promise<readonly string[]> => {
  const { metafile } = await build({
    ...{ entryPoints: [join(root, 'lambdas', `${door}.ts`)], outfile: 'index.mjs', write: false, metafile: true, absWorkingDir: root },
    ...{ bundle: true, minify: true, platform: 'node', target: 'node24', format: 'esm', mainFields: ['module', 'main'], logLevel: 'error' },
  });
  const [output] = Object.values(metafile.outputs);
  expect(output?.imports.filter(({ path, external }) => external === true && !path.startsWith('node:') && !builtin.test(path))).toEqual([]);
  return Object.entries(output?.inputs ?? {}).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : []));
};
const builtin = /^(assert|buffer|child_process|crypto|events|fs|fs\/promises|http|http2|https|net|os|path|process|stream|tls|url|util|zlib)$/;

test('every door is known here', () => {
  expect(
    readdirSync(join(root, 'lambdas'), 'utf8')
      .map((file) => basename(file, '.ts'))
      .sort(),
  ).toEqual(Object.keys(services));
});

describe.each(Object.entries(services))('the bundle of %s', async (door, expected) => {
  const files = await filesIn(door);

  test('holds the product, and nothing of the local twins, the stack or the tests', () => {
    expect(files.filter((path) => !/^(lambdas|node_modules|src\/(?!local\/|cli\/|docs\/))/.test(path))).toEqual([]);
  });

  test('holds each package once', () => {
    // The SDK also reads its versions out of package.json.
    const code = files.filter((path) => !path.endsWith('.json'));
    const places = code.flatMap((path) => /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))(?:\/dist-(es|cjs))?/.exec(path)?.slice(1, 4).join(' ') ?? []);
    const names = [...new Set(places)].map((place) => place.split(' ')[1]);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  test('holds the clients it uses and no other', () => {
    const clients = files.flatMap((path) => /@aws-sdk\/client-([a-z0-9-]+)/.exec(path)?.[1] ?? []);
    expect([...new Set(clients)].sort()).toEqual(expected);
  });
});
