import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { canFail, failing, failingFromStart } from './failing-disk.ts';
import { callerOf, end, keysIn, startProcess } from './product-process.ts';

const told = canFail ? '' : ' (NOT RUN: this machine has no strace, or lets nobody trace another’s process)';

let home: string;
const running: ChildProcess[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'io-'));
});
afterEach(async () => {
  for (const child of running.splice(0)) await end(child);
  await rm(home, { recursive: true, force: true });
});

/** Where a file is; of a new Parquet file only its number is known beforehand. */
const placeOf = async (folder: string, path: string): Promise<string> => {
  const place = join(folder, path);
  if (!path.includes('new~/')) return place;
  const names = await readdir(dirname(place)).catch(() => []);
  return join(
    dirname(place),
    names.find((name) => name.startsWith(`${basename(place, '.parquet')}-`)) ?? basename(place),
  );
};

const syncs = 'fsync,fdatasync';
const changes = `pwrite64,${syncs},ftruncate,rename,unlink,unlinkat`;

/** The product, and who calls it. */
const product = async () => {
  const data = join(home, 'data');
  const start = () => startProcess(data, (child) => running.push(child));
  let now = await start();
  const caller = await callerOf(() => now.url, keysIn(data));
  return {
    data,
    caller,
    fail: async (calls: string, ...only: readonly string[]) =>
      failing(now.child.pid, calls, await Promise.all(only.map((path) => placeOf(data, path)))),
    /** Ends it in this way, and starts it again. */
    again: async (signal: 'SIGKILL' | 'SIGTERM') => {
      await end(now.child, signal);
      now = await start();
    },
    end: () => end(now.child),
  };
};

describe.skipIf(!canFail)(`the product on a disk that returns I/O errors${told}`, () => {
  test.each([
    ['when it is to sync', syncs],
    ['when it is to write', 'pwrite64'],
    ['when it is to sync or to cut a file short', `${syncs},ftruncate`],
    ['whatever is to be changed', changes],
  ])(
    '%s: refuses events, keeps none of them, answers questions, goes on by itself when the disk does, and finds after a crash what it acknowledged, once each',
    async (_, calls) => {
      const { caller, fail, again } = await product();
      const { send, sendAgain, ask, acknowledged, refused } = caller;
      const all = () => ({ ids: acknowledged.toSorted(), notes: [] });
      for (let i = 0; i < 3; i++) expect(await send()).toEqual([202, undefined]);
      const mended = await fail(calls);
      for (let i = 0; i < 3; i++) expect(await send()).toEqual([502, 'upstream_failed']);
      expect(await ask()).toEqual(all());
      expect(await mended()).toBeGreaterThan(0);
      expect(await send()).toEqual([202, undefined]);
      expect(await ask()).toEqual(all());
      await again('SIGKILL');
      expect([await ask(), acknowledged.length, refused.length]).toEqual([all(), 400, 300]);
      expect(await sendAgain()).toEqual([202, undefined]);
      expect(await sendAgain()).toEqual([400, 'invalid_payload']);
      expect([await ask(), acknowledged.length]).toEqual([all(), 700]);
    },
  );

  test('takes no event into a file that could not be cut short and synced, until it could', async () => {
    const { caller, fail } = await product();
    const { send, ask, acknowledged } = caller;
    expect(await send()).toEqual([202, undefined]);
    // Cut, but not synced.
    let mended = await fail(syncs);
    expect(await send()).toEqual([502, 'upstream_failed']);
    await mended();
    mended = await fail('ftruncate');
    expect(await send()).toEqual([502, 'upstream_failed']);
    expect(await mended()).toBeGreaterThan(0);
    expect(await send()).toEqual([202, undefined]);
    expect([await ask(), acknowledged.length]).toEqual([{ ids: acknowledged.toSorted(), notes: [] }, 200]);
  });

  test('killed while the disk fails, it finds what it acknowledged and nothing else', async () => {
    const { caller, fail, again } = await product();
    const { send, ask, acknowledged } = caller;
    expect(await send()).toEqual([202, undefined]);
    await fail(syncs);
    expect(await send()).toEqual([502, 'upstream_failed']);
    await again('SIGKILL');
    expect(await ask()).toEqual({ ids: acknowledged.toSorted(), notes: [] });
  });

  test('does not start while nothing can be synced, says so in one sentence, and damages nothing', async () => {
    const { caller, data, end, again } = await product();
    const { send, ask, acknowledged } = caller;
    expect(await send()).toEqual([202, undefined]);
    await end();
    const command = [...failingFromStart(syncs), process.execPath, 'bin/local.ts'];
    await expect(startProcess(data, (child) => running.push(child), { command })).rejects.toThrow(
      /ended with 1: The data folder \S+ cannot be read and written \(EIO: i\/o error, fdatasync\): see to its disk, then start again\.\n$/,
    );
    await again('SIGKILL');
    expect(await ask()).toEqual({ ids: acknowledged.toSorted(), notes: [] });
  });

  test('gives no answer while it cannot read the newest events, and the whole answer afterwards', async () => {
    const { caller, fail } = await product();
    const { send, ask, acknowledged } = caller;
    expect(await send()).toEqual([202, undefined]);
    const mended = await fail('pread64');
    await expect(ask()).rejects.toThrow(
      '502: {"error":"upstream_failed","message":"The newest events cannot be read, so no answer would be complete. Try again later."}',
    );
    await mended();
    expect(await ask()).toEqual({ ids: acknowledged.toSorted(), notes: [] });
  });

  test('answers without a file that it cannot read, says so, and has it again when it can be read', async () => {
    const { caller, fail, again, data } = await product();
    const { send, ask, acknowledged } = caller;
    for (let i = 0; i < 2; i++) expect(await send()).toEqual([202, undefined]);
    // Ended like this, it leaves Parquet and no journal.
    await again('SIGTERM');
    expect(await send()).toEqual([202, undefined]);
    const mended = await fail('pread64', 'events/parquet/new~/events-1.parquet');
    const name = basename(await placeOf(data, 'events/parquet/new~/events-1.parquet'));
    const missing = `The file ${name} could not be read and was set aside: up to 200 events are missing from this answer.`;
    expect(await ask()).toEqual({ ids: acknowledged.slice(200).toSorted(), notes: [missing] });
    expect(await mended()).toBeGreaterThan(0);
    expect((await ask()).notes).toEqual([missing]);
    await again('SIGTERM');
    expect(await ask()).toEqual({ ids: acknowledged.toSorted(), notes: [] });
  });
});

