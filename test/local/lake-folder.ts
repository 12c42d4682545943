import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lake, openLake } from '../../src/local/lake.ts';
import type { Log } from '../../src/ports.ts';
import type { OpenSink } from '../contracts/sink.ts';

/** What was logged, a line each. */
export const listening = (): { readonly log: Log; readonly lines: string[] } => {
  const lines: string[] = [];
  const line = (message: string, fields = {}) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  return { log: { info: line, warn: line, error: line }, lines };
};

export const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'lake-'));

/** A lake in a folder of its own, as the contract suites want it. */
export const openLocal = async (): Promise<
  OpenSink & {
    readonly dir: string;
    readonly lines: readonly string[];
    readonly now: () => Lake;
    readonly reopenAfterClose: () => Promise<void>;
  }
> => {
  const dir = await newFolder();
  const { log, lines } = listening();
  const open = () => openLake({ dir, log, clock: Date.now });
  let lake = await open();
  return {
    dir,
    lines,
    lake: 'clean',
    now: () => lake,
    sink: () => lake.sink,
    engine: () => lake.engine,
    reopen: async () => {
      await lake.close();
      lake = await open();
    },
    reopenAfterClose: async () => {
      lake = await open();
    },
    settle: () => lake.compact(),
    close: async () => {
      await lake.close();
      await rm(dir, { recursive: true });
    },
  };
};
