import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** The product as its users run it, in a process of its own. */
export interface Server {
  /** Without a slash at the end. */
  readonly url: string;
  readonly pid: number;
  /** Asks it to stop and waits until it has. */
  readonly stop: () => Promise<void>;
}

/** Starts the product on a data folder; ready when it says where it listens. Its log goes to a file beside the folder, as an operator’s would. */
export const startServer = async (dir: string, port = 0): Promise<Server> => {
  const log = openSync(`${dir}.log`, 'w');
  const child = spawn(
    process.execPath,
    ['--max-semi-space-size=4', '--initial-old-space-size=64', join(root, 'bin/local.ts')],
    {
      cwd: root,
      env: { ...process.env, MILLIMETRIC_DATA: dir, PORT: String(port), HOST: '127.0.0.1' },
      stdio: ['ignore', 'pipe', log],
    },
  );
  closeSync(log);
  let stopping = false;
  const ended = once(child, 'exit');
  // A bench that fails must not leave a server behind that holds the folder.
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', (code, signal) => {
    process.off('exit', end);
    if (!stopping)
      process.stderr.write(`The product ended by itself (${code ?? signal}); its log is ${dir}.log\n`);
  });
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stdout?.on('data', (piece: Buffer) => {
      said += piece.toString();
      const [, found] = /runs on (\S+)/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) =>
      reject(new Error(`the product ended with ${code} before it listened; its log is ${dir}.log`)),
    );
  });
  return {
    url,
    pid: child.pid ?? Number.NaN,
    stop: async () => {
      stopping = true;
      child.kill('SIGTERM');
      await ended;
    },
  };
};

/** A port that was free a moment ago. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
};