const found = z.object({ ids: z.array(z.string()), notes: z.array(z.string()) });
const answered = z.object({ done: z.boolean(), gave: z.unknown().optional(), error: z.string().optional() });

/** A process with a lake that does what it is told, see lake-orders.ts. */
const lake = async () => {
  const dir = join(home, 'lake');
  const child = spawn(process.execPath, [join(import.meta.dirname, 'lake-orders.ts'), dir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  running.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const log: string[] = [];
  const line = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error('the process ended');
    if (!value.startsWith('log ')) return value;
    log.push(value);
    return line();
  };
  await line();
  const order = async (text: string) => {
    child.stdin.write(`${text}\n`);
    return answered.parse(JSON.parse(await line()));
  };
  const did = async (text: string) => {
    const { done, error, gave } = await order(text);
    if (!done) throw new Error(`${text}: ${error}`);
    return gave;
  };
  const fail = (calls: string, ...only: readonly string[]) => failWith('EIO', calls, ...only);
  const failWith = async (error: string, calls: string, ...only: readonly string[]) =>
    failing(child.pid, calls, await Promise.all(only.map((path) => placeOf(dir, path))), error);
  return {
    failWith,
    dir,
    log,
    order,
    did,
    fail,
    /** What becomes of an order while these calls fail. */
    trying: async (text: string, calls: string, only: readonly string[]) => {
      const mended = await fail(calls, ...only);
      const { done } = await order(text);
      const failed = (await mended()) > 0;
      return done ? (failed ? 'borne' : 'none') : 'fails';
    },
    ask: async () => {
      const { ids, notes } = found.parse(await did('ask'));
      return { ids: ids.toSorted(), notes };
    },
    kill: () => end(child),
    /** Ends it as it likes to end. */
    stop: async () => {
      child.stdin.end();
      await once(child, 'close');
    },
  };
};

const files = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;
const ids = (count: number) => Array.from({ length: count }, (_, i) => `e${i}`).toSorted();

describe.skipIf(!canFail)(`the lake on a disk that returns I/O errors${told}`, () => {
  const temporary = ['events-1', 'events-2', 'events-3', 'events-part', 'events-merge'].map(
    (name) => `temp/${name}.parquet`,
  );
  const segments = [1, 2, 3, 4].map((number) => `journal/000000000${number}.ndjson`);
  // Each: what fails, at a flush and at a merge. `none`: no such call is made; `borne`: it does no harm.
  test.each([
    ['a new file cannot be written', 'write,pwrite64', temporary, ['fails', 'fails']],
    ['a new file cannot be synced', syncs, temporary, ['fails', 'fails']],
    [
      'the folder of files cannot be synced',
      syncs,
      ['parquet', 'parquet/new~', 'parquet/shop'],
      ['fails', 'fails'],
    ],
    ['a new file cannot get its name', 'rename', [], ['fails', 'fails']],
    ['no file can be removed', 'unlink,unlinkat', [], ['none', 'borne']],
    ['the list of files cannot be written', 'pwrite64', ['lake.sqlite-wal'], ['fails', 'fails']],
    ['the list of files cannot be synced', syncs, ['lake.sqlite-wal'], ['fails', 'fails']],
    ['the journal cannot be read', 'read,pread64', segments, ['fails', 'none']],
    [
      'files cannot be read',
      'read,pread64',
      ['parquet/new~/events-1.parquet', 'parquet/new~/events-2.parquet'],
      ['none', 'fails'],
    ],
  ] as const)(
    'where %s, flush and merge change nothing that can be seen, also when the process is killed right then, and work when the disk does',
    async (_, calls, only, [flush, merge]) => {
      const one = await lake();
      await one.did('keep 0 10');
      await one.did('flush');
      await one.did('keep 10 20');
      expect(await one.trying('flush', calls, only)).toBe(flush);
      expect(await one.ask()).toEqual({ ids: ids(20), notes: [] });
      await one.did('keep 20 25');
      await one.kill();

      const two = await lake();
      expect(await two.ask()).toEqual({ ids: ids(25), notes: [] });
      await two.did('flush');
      expect(await two.trying('compact', calls, only)).toBe(merge);
      if (only[0] !== 'parquet/new~/events-1.parquet')
        expect(await two.ask()).toEqual({ ids: ids(25), notes: [] });
      await two.kill();

      const three = await lake();
      expect(await three.ask()).toEqual({ ids: ids(25), notes: [] });
      await three.did('keep 20 30');
      await three.did('compact');
      expect(await three.ask()).toEqual({ ids: ids(30), notes: [] });
      // Three days, one file each, and nothing left over.
      expect([
        await files(join(three.dir, 'parquet')),
        await files(join(three.dir, 'temp')),
        await files(join(three.dir, 'set-aside')),
      ]).toEqual([3, 0, 0]);
    },
  );

  test('a list of files that cannot be synced for a while costs no more disk than one try, and nothing once it can', async () => {
    const { did, order, ask, fail, dir } = await lake();
    await did('keep 0 10');
    const mended = await fail(syncs, 'lake.sqlite-wal');
    for (let i = 0; i < 5; i++) expect((await order('flush')).done).toBe(false);
    expect(await files(join(dir, 'parquet'))).toBe(1);
    await mended();
    await did('flush');
    expect([await ask(), await files(join(dir, 'parquet'))]).toEqual([{ ids: ids(10), notes: [] }, 1]);
  });

  test('repeats are refused while the ids that tell them cannot be read, and known again when they can, or after a start', async () => {
    const one = await lake();
    await one.did('keep 0 10');
    await one.stop();
    const two = await lake();
    const mended = await two.fail('pread64', 'seen/2.keys');
    expect((await two.order('keep 0 5')).done).toBe(false);
    expect(await mended()).toBeGreaterThan(0);
    await two.did('keep 0 5');
    // Left there, so that the next start does not trust it.
    expect(await readdir(join(two.dir, 'set-aside'))).toEqual(['2.keys']);
    await two.kill();
    const three = await lake();
    await three.did('keep 0 12');
    expect(await three.ask()).toEqual({ ids: ids(12), notes: [] });
  });

  test('a file that can neither be read nor be put aside is not lost by a crash', async () => {
    const one = await lake();
    await one.did('keep 0 10');
    await one.did('flush');
    await one.fail('pread64,rename', 'parquet/new~/events-1.parquet');
    expect((await one.ask()).notes.length).toBe(1);
    await one.kill();
    const two = await lake();
    expect([await two.ask(), await files(join(two.dir, 'set-aside'))]).toEqual([
      { ids: ids(10), notes: [] },
      0,
    ]);
  });

  test.each([
    ['EMFILE', 'too many files and connections are open on this machine'],
    ['ENFILE', 'too many files and connections are open on this machine'],
    ['ENOMEM', 'this machine has no memory left'],
  ])(
    '%s is no damaged file: the question fails and says so, nothing is set aside, and the next answer is whole',
    async (error, what) => {
      const { did, order, ask, failWith, stop, dir } = await lake();
      await did('keep 0 10');
      await did('flush');
      const mended = await failWith(error, 'openat', 'parquet/new~/events-1.parquet');
      expect(await order('ask')).toEqual({
        done: false,
        error: `Problem: The question could not be answered: ${what}. No data is lost; ask again in a few seconds.`,
      });
      expect(await mended()).toBeGreaterThan(0);
      expect(await ask()).toEqual({ ids: ids(10), notes: [] });
      expect(await readdir(join(dir, 'set-aside'))).toEqual([]);
      await stop();
    },
  );

  test('a file that could not be read is back in answers a minute after it can be', async () => {
    const { did, ask, fail, log } = await lake();
    await did('keep 0 10');
    await did('flush');
    await did('keep 10 15');
    const mended = await fail('pread64', 'parquet/new~/events-1.parquet');
    const { ids: left, notes } = await ask();
    expect([left, notes.length]).toEqual([ids(15).filter((id) => Number(id.slice(1)) >= 10), 1]);
    await mended();
    await did('later 60000');
    while ((await ask()).notes.length > 0);
    expect(await ask()).toEqual({ ids: ids(15), notes: [] });
    expect(log.map((line) => /^log ([^{]*)/.exec(line)?.[1]?.trim())).toEqual([
      'a file of the lake cannot be read and was set aside; its events are missing from answers',
      'a file that had been set aside can be read again; its events are back in answers',
    ]);
  });
});
