import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder } from '../src/local/disk/data-folder.ts';
import type { LakeFile } from '../src/local/parquet/kinds.ts';
import { caller } from './call.ts';
import { freePort, startServer } from './server.ts';
import type { World } from './world.ts';

const starts = 5;

/** From starting the process to its first answer, ms: with the files in the page cache, and after asking the system to drop them from it (Linux, GNU dd). */
export const coldStarts = async (world: World, path: string, project: string, files: readonly LakeFile[]) => {
  const events = join(world.dir, inFolder.events);
  const paths = [
    ...files.map((file) => join(events, 'parquet', file.path)),
    join(events, 'lake.sqlite'),
    join(world.dir, inFolder.ledger),
  ];
  const once = async (): Promise<number> => {
    const port = await freePort();
    const began = performance.now();
    const server = await startServer(world.dir, port);
    const client = caller(server.url);
    const { status } = await client.get(path, world.keys[project] ?? '');
    const ms = performance.now() - began;
    if (status !== 200) throw new Error(`the first question after a start got ${status}`);
    client.close();
    await server.stop();
    return ms;
  };
  const warm: number[] = [];
  const cold: number[] = [];
  await once();
  for (let i = 0; i < starts; i++) {
    warm.push(await once());
    for (const file of paths)
      if (existsSync(file)) spawnSync('dd', [`if=${file}`, 'iflag=nocache', 'count=0', 'status=none']);
    cold.push(await once());
  }
  return { warm, cold };
};
