import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('peers', import.meta.url));
const mark = `${folder}/node_modules/.installed`;

/** The official peers that only the conformance run meets, from the lock file beside them: installed when they are first needed, since they are a tenth of all that `npm ci` would bring. */
export const installPeers = (): void => {
  const lock = readFileSync(`${folder}/package-lock.json`, 'utf8');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === lock) return;
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' });
  writeFileSync(mark, lock);
};

/** The program of a peer. */
export const peer = (name: 'conformance' | 'mcp-inspector'): string => `${folder}/node_modules/.bin/${name}`;
