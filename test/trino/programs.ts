import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

/** The project’s root. */
export const home = fileURLToPath(new URL('../..', import.meta.url));

interface Given {
  readonly environment: NodeJS.ProcessEnv;
  /** Ends the program when it aborts. */
  readonly signal?: AbortSignal;
  /** Shows only what it complains of. */
  readonly quiet?: boolean;
}

/** Runs a program in the project’s root, its output to ours; resolves to its exit code, 1 where it could not start or was ended. */
export const does = (
  program: string,
  given: readonly string[],
  { environment, signal, quiet = false }: Given,
): Promise<number> =>
  new Promise((resolve) => {
    const child = spawn(program, given, {
      cwd: home,
      env: environment,
      stdio: ['inherit', quiet ? 'ignore' : 'inherit', 'inherit'],
      ...(signal === undefined ? {} : { signal }),
    });
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 1));
  });

/** A port of 127.0.0.1 that nobody uses just now. */
export const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
};

/** What a vitest run came to; undefined where it did not run to its end. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** It exited with 0 and at least one test passed. */
  readonly good: boolean;
}

const counts = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int(),
  success: z.boolean(),
});

/** Runs vitest with this configuration, shows what it says, and counts. `results`: a file of ours for its report. */
export const tested = async (
  config: string,
  results: string,
  given: Given,
  also: readonly string[] = [],
): Promise<Tally | undefined> => {
  const vitest = join(home, 'node_modules', 'vitest', 'vitest.mjs');
  const asked = [
    vitest,
    'run',
    '--config',
    config,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${results}`,
    ...also,
  ];
  const code = await does(process.execPath, asked, given);
  const counted = counts.safeParse(JSON.parse(await readFile(results, 'utf8').catch(() => 'null'))).data;
  if (counted === undefined) return undefined;
  const {
    numPassedTests: passed,
    numFailedTests,
    numPendingTests: pending,
    numTodoTests: todo,
    success,
  } = counted;
  // What fails before a test begins fails none of them.
  const failed = success ? 0 : Math.max(1, numFailedTests);
  return { passed, failed, skipped: pending + todo, good: code === 0 && success && passed > 0 };
};
