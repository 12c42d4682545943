import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { createAccount } from '../src/accounts/accounts.ts';
import { mintKey } from '../src/accounts/keys.ts';
import { createProject } from '../src/accounts/projects.ts';
import { stored } from '../src/lake/compacted.ts';
import { inFolder } from '../src/local/disk/data-folder.ts';
import { claimLakeFolder, makeFolder } from '../src/local/disk/lake-folder.ts';
import { openLake } from '../src/local/lake.ts';
import { openDuck, rowsOf } from '../src/local/parquet/duckdb.ts';
import type { LakeFile } from '../src/local/parquet/kinds.ts';
import { openManifest } from '../src/local/parquet/manifest.ts';
import { currentColumns, parquetOf } from '../src/local/parquet/relations.ts';
import { copyTo, order, type Planned, settle, syncPlaces } from '../src/local/parquet/write.ts';
import { openWorld } from '../src/local/world.ts';
import type { Log } from '../src/ports.ts';
import { sql } from '../src/sql/sql.ts';
import { days, projectCount, projectName, rowsOfDay } from './world-rows.ts';

const made = z.object({
  keys: z.record(z.string(), z.string()),
  events: z.number(),
  files: z.number(),
  bytes: z.number(),
});

/** A data folder of the product, full of events, and a secret key of each project. */
export interface World extends z.infer<typeof made> {
  readonly dir: string;
}

const quiet: Log = {
  info: () => {},
  warn: () => {},
  error: (message, fields) => process.stderr.write(`${message} ${JSON.stringify(fields)}\n`),
};
const version = 1;

/** The world of so many events below `root`: found again, or made and compacted by the product’s own code. */
export const worldOf = async (root: string, events: number): Promise<World> => {
  const dir = join(root, `world-${events}-v${version}`);
  const note = `${dir}.json`;
  if (existsSync(note)) return { dir, ...made.parse(JSON.parse(readFileSync(note, 'utf8'))) };
  process.stderr.write(`Making ${events.toLocaleString('en-US')} events once in ${dir} …\n`);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  const keys = await makeProjects(dir);
  await writeDays(join(dir, inFolder.events), events);
  const lake = await openLake({ dir: join(dir, inFolder.events), log: quiet, clock: Date.now });
  await lake.compact();
  await lake.close();
  const files = filesIn(dir).filter(({ kind }) => kind === 'events');
  const world = {
    keys,
    events: sum(files.map(({ rows }) => rows)),
    files: files.length,
    bytes: sum(files.map(({ bytes }) => bytes)),
  };
  writeFileSync(note, JSON.stringify(world), { mode: 0o600 });
  return { dir, ...world };
};

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** All projects in the ledger, each with a secret key. */
const makeProjects = async (dir: string): Promise<Record<string, string>> => {
  const { world, close } = await openWorld({ dir, log: quiet, clock: Date.now });
  const account = await createAccount(world, { name: 'bench', plan: 'unlimited' });
  const keys: Record<string, string> = {};
  for (let i = 0; i < projectCount; i++) {
    const id = projectName(i);
    await createProject(world, account.account_id, { id, slug: id.replace('_', '-'), name: id });
    keys[id] = (await mintKey(world, { kind: 'sk', env: 'live', projectId: id })).key;
  }
  await close();
  return keys;
};

/** Each day as the product’s flush leaves it: one file of all projects, for compaction to sort. */
const writeDays = async (dir: string, total: number): Promise<void> => {
  const folder = claimLakeFolder(dir);
  const manifest = openManifest(folder);
  makeFolder(folder);
  const duck = await openDuck({
    directories: [folder.temp],
    temp: join(folder.temp, 'making'),
    memoryMb: 2_000,
    threads: availableParallelism(),
    connections: 1,
    rereads: false,
  });
  const [connection] = duck.connections;
  if (connection === undefined) throw new Error('DuckDB gave no connection');
  try {
    for (let day = 0; day < days; day++) {
      const temp = {
        events: join(folder.temp, 'day.parquet'),
        identifies: join(folder.temp, 'said.parquet'),
      } as const;
      await copyTo(
        connection,
        sql`select ${stored} from (${rowsOfDay(day, total)}) as rows`,
        sql`project_id, ${order}`,
        temp.events,
        8_192,
      );
      const written = sql`(${parquetOf([temp.events], currentColumns)}) as stored`;
      await copyTo(
        connection,
        sql`select ${stored} from ${written} where event_name = '$identify'`,
        sql`project_id, ${order}`,
        temp.identifies,
        8_192,
      );
      const add: LakeFile[] = [];
      for (const kind of ['identifies', 'events'] as const) {
        const held = await rowsOf(
          connection,
          sql`select project_id, count(*) as total, epoch_ms(min(ts)) as first, epoch_ms(max(ts)) as last
              from (${parquetOf([temp[kind]], currentColumns)}) as stored group by project_id order by project_id`,
        );
        if (held.length === 0) continue;
        const plan: Planned = {
          kind,
          level: 0,
          dt: '',
          projects: held.map((row) => String(row.project_id)),
          rows: sum(held.map((row) => Number(row.total))),
          weight: null,
          minTs: Math.min(...held.map((row) => Number(row.first))),
          maxTs: Math.max(...held.map((row) => Number(row.last))),
        };
        add.push(await settle(folder, manifest, temp[kind], plan));
      }
      await syncPlaces(folder, add);
      manifest.change({ add });
      if (day % 10 === 9) process.stderr.write(`  day ${day + 1} of ${days}\n`);
    }
  } finally {
    duck.close();
    manifest.close();
  }
};

/** The files of a data folder that no process holds. */
export const filesIn = (dir: string): readonly LakeFile[] => {
  const manifest = openManifest(claimLakeFolder(join(dir, inFolder.events)));
  const files = [...manifest.files()];
  manifest.close();
  return files;
};

/** A second data folder with some of a world’s files, the very same bytes by hard links: what is written there leaves the first as it was. */
export const sharedWorld = async (
  world: World,
  dir: string,
  wanted: (file: LakeFile) => boolean,
): Promise<World> => {
  rmSync(dir, { recursive: true, force: true });
  const keys = await makeProjects(dir);
  const from = claimLakeFolder(join(world.dir, inFolder.events));
  const to = claimLakeFolder(join(dir, inFolder.events));
  const add = filesIn(world.dir).filter(wanted);
  for (const { path } of add) {
    mkdirSync(dirname(join(to.lake, path)), { recursive: true });
    linkSync(join(from.lake, path), join(to.lake, path));
  }
  const manifest = openManifest(to);
  manifest.change({ add });
  manifest.close();
  const events = add.filter(({ kind }) => kind === 'events');
  return {
    dir,
    keys,
    events: sum(events.map(({ rows }) => rows)),
    files: events.length,
    bytes: sum(events.map(({ bytes }) => bytes)),
  };
};
