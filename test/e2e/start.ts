import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Place } from './place.ts';

/** The product as `npm start` runs it: a process of its own on a free port. */
export interface Started {
  readonly place: Place;
  /** Ends it and removes its data. */
  readonly stop: () => Promise<void>;
}

/** Starts the product with an empty data folder and these settings; rejects with what it complained of when it ends instead. */
export const startProcess = async (settings: Readonly<Record<string, string>> = {}): Promise<Started> => {
  const dir = await mkdtemp(join(tmpdir(), 'millimetric-e2e-'));
  const env = { PATH: process.env.PATH, PORT: '0', MILLIMETRIC_DATA: dir, ...settings };
  const child = spawn(process.execPath, ['bin/local.ts'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = async () => {
    const ended = child.exitCode === null ? once(child, 'close') : undefined;
    child.kill();
    await ended;
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const url = await urlOf(child);
    const saved = JSON.parse(await readFile(join(dir, 'keys.json'), 'utf8'));
    return { place: { url, saved, lagSeconds: 0, addressFrom: 'connection' }, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
};

const urlOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = '';
    let complained = '';
    child.stderr?.on('data', (text) => (complained += text));
    child.stdout?.on('data', (text) => {
      said += text;
      const url = /runs on (\S+)/.exec(said)?.[1];
      if (url !== undefined && said.includes('Ctrl-C')) resolve(url);
    });
    child.on('close', (code) => reject(new Error(`ended with ${code}: ${complained}`)));
  });
