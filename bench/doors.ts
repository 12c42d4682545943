import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { settingNames } from '../src/aws/settings.ts';
import { type Bundle, doorBundle, doorNames, floorsOf, isSdk, packageOf } from './bundles.ts';
import { median, ratio, shown } from './figures.ts';
import { noise } from './machine.ts';
import { type Section, verdicts } from './report.ts';

const starts = 13;

/** A bundle and how long a fresh process takes to import it. */
interface Started {
  readonly bundle: Bundle;
  readonly ms: number;
}

interface Weighed {
  readonly name: string;
  readonly door: Started;
  readonly floors:
    | { readonly whole: Started; readonly bare: Started; readonly exports: readonly string[] }
    | undefined;
}

/** Each Lambda door’s bundle beside its floors: the SDK names it uses, alone. */
export const weighDoors = async (): Promise<Section> => {
  const around = noise();
  const folder = await mkdtemp(join(tmpdir(), 'millimetric-doors-'));
  try {
    const found: Weighed[] = [];
    for (const name of doorNames) {
      const door = await doorBundle(name);
      const floors = await floorsOf(door);
      const bundles = floors === undefined ? [door] : [door, floors.whole, floors.bare];
      const times = await importTimes(folder, bundles, around.sample);
      const started = (bundle: Bundle): Started => ({ bundle, ms: median(times.get(bundle) ?? []) });
      found.push({
        name,
        door: started(door),
        floors: floors && {
          whole: started(floors.whole),
          bare: started(floors.bare),
          exports: floors.exports,
        },
      });
    }
    const worst = (of: (started: Started) => number) =>
      Math.max(...found.map(({ door, floors }) => (floors === undefined ? 0 : of(door) / of(floors.whole))));
    const [size, time] = [worst(({ bundle }) => bundle.kb), worst(({ ms }) => ms)];
    return {
      title: 'Doors',
      notes: [
        'Doors as the stack bundles them (`lib/bundling.ts`; a test compares the bytes). Floor: the very SDK names a door uses, alone in a bundle by the same options, with all that the SDK brings. Bare floor: without the ways to credentials that the stack leaves out of every door; what is above it is ours and our other dependencies’.',
        `Import: the time of \`import()\` in a fresh process, median of ${starts} starts, door and floors in turn.`,
        around.sentence(),
      ],
      tables: [
        verdicts('Targets', [
          {
            what: 'largest bundle against its floor',
            target: '≤ 1.2 ×',
            measured: `${size.toFixed(2)} ×`,
            met: size <= 1.2,
          },
          {
            what: 'slowest import against its floor',
            target: '≤ 1.2 ×',
            measured: `${time.toFixed(2)} ×`,
            met: time <= 1.2,
          },
        ]),
        {
          title: 'Size, KB',
          columns: [
            'door',
            'bundle',
            'gzip',
            'floor',
            'of floor',
            'bare floor',
            'of bare floor',
            'SDK clients',
            'largest besides',
          ],
          rows: found.map(({ name, door, floors }) => [
            name,
            shown(door.bundle.kb),
            shown(door.bundle.gzipKb),
            ...[floors?.whole, floors?.bare].flatMap((floor) =>
              floor === undefined
                ? ['–', '–']
                : [shown(floor.bundle.kb), ratio(door.bundle.kb, floor.bundle.kb)],
            ),
            [...new Set(floors?.exports.flatMap((line) => /client-([a-z0-9-]+)/.exec(line)?.[1] ?? []))].join(
              ', ',
            ),
            besidesSdk(door.bundle),
          ]),
        },
        {
          title: 'Import, ms',
          columns: ['door', 'import', 'floor', 'of floor', 'bare floor', 'of bare floor'],
          rows: found.map(({ name, door, floors }) => [
            name,
            shown(door.ms),
            ...[floors?.whole, floors?.bare].flatMap((floor) =>
              floor === undefined ? ['–', '–'] : [shown(floor.ms), ratio(door.ms, floor.ms)],
            ),
          ]),
        },
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

interface Timed {
  readonly bundle: Bundle;
  readonly path: string;
  readonly ms: number[];
}

/** One after the other, in turn, so that all meet the same noise. */
const importTimes = async (
  folder: string,
  bundles: readonly Bundle[],
  between: () => void,
): Promise<ReadonlyMap<Bundle, readonly number[]>> => {
  const files: readonly Timed[] = bundles.map((bundle, i) => ({
    bundle,
    path: join(folder, `${i}.mjs`),
    ms: [],
  }));
  for (const { path, bundle } of files) await writeFile(path, bundle.code);
  for (let i = 0; i < starts; i++) {
    for (const { path, ms } of files) ms.push(importMs(path));
    between();
  }
  return new Map(files.map(({ bundle, ms }) => [bundle, ms]));
};

const importMs = (path: string): number => {
  const program = `const began = performance.now(); await import(${JSON.stringify(path)}); process.stdout.write(String(performance.now() - began)); process.exit(0);`;
  const env = {
    ...process.env,
    AWS_REGION: 'eu-central-1',
    ...Object.fromEntries(Object.values(settingNames).map((name) => [name, 'bench'])),
  };
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    env,
  });
  if (status !== 0) throw new Error(`${basename(path)} cannot be imported: ${stderr.slice(-500)}`);
  return Number(stdout);
};

/** The largest things in a bundle that are not the SDK’s. */
const besidesSdk = ({ parts }: Bundle): string => {
  const sizes = new Map<string, number>();
  for (const part of parts) sizes.set(packageOf(part), (sizes.get(packageOf(part)) ?? 0) + part.bytes);
  return [...sizes]
    .filter(([name]) => !isSdk(name))
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 4)
    .map(([name, bytes]) => `${name} ${shown(bytes / 1000)}`)
    .join(', ');
};
