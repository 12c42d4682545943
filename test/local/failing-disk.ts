import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** May a process here be traced by one that is not its parent? strace then gives it a disk that fails; elsewhere the tests say that they did not run. */
export const canFail = spawnSync('sh', ['-c', 'sleep 0.3 & strace -o /dev/null -p $!']).status === 0;

/** From now on each of these system calls of a running process fails with EIO, as on a disk that cannot, or with another `error`; `only`: those on these files. The answer ends it and gives how many failed. */
export const failing = async (
  pid: number | undefined,
  calls: string,
  only: readonly string[] = [],
  error = 'EIO',
): Promise<() => Promise<number>> => {
  const folder = await mkdtemp(join(tmpdir(), 'strace-'));
  const trace = join(folder, 'trace');
  const what = [
    '-e',
    `trace=${calls}`,
    '-e',
    `inject=${calls}:error=${error}`,
    ...only.flatMap((path) => ['-P', path]),
  ];
  const strace = spawn('strace', ['-f', '-o', trace, ...what, '-p', String(pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    strace.stderr.on('data', (text) => {
      said += text;
      if (/ attached/.test(said)) resolve();
    });
    strace.on('close', () => reject(new Error(`strace ended: ${said}`)));
  });
  return async () => {
    const closed = once(strace, 'close');
    if (strace.exitCode === null && strace.signalCode === null) {
      strace.kill('SIGINT');
      await closed;
    }
    const injected = (await readFile(trace, 'utf8')).split('(INJECTED)').length - 1;
    await rm(folder, { recursive: true });
    return injected;
  };
};

/** The same for a process from its first breath: what to put before its command. */
export const failingFromStart = (calls: string): readonly string[] => [
  'strace',
  '-f',
  '-o',
  '/dev/null',
  '-e',
  `trace=${calls}`,
  '-e',
  `inject=${calls}:error=EIO`,
];
