import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { settingNames } from '../src/aws/settings.ts';
import { median, ratio, shown } from './figures.ts';
import { noise } from './machine.ts';
import { type Section, verdicts } from './report.ts';

const root = join(import.meta.dirname, '..');
const starts = 13;

/** A bundle: how large it is, how long Node takes to import it. */
interface Bundle {
  readonly kb: number;
  readonly gzipKb: number;
  readonly importMs: readonly number[];
}

/** Where there are no Lambda files yet: the doors as they are, and the clients each will need. */
const withoutLambdas: Readonly<Record<string, readonly string[]>> = {
  'src/serve/collect.ts': ['DynamoDBClient', 'FirehoseClient'],
  'src/serve/rest.ts': ['DynamoDBClient', 'AthenaClient'],
  'src/serve/mcp.ts': ['DynamoDBClient', 'AthenaClient', 'FirehoseClient'],
  'src/serve/site.ts': ['DynamoDBClient'],
};
const packages: Readonly<Record<string, string>> = {
  DynamoDBClient: '@aws-sdk/client-dynamodb',
  FirehoseClient: '@aws-sdk/client-firehose',
  AthenaClient: '@aws-sdk/client-athena',
};

/** Each Lambda door’s bundle beside the floor: the SDK clients it uses, alone. */
export const weighDoors = async (): Promise<Section> => {
  const around = noise();
  const folder = await mkdtemp(join(tmpdir(), 'millimetric-doors-'));
  const lambdas = existsSync(join(root, 'lambdas')) ? readdirSync(join(root, 'lambdas')).filter((file) => file.endsWith('.ts')) : [];
  try {
    const entries =
      lambdas.length > 0
        ? lambdas.map((file) => ({ name: basename(file, '.ts'), file: join(root, 'lambdas', file), clients: undefined }))
        : Object.entries(withoutLambdas).map(([file, clients]) => ({ name: basename(file, '.ts'), file: join(root, file), clients }));
    const found: { readonly name: string; readonly door: Bundle; readonly floor: Bundle; readonly uses: readonly string[]; readonly besides: string }[] = [];
    for (const { name, file, clients } of entries) {
      const outfile = join(folder, `${name}.mjs`);
      const entry = clients === undefined ? file : await written(folder, name, [`export * from ${JSON.stringify(file)};`, ...clients.map(exportOf)]);
      const used = await bundle(entry, outfile);
      const taken = clients === undefined ? sdkImports(used) : clients.map(exportOf);
      const floorfile = join(folder, `${name}-floor.mjs`);
      await bundle(await written(folder, `${name}-floor`, taken), floorfile);
      // One after the other, in turn, so that both meet the same noise.
      const times: readonly [number[], number[]] = [[], []];
      for (let i = 0; i < starts; i++) {
        times[0].push(importMs(outfile));
        times[1].push(importMs(floorfile));
        around.sample();
      }
      const uses = taken.flatMap((line) => /client-[a-z0-9-]+/.exec(line)?.[0] ?? []);
      found.push({ name, door: sized(outfile, times[0]), floor: sized(floorfile, times[1]), uses: [...new Set(uses)], besides: besidesSdk(used) });
    }
    const compared = found.filter(({ uses }) => uses.length > 0);
    const worst = (of: (bundle: Bundle) => number) => Math.max(...compared.map(({ door, floor }) => of(door) / of(floor)));
    const [size, time] = [worst(({ kb }) => kb), worst(({ importMs: ms }) => median(ms))];
    return {
      title: 'Doors',
      notes: [
        `esbuild, minified ESM for Node, everything bundled. Floor: the very SDK names a door uses, alone in a bundle. Import: the time of \`import()\` in a fresh process, median of ${starts} starts, door and floor in turn.`,
        ...(lambdas.length > 0
          ? []
          : ['**There are no files in lambdas/ yet**: the doors of src/serve were measured together with the SDK clients that they will need.']),
        around.sentence(),
      ],
      tables: [
        verdicts('Targets', [
          { what: 'largest bundle against its floor', target: '≤ 1.2 ×', measured: `${size.toFixed(2)} ×`, met: size <= 1.2 },
          { what: 'slowest import against its floor', target: '≤ 1.2 ×', measured: `${time.toFixed(2)} ×`, met: time <= 1.2 },
        ]),
        {
          title: 'Each door',
          columns: ['door', 'KB', 'gzip KB', 'floor KB', 'size', 'import ms', 'floor ms', 'import', 'SDK clients', 'largest besides, KB'],
          rows: found.map(({ name, door, floor, uses, besides }) => [
            name,
            shown(door.kb),
            shown(door.gzipKb),
            shown(floor.kb),
            ratio(door.kb, floor.kb),
            shown(median(door.importMs)),
            shown(median(floor.importMs)),
            ratio(median(door.importMs), median(floor.importMs)),
            uses.map((client) => client.replace('client-', '')).join(', '),
            besides,
          ]),
        },
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const exportOf = (name: string): string => `export { ${name} } from '${packages[name] ?? ''}';`;

const written = async (folder: string, name: string, lines: readonly string[]): Promise<string> => {
  const path = join(folder, `${name}.entry.ts`);
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
};

/** What went into a bundle: each file with its bytes there. */
type Parts = readonly (readonly [path: string, bytes: number])[];

/** Bundles an entry as the stack does (lib/door.ts). */
const bundle = async (entry: string, outfile: string): Promise<Parts> => {
  const { metafile } = await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    metafile: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    charset: 'utf8',
    mainFields: ['module', 'main'],
    absWorkingDir: root,
    nodePaths: [join(root, 'node_modules')],
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const parts = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  return parts.flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [[path, bytesInOutput] as const] : []));
};

/** The names the project’s files in a bundle import from the SDK, as exports; those of clients that were left out of it, not. */
const sdkImports = (parts: Parts): readonly string[] => {
  const own = parts.map(([path]) => path).filter((path) => !path.includes('node_modules') && path.endsWith('.ts'));
  const present = new Set(parts.map(([path]) => packageOf(path)));
  const names = new Map<string, Set<string>>();
  for (const file of own) {
    for (const [, list = '', from = ''] of readFileSync(join(root, file), 'utf8').matchAll(/^import \{([^}]*)\} from '(@aws-sdk\/[^']+)'/gm)) {
      const values = list
        .split(',')
        .map((word) => word.trim())
        .filter((word) => word !== '' && !word.startsWith('type '));
      if (present.has(from)) names.set(from, new Set([...(names.get(from) ?? []), ...values]));
    }
  }
  return [...names].filter(([, values]) => values.size > 0).map(([from, values]) => `export { ${[...values].join(', ')} } from '${from}';`);
};

