import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { end, keysIn, startProcess } from '../local/product-process.ts';

/** The real product in a process of its own that tells how long its event loop was held. */
export interface Measured {
  readonly url: string;
  readonly keys: Readonly<Record<'pk' | 'sk' | 'rk', string>>;
  readonly dir: string;
  /** The longest stretch since the last look, ms of its thread’s processor time. */
  readonly longest: () => Promise<number>;
  /** What a piece of work of 50 ms takes there now. */
  readonly unit: () => Promise<number>;
  /** The most memory it ever held, MB. */
  readonly peakMb: () => Promise<number>;
  /** Sends a signal and gives the ms until it ended. */
  readonly ended: (signal: NodeJS.Signals) => Promise<number>;
  readonly stop: () => Promise<void>;
}

const keysFile = z.object({ keys: z.object({ pk: z.string(), sk: z.string(), rk: z.string() }) });

/** Starts it in a new data folder as `npm start` does, with the probe before it. */
export const startMeasured = async (): Promise<Measured> => {
  const dir = await mkdtemp(join(tmpdir(), 'millimetric-held-'));
  const probe = ['--import', './test/loop/probe.ts'];
  const command = [process.execPath, '--max-semi-space-size=4', '--initial-old-space-size=64'];
  const { child, url } = await startProcess(dir, () => {}, {
    command: [...command, ...probe, 'bin/local.ts'],
    channel: true,
  });
  const { keys } = keysFile.parse(JSON.parse(await readFile(keysIn(dir), 'utf8')));
  const told = async (asked: 'unit' | 'longest'): Promise<number> => {
    const answer = once(child, 'message');
    child.send(asked);
    return z.number().parse((await answer)[0]);
  };
  return {
    url,
    keys,
    dir,
    longest: () => told('longest'),
    unit: () => told('unit'),
    peakMb: async () => {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) / 1024;
    },
    ended: async (signal) => {
      const began = performance.now();
      await end(child, signal);
      return performance.now() - began;
    },
    stop: async () => {
      await end(child);
      await rm(dir, { recursive: true, force: true });
    },
  };
};
