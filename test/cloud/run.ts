import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { page } from '../e2e/place.ts';
import { trino } from '../trino/client.ts';
import { does, freePort, home, tested } from '../trino/programs.ts';
import { startAthena } from './athena.ts';
import { startControl } from './control.ts';
import { type Emulator, emulatorInstalled, startEmulator } from './emulator.ts';
import { keysFile } from './place.ts';
import { athenaUser, type Installation, stacks } from './rooms.ts';
import { letAs, newUser } from './users.ts';
import { cutoffIn } from './workgroup.ts';

/**
 * `npm run test:cloud [-- vitest arguments]`: installs an AWS emulator and Trino where they are missing, brings both up, deploys the stack with rights enforced, makes the first
 * keys, runs every test/cloud/*.cloud.ts, tears all down. Exit 1 if a test fails, or if the cloud cannot run; with MILLIMETRIC_SKIP_CLOUD=1 the latter is only said.
 */
const here = fileURLToPath(new URL('.', import.meta.url));
const trinoScript = join(home, 'test', 'trino', 'trino.sh');
const outputs = z.record(z.string(), z.record(z.string(), z.string()));
/** How the id of the role begins whose policies let a door ask. */
const queryRole = 'MillimetricDoorsQueryRole';

/** Why there is no cloud to test on. */
class Unable extends Error {}

const folder = await mkdtemp(join(tmpdir(), 'millimetric-cloud-'));
const interrupted = new AbortController();
const { signal } = interrupted;
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort());
const began = performance.now();
const ends: (() => Promise<unknown>)[] = [];

try {
  process.exitCode = await asked(await cloud());
} catch (thrown) {
  if (!(thrown instanceof Unable) && !signal.aborted) console.error(thrown);
  process.exitCode = signal.aborted ? 130 : unable(thrown instanceof Error ? thrown.message : String(thrown));
} finally {
  for (const end of ends.reverse()) await end().catch((thrown: unknown) => console.error(thrown));
  await rm(folder, { recursive: true, force: true });
  if (signal.aborted) process.exitCode = 130;
}

/** Brings everything up. The environment the tests need. */
async function cloud(): Promise<NodeJS.ProcessEnv> {
  const cannot = await emulatorInstalled(signal);
  if (cannot !== undefined) throw new Unable(cannot);
  await must('bash', [trinoScript, 'install'], process.env);
  said('installed');

  const trinoPort = await freePort();
  const trinoUrl = `http://127.0.0.1:${trinoPort}`;
  const { promise: emulated, resolve: runs } = Promise.withResolvers<Emulator>();
  const cutoffs = emulated.then(cutoffIn);
  const athena = await startAthena({ trinoUrl, cutoffOf: async (workgroup) => (await cutoffs)(workgroup) });
  ends.push(athena.stop);
  const emulator = await startEmulator({ folder, strict: true, athena: athena.url });
  ends.push(emulator.stop);
  runs(emulator);
  const plain = await startEmulator({ folder: join(folder, 'plain'), strict: false });
  ends.push(plain.stop);
  const control = await startControl(athena, emulator);
  ends.push(control.stop);
  said('emulators');

  const trust = join(folder, 'trust.p12');
  const environment = {
    ...emulator.environment,
    ...{
      MILLIMETRIC_TRINO_RUN: join(folder, 'trino'),
      MILLIMETRIC_TRINO_PORT: String(trinoPort),
      MILLIMETRIC_TRINO_AWS: emulator.url,
    },
    ...{ MILLIMETRIC_TRINO_TRUST: trust, MILLIMETRIC_TRINO_URL: trinoUrl },
    ...{
      MILLIMETRIC_CLOUD_FOLDER: folder,
      MILLIMETRIC_CLOUD_CONTROL: control.url,
      MILLIMETRIC_CLOUD_PLAIN: plain.url,
    },
  };
  ends.push(() => does('bash', [trinoScript, 'stop'], { environment }));
  // As Athena, it reads with no rights but those of who asks: the doors’, as they are deployed.
  const { AccessKeyId, SecretAccessKey } = await newUser(athenaUser, environment);
  const reading = { ...environment, AWS_ACCESS_KEY_ID: AccessKeyId, AWS_SECRET_ACCESS_KEY: SecretAccessKey };
  const engine = async (): Promise<void> => {
    await must('bash', [trinoScript, 'trust', emulator.certificate ?? '', trust], environment);
    await must('bash', [trinoScript, 'start'], reading);
    await trino('select 1', { url: trinoUrl });
    said('Trino');
  };
  const first = async (installation: Installation): Promise<void> => {
    const keys = join(folder, keysFile(installation));
    // It shows the keys, which belong in no log.
    await must(
      process.execPath,
      [
        'bin/millimetric.ts',
        'init',
        '--stack',
        stacks[installation],
        '--origin',
        page,
        '--admin',
        '--save',
        keys,
      ],
      environment,
      true,
    );
    await letAs(athenaUser, [stacks[installation], queryRole], environment);
  };
  const deployed = async (): Promise<void> => {
    await must(process.execPath, [join(here, 'deploy.ts'), folder], environment);
    await Promise.all([first('product'), first('drills')]);
    said('stacks and keys');
  };
  await Promise.all([deployed(), engine()]);
  // The first question of all loads what the others need, and a request waits for 25 s only.
  const { LakeDatabase = '' } =
    outputs.parse(JSON.parse(await readFile(join(folder, 'outputs.json'), 'utf8')))[stacks.product] ?? {};
  await trino("select count(*) from events where dt = '2026-01-01'", {
    url: trinoUrl,
    catalog: 'hive',
    schema: LakeDatabase,
  });
  said('first question');
  return environment;
}

async function asked(environment: NodeJS.ProcessEnv): Promise<number> {
  const tally = await tested(
    join(here, 'vitest.config.ts'),
    join(folder, 'results.json'),
    { environment, signal },
    process.argv.slice(2),
  );
  said('tests');
  if (tally === undefined) {
    console.error('No result was written: the tests did not run to their end.');
    return 1;
  }
  console.log(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
  return tally.good ? 0 : 1;
}

function unable(why: string): number {
  const excused = process.env.MILLIMETRIC_SKIP_CLOUD === '1';
  console.error(
    `\n*** THE CLOUD DID NOT RUN: ${why} ***\n*** Nothing was checked of the stack but its template. ***`,
  );
  console.error(
    excused
      ? 'MILLIMETRIC_SKIP_CLOUD=1: going on without it.'
      : 'Set MILLIMETRIC_SKIP_CLOUD=1 to go on without it.',
  );
  console.log('0 passed, 0 failed, 0 skipped');
  return excused ? 0 : 1;
}

async function must(
  program: string,
  given: readonly string[],
  environment: NodeJS.ProcessEnv,
  quiet = false,
): Promise<void> {
  const code = await does(program, given, { environment, signal, quiet });
  if (code !== 0)
    throw new Unable(`\`${[program, ...given].join(' ')}\` ended with ${code}; what it said stands above.`);
}

function said(what: string): void {
  console.log(`cloud: ${what} after ${((performance.now() - began) / 1000).toFixed(1)} s`);
}