/** The package a file belongs to; the project’s own by their folder. */
const packageOf = (path: string): string => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path.split('/').slice(0, 2).join('/');

/** The largest things in a bundle that are not the SDK’s. */
const besidesSdk = (parts: Parts): string => {
  const sizes = new Map<string, number>();
  for (const [path, bytes] of parts) sizes.set(packageOf(path), (sizes.get(packageOf(path)) ?? 0) + bytes);
  const others = [...sizes].filter(([name]) => !/^@(aws-sdk|smithy|aws-crypto|aws)\//.test(name)).toSorted(([, a], [, b]) => b - a);
  return others
    .slice(0, 4)
    .map(([name, bytes]) => `${name} ${shown(bytes / 1000)}`)
    .join(', ');
};

const sized = (path: string, importMs: readonly number[]): Bundle => {
  const bytes = readFileSync(path);
  return { kb: bytes.length / 1000, gzipKb: gzipSync(bytes).length / 1000, importMs };
};

const importMs = (path: string): number => {
  const program = `const began = performance.now(); await import(${JSON.stringify(path)}); process.stdout.write(String(performance.now() - began)); process.exit(0);`;
  const env = { ...process.env, AWS_REGION: 'eu-central-1', ...Object.fromEntries(Object.values(settingNames).map((name) => [name, 'bench'])) };
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', env });
  if (status !== 0) throw new Error(`${basename(path)} cannot be imported: ${stderr.slice(-500)}`);
  return Number(stdout);
};
