import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Loaded, type LoadSettings, loaded } from './load-settings.ts';

/** Runs a load in a process of its own. */
export const load = async (wanted: LoadSettings): Promise<Loaded> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'load.ts'), JSON.stringify(wanted)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (piece: Buffer) => {
    said += piece.toString();
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the load ended with ${code}`);
  return loaded.parse(JSON.parse(said));
};
