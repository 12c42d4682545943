import { type ChildProcess, spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callerOf, end, keysIn, startProcess } from './product-process.ts';

/** A process may mount a disk of its own where user namespaces are allowed; elsewhere this says that it did not run. */
const ownDisk = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', tmpdir()]).status === 0;

let home: string;
const running: ChildProcess[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'disk-'));
});
afterEach(async () => {
  for (const child of running.splice(0)) await end(child);
  await rm(home, { recursive: true, force: true });
});

describe.skipIf(!ownDisk)(
  `a disk with no byte left${ownDisk ? '' : ' (NOT RUN: this machine lets nobody mount a disk of his own)'}`,
  () => {
    test('refuses events, keeps none of them, answers questions, and takes events again by itself when there is room', async () => {
      const mounted = `mount -t tmpfs -o size=64m none "$1" && exec "$2" bin/local.ts`;
      const data = join(home, 'data');
      const { child, url } = await startProcess(data, (started) => running.push(started), {
        command: ['unshare', '-rm', 'sh', '-c', mounted, 'sh', home, process.execPath],
      });
      // The disk is seen only by the process that mounted it, and through it.
      const disk = (path: string) => join(`/proc/${child.pid}/root`, path);
      const { send, ask, acknowledged, refused } = await callerOf(() => url, disk(keysIn(data)));
      for (let i = 0; i < 3; i++) expect(await send()).toEqual([202, undefined]);
      const filler = disk(join(home, 'filler'));
      await fill(filler);
      for (let i = 0; i < 3; i++) expect(await send()).toEqual([502, 'upstream_failed']);
      expect((await ask()).ids).toEqual(acknowledged.toSorted());
      await rm(filler);
      for (let i = 0; i < 3; i++) expect(await send()).toEqual([202, undefined]);
      expect([(await ask()).ids, acknowledged.length, refused.length]).toEqual([
        acknowledged.toSorted(),
        600,
        300,
      ]);
      await end(child, 'SIGTERM');
      expect(child.exitCode).toBe(0);
    });
  },
);

describe('a data folder that may no longer be written', () => {
  test('refuses events, keeps none of them, and takes events again by itself when it may be written', async () => {
    // Root may write anywhere, so it starts the product as somebody else.
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    await chmod(home, 0o777);
    const data = join(home, 'data');
    const { url } = await startProcess(data, (started) => running.push(started), { as: nobody });
    const { send, ask, acknowledged, refused } = await callerOf(() => url, keysIn(data));
    const journal = join(data, 'events', 'journal');
    expect(await send()).toEqual([202, undefined]);
    await chmod(journal, 0o555);
    expect((await ask()).ids.length).toBe(100);
    // The segment that is open and the one made ahead take some 5 MB each.
    let last = await send();
    for (let i = 0; i < 16 && last[0] === 202; i++) last = await send(7_500);
    expect([last, await send()]).toEqual([
      [502, 'upstream_failed'],
      [502, 'upstream_failed'],
    ]);
    await chmod(journal, 0o755);
    expect(await send()).toEqual([202, undefined]);
    expect([(await ask()).ids, refused.length]).toEqual([acknowledged.toSorted(), 200]);
  });
});

/** Writes until the disk takes not one byte more. */
async function fill(path: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  const file = await open(path, 'w');
  try {
    for (const piece of [1 << 20, 4096, 1]) {
      const bytes = Buffer.alloc(piece);
      for (;;)
        try {
          await file.write(bytes);
        } catch (error) {
          if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
          break;
        }
    }
  } finally {
    await file.close();
  }
}
