import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { trinoReady } from './client.ts';

/**
 * `npm run test:trino [-- vitest arguments]`: installs Trino where it is missing, starts it, runs every test/**\/*.trino.ts, stops it. Exit 1 if a test fails, or if
 * Trino cannot run; with MILLIMETRIC_SKIP_TRINO=1 the latter is only said.
 */
const script = fileURLToPath(new URL('./trino.sh', import.meta.url));
const config = fileURLToPath(new URL('./vitest.config.ts', import.meta.url));
const home = fileURLToPath(new URL('../..', import.meta.url));

const run = await mkdtemp(join(tmpdir(), 'millimetric-trino-'));
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const warehouse = join(run, 'server', 'warehouse');
const results = join(run, 'results.json');
const environment = {
  ...process.env,
  MILLIMETRIC_TRINO_RUN: join(run, 'server'),
  MILLIMETRIC_TRINO_PORT: String(port),
  MILLIMETRIC_TRINO_URL: url,
  MILLIMETRIC_TRINO_WAREHOUSE: warehouse,
};
const counts = z.object({ numPassedTests: z.int(), numFailedTests: z.int(), numPendingTests: z.int(), numTodoTests: z.int(), success: z.boolean() });
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());

try {
  const cannot = await began();
  process.exitCode = cannot === undefined ? await tested() : unable(cannot);
} finally {
  if (interrupted.signal.aborted) process.exitCode = 130;
  await does('bash', [script, 'stop'], false);
  await rm(run, { recursive: true, force: true });
}

/** Why Trino does not run; undefined when it does. */
async function began(): Promise<string | undefined> {
  for (const step of ['install', 'start']) {
    const began = performance.now();
    const code = await does('bash', [script, step]);
    if (code !== 0) return `trino.sh ${step} failed (${code}); what it said stands above`;
    console.log(`trino ${step}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  }
  return trinoReady({ url }).then(
    () => undefined,
    (error: unknown) => `it started but answers no question: ${String(error)}`,
  );
}

async function tested(): Promise<number> {
  const began = performance.now();
  const vitest = join(home, 'node_modules', 'vitest', 'vitest.mjs');
  const code = await does(process.execPath, [
    vitest,
    'run',
    '--config',
    config,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${results}`,
    ...process.argv.slice(2),
  ]);
  const counted = counts.safeParse(JSON.parse(await readFile(results, 'utf8').catch(() => 'null')));
  if (!counted.success) {
    console.error('No result was written: the tests did not run to their end.');
    return 1;
  }
  const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped, numTodoTests: todo, success } = counted.data;
  console.log(`trino tests: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  console.log(`${passed} passed, ${failed} failed, ${skipped + todo} skipped`);
  return code === 0 && success && passed > 0 ? 0 : 1;
}

function unable(why: string): number {
  const excused = process.env.MILLIMETRIC_SKIP_TRINO === '1';
  console.error(`\n*** TRINO DID NOT RUN: ${why}. ***\n*** Nothing was checked against the engine of the cloud. ***`);
  console.error(excused ? 'MILLIMETRIC_SKIP_TRINO=1: going on without it.' : 'Set MILLIMETRIC_SKIP_TRINO=1 to go on without it.');
  console.log('0 passed, 0 failed, 0 skipped');
  return excused ? 0 : 1;
}

function does(program: string, given: readonly string[], mayStop = true): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program, given, { cwd: home, env: environment, stdio: 'inherit', ...(mayStop ? { signal: interrupted.signal } : {}) });
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
