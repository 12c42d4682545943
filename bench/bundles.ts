import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { bundling } from '../lib/bundling.ts';

const root = join(import.meta.dirname, '..');

/** A bundled file. */
export interface Bundle {
  readonly code: Uint8Array;
  readonly kb: number;
  readonly gzipKb: number;
  readonly parts: readonly Part[];
}

/** What went into a bundle. */
export interface Part {
  /** From the project’s root. */
  readonly path: string;
  readonly bytes: number;
  /** None: data. */
  readonly format: 'cjs' | 'esm' | undefined;
}

/** The doors, by their files in lambdas/. */
export const doorNames: readonly string[] = readdirSync(join(root, 'lambdas')).map((file) =>
  basename(file, '.ts'),
);

/** A door’s bundle as the stack ships it. */
export const doorBundle = (name: string): Promise<Bundle> =>
  bundled({ ...bundling, entryPoints: [join(root, 'lambdas', `${name}.ts`)] });

/**
 * What a door’s bundle cannot be without: the very names it takes from the SDK, alone in a bundle. `whole`: with all that the SDK brings, as whoever bundles it gets it and as the lab
 * measured it; `bare`: without what the stack leaves out. Undefined where a door takes none.
 */
export const floorsOf = async ({
  parts,
}: Bundle): Promise<
  { readonly whole: Bundle; readonly bare: Bundle; readonly exports: readonly string[] } | undefined
> => {
  const exports = sdkExports(parts);
  if (exports.length === 0) return undefined;
  const stdin = { contents: exports.join('\n'), resolveDir: root };
  const [whole, bare] = await Promise.all([
    bundled({ ...bundling, external: [], stdin }),
    bundled({ ...bundling, stdin }),
  ]);
  return { whole, bare, exports };
};

const bundled = async (options: BuildOptions): Promise<Bundle> => {
  const { outputFiles = [], metafile } = await build({
    ...options,
    outfile: 'index.mjs',
    write: false,
    metafile: true,
    absWorkingDir: root,
    logLevel: 'error',
  });
  const [file] = outputFiles;
  if (file === undefined || metafile === undefined) throw new Error('esbuild gave no bundle');
  return {
    code: file.contents,
    kb: file.contents.length / 1000,
    gzipKb: gzipSync(file.contents).length / 1000,
    parts: partsOf(metafile),
  };
};

const partsOf = ({ inputs, outputs }: Metafile): readonly Part[] =>
  Object.values(outputs).flatMap((output) =>
    Object.entries(output.inputs).flatMap(([path, { bytesInOutput: bytes }]) =>
      bytes > 0 ? [{ path, bytes, format: inputs[path]?.format }] : [],
    ),
  );

/** The names the project’s files in a bundle import from the SDK, as exports; those that esbuild left out of it, not. */
const sdkExports = (parts: readonly Part[]): readonly string[] => {
  const own = parts
    .map(({ path }) => path)
    .filter((path) => !path.includes('node_modules') && path.endsWith('.ts'));
  const present = new Set(parts.map((part) => `${packageOf(part)}/${part.path.split('/').at(-1)}`));
  const names = new Map<string, Set<string>>();
  for (const file of own) {
    for (const [, list = '', from = ''] of readFileSync(join(root, file), 'utf8').matchAll(
      /^import \{([^}]*)\} from '(@aws-sdk\/[^']+)'/gm,
    )) {
      const values = list
        .split(',')
        .map((word) => word.trim())
        .filter((word) => word !== '' && !word.startsWith('type ') && present.has(`${from}/${homeOf(word)}`));
      names.set(from, new Set([...(names.get(from) ?? []), ...values]));
    }
  }
  return [...names]
    .filter(([, values]) => values.size > 0)
    .map(([from, values]) => `export { ${[...values].join(', ')} } from '${from}';`);
};

/** The SDK’s file that makes what has this name: each has one of its own. */
const homeOf = (name: string): string => `${name.replace(/^paginate(.*)$/, '$1Paginator')}.js`;

/** The package a part belongs to; the project’s own by their folder. */
export const packageOf = ({ path }: Part): string =>
  /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path.split('/').slice(0, 2).join('/');

/** Is it the SDK’s, or what the SDK brings? */
export const isSdk = (name: string): boolean =>
  /^@(aws-sdk|smithy|aws-crypto|aws)\/|^(mnemonist|obliterator)$/.test(name);
