import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { callerOf, end, keysIn, startProcess } from './product-process.ts';

let home: string;
const running: ChildProcess[] = [];
const sockets: Socket[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'descriptors-'));
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const child of running.splice(0)) await end(child);
  await rm(home, { recursive: true, force: true });
});

test('with 256 descriptors and 300 idle connections events are taken, questions are whole, and no file is set aside', async () => {
  const data = join(home, 'data');
  const command = ['sh', '-c', 'ulimit -n 256 && exec "$1" bin/local.ts', 'sh', process.execPath];
  const start = () => startProcess(data, (child) => running.push(child), { command });
  let now = await start();
  const { send, ask, acknowledged } = await callerOf(() => now.url, keysIn(data));
  expect(await send()).toEqual([202, undefined]);
  // Ended like this, it leaves Parquet.
  await end(now.child, 'SIGTERM');
  now = await start();
  const { hostname, port } = new URL(now.url);
  for (let i = 0; i < 300; i++) {
    const socket = connect({ host: hostname, port: Number(port) }).on('error', () => {});
    sockets.push(socket);
    await once(socket, 'connect');
  }
  for (let i = 0; i < 3; i++) expect(await send()).toEqual([202, undefined]);
  expect(await ask()).toEqual({ ids: acknowledged.toSorted(), notes: [] });
  expect(await readdir(join(data, 'events', 'set-aside'))).toEqual([]);
}, 120_000);
