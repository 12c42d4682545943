import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';

/** A process may mount a disk of its own where user namespaces are allowed; elsewhere this says that it did not run. */
const ownDisk = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', tmpdir()]).status === 0;

let home: string;
const running: ChildProcess[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'disk-'));
});
afterEach(async () => {
  for (const child of running.splice(0)) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  }
  await rm(home, { recursive: true, force: true });
});

/** The product as a process; resolves when it takes requests. */
const started = async (command: string, args: readonly string[], as: { readonly uid?: number; readonly gid?: number } = {}) => {
  const data = join(home, 'data');
  const child = spawn(command, args, { env: { PATH: process.env.PATH, PORT: '0', MILLIMETRIC_DATA: data }, stdio: ['ignore', 'pipe', 'ignore'], ...as });
  running.push(child);
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (text) => {
      said += text;
      const found = /runs on (\S+)/.exec(said)?.[1];
      if (found !== undefined && said.includes('Ctrl-C')) resolve(found);
    });
    child.on('exit', (code) => reject(new Error(`the product ended with ${code}`)));
  });
  return { child, url, data };
};

const saved = z.object({ rows: z.array(z.object({ event_id: z.string() })), next_cursor: z.string().nullish() });
const keysFile = z.object({ keys: z.object({ sk: z.string() }) });

/** Sends batches and asks for how many there are, and remembers what was acknowledged and what refused. */
const caller = async (url: string, keysPath: string) => {
  const { keys } = keysFile.parse(JSON.parse(await readFile(keysPath, 'utf8')));
  const headers = { authorization: `Bearer ${keys.sk}`, 'content-type': 'application/json' };
  const acknowledged: string[] = [];
  const refused: string[] = [];
  let next = 0;
  return {
    acknowledged,
    refused,
    /** The status and error code of one batch of 100 events, each with so much text. */
    send: async (textLength = 500): Promise<readonly [number, string | undefined]> => {
      const ids = Array.from({ length: 100 }, () => `event-${next++}`);
      const events = ids.map((event_id) => ({
        event_id,
        event: 'saved',
        anonymous_id: 'a',
        properties: { event_id, text: 'x'.repeat(textLength) },
      }));
      const answer = await fetch(`${url}/v1/batch`, { method: 'POST', headers, body: JSON.stringify({ events }) });
      const { error } = z.object({ error: z.string().optional() }).parse(await answer.json());
      (answer.status === 202 ? acknowledged : refused).push(...ids);
      return [answer.status, error];
    },
    /** The ids that a question finds. */
    found: async (): Promise<readonly string[]> => {
      const ids: string[] = [];
      for (let page = '/v1/query?event=saved&limit=1000'; page !== ''; ) {
        const answer = await fetch(`${url}${page}`, { headers });
        const text = await answer.text();
        expect(answer.status, text).toBe(200);
        const { rows, next_cursor } = saved.parse(JSON.parse(text));
        ids.push(...rows.map(({ event_id }) => event_id));
        page = next_cursor == null ? '' : `/v1/query?cursor=${next_cursor}`;
      }
      return ids;
    },
  };
};

describe.skipIf(!ownDisk)(`a disk with no byte left${ownDisk ? '' : ' (NOT RUN: this machine lets nobody mount a disk of his own)'}`, () => {
  test('refuses events, keeps none of them, answers questions, and takes events again by itself when there is room', async () => {
    const mounted = `mount -t tmpfs -o size=64m none "$1" && exec "$2" bin/local.ts`;
    const { child, url, data } = await started('unshare', ['-rm', 'sh', '-c', mounted, 'sh', home, process.execPath]);
    // The disk is seen only by the process that mounted it, and through it.
    const disk = (path: string) => join(`/proc/${child.pid}/root`, path);
    const { send, found, acknowledged, refused } = await caller(url, disk(join(data, 'keys.json')));
    for (let i = 0; i < 3; i++) expect(await send()).toEqual([202, undefined]);
    const filler = disk(join(home, 'filler'));
    await fill(filler);
    for (let i = 0; i < 3; i++) expect(await send()).toEqual([502, 'upstream_failed']);
    expect((await found()).toSorted()).toEqual(acknowledged.toSorted());
    await rm(filler);
    for (let i = 0; i < 3; i++) expect(await send()).toEqual([202, undefined]);
    expect([(await found()).toSorted(), acknowledged.length, refused.length]).toEqual([acknowledged.toSorted(), 600, 300]);
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
  });
});

describe('a data folder that may no longer be written', () => {
  test('refuses events, keeps none of them, and takes events again by itself when it may be written', async () => {
    // Root may write anywhere, so it starts the product as somebody else.
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    await chmod(home, 0o777);
    const { url, data } = await started(process.execPath, ['bin/local.ts'], nobody);
    const { send, found, acknowledged, refused } = await caller(url, join(data, 'keys.json'));
    const journal = join(data, 'events', 'journal');
    expect(await send()).toEqual([202, undefined]);
    await chmod(journal, 0o555);
    expect((await found()).length).toBe(100);
    // The segment that is open and the one made ahead take some 5 MB each.
    let last = await send();
    for (let i = 0; i < 16 && last[0] === 202; i++) last = await send(7_500);
    expect([last, await send()]).toEqual([
      [502, 'upstream_failed'],
      [502, 'upstream_failed'],
    ]);
    await chmod(journal, 0o755);
    expect(await send()).toEqual([202, undefined]);
    expect([(await found()).toSorted(), refused.length]).toEqual([acknowledged.toSorted(), 200]);
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
