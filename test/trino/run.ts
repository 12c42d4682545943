import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { trino } from './client.ts';
import { does, freePort, tested } from './programs.ts';

/**
 * `npm run test:trino [-- vitest arguments]`: installs Trino where it is missing, starts it, runs every test/**\/*.trino.ts, stops it. Exit 1 if a test fails, or if
 * Trino cannot run; with MILLIMETRIC_SKIP_TRINO=1 the latter is only said.
 */
const script = fileURLToPath(new URL('./trino.sh', import.meta.url));
const config = fileURLToPath(new URL('./vitest.config.ts', import.meta.url));

const run = await mkdtemp(join(tmpdir(), 'millimetric-trino-'));
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const warehouse = join(run, 'server', 'warehouse');
const environment = {
  ...process.env,
  MILLIMETRIC_TRINO_RUN: join(run, 'server'),
  MILLIMETRIC_TRINO_PORT: String(port),
  MILLIMETRIC_TRINO_URL: url,
  MILLIMETRIC_TRINO_WAREHOUSE: warehouse,
};
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());

try {
  const cannot = await began();
  process.exitCode = cannot === undefined ? await asked() : unable(cannot);
} finally {
  if (interrupted.signal.aborted) process.exitCode = 130;
  await does('bash', [script, 'stop'], { environment });
  await rm(run, { recursive: true, force: true });
}

/** Why Trino does not run; undefined when it does. */
async function began(): Promise<string | undefined> {
  for (const step of ['install', 'start']) {
    const began = performance.now();
    const code = await does('bash', [script, step], { environment, signal: interrupted.signal });
    if (code !== 0) return `trino.sh ${step} failed (${code}); what it said stands above`;
    console.log(`trino ${step}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  }
  return trino('select 1', { url }).then(
    () => undefined,
    (error: unknown) => `it started but answers no question: ${String(error)}`,
  );
}

async function asked(): Promise<number> {
  const began = performance.now();
  const tally = await tested(
    config,
    join(run, 'results.json'),
    { environment, signal: interrupted.signal },
    process.argv.slice(2),
  );
  if (tally === undefined) {
    console.error('No result was written: the tests did not run to their end.');
    return 1;
  }
  console.log(`trino tests: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  console.log(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
  return tally.good ? 0 : 1;
}

function unable(why: string): number {
  const excused = process.env.MILLIMETRIC_SKIP_TRINO === '1';
  console.error(
    `\n*** TRINO DID NOT RUN: ${why}. ***\n*** Nothing was checked against the engine of the cloud. ***`,
  );
  console.error(
    excused
      ? 'MILLIMETRIC_SKIP_TRINO=1: going on without it.'
      : 'Set MILLIMETRIC_SKIP_TRINO=1 to go on without it.',
  );
  console.log('0 passed, 0 failed, 0 skipped');
  return excused ? 0 : 1;
}
