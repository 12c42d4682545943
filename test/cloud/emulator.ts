import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { access, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { does, freePort, home } from '../trino/programs.ts';

/** MiniStack and what it needs for Parquet and TLS. The file gaps.py is written for this very version. */
const version = '1.5.33';
const packages = [`ministack==${version}`, 'duckdb==1.5.6', 'cryptography==50.0.2'];
const caches = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
const venv = join(process.env.MILLIMETRIC_EMULATOR_CACHE ?? join(caches, 'millimetric-emulator'), version);
/** Its interpreter, which has AWS’s own client (botocore) too. */
export const python = join(venv, 'bin', 'python');
const complete = join(venv, 'complete');
const gaps = fileURLToPath(new URL('./gaps.py', import.meta.url));

/** The account and region everything is in, and the keys that may do anything there. */
export const account = '000000000000';
export const operator = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: 'eu-west-1',
  AWS_DEFAULT_REGION: 'eu-west-1',
} as const;

/** Sees that the emulator is installed. Says why it cannot be; undefined when it is there. */
export const emulatorInstalled = async (signal: AbortSignal): Promise<string | undefined> => {
  const there = await access(complete).then(
    () => true,
    () => false,
  );
  if (there) return undefined;
  await rm(venv, { recursive: true, force: true });
  const given = { environment: process.env, signal };
  if ((await does('python3', ['-m', 'venv', venv], given)) !== 0)
    return 'python3 with its module venv is needed (Debian: python3-venv)';
  const code = await does(
    python,
    ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages],
    given,
  );
  if (code !== 0) return `pip could not install ${packages.join(', ')}`;
  await writeFile(complete, '');
  return undefined;
};

/** A running emulator. */
export interface Emulator {
  /** Without a slash at the end. */
  readonly url: string;
  /** What a program needs to work with it as the operator. */
  readonly environment: NodeJS.ProcessEnv;
  /** Its certificate; undefined over plain HTTP. */
  readonly certificate: string | undefined;
  /** Calls to these Firehose streams fail with this code until the order is another; none: all work again. */
  readonly fail: (orders: Readonly<Record<string, string>>) => Promise<void>;
  /** Ends the processes of a function with SIGKILL; rejects when it has none. */
  readonly kill: (functionName: string) => Promise<void>;
  /** Ends it and starts it again on the same port, with what it had kept. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

interface EmulatorParts {
  /** A folder of its own; removed by the caller. */
  readonly folder: string;
  /** Are rights enforced, over TLS? Buckets that demand TLS refuse everything else. */
  readonly strict: boolean;
  /** Where questions are answered; without it, the emulator's own Athena, which is DuckDB's dialect. */
  readonly athena?: string;
}

/** Starts the emulator on a free port; rejects with the end of its log when it does not come up. */
export const startEmulator = async ({ folder, strict, athena }: EmulatorParts): Promise<Emulator> => {
  const port = await freePort();
  const temporary = join(folder, 'tmp');
  const log = join(folder, 'emulator.log');
  const orders = join(folder, 'faults.json');
  await mkdir(temporary, { recursive: true });
  const url = `${strict ? 'https' : 'http'}://127.0.0.1:${port}`;
  const certificate = strict ? join(temporary, 'ministack-tls', 'server.crt') : undefined;
  const trusting = certificate === undefined ? {} : { NODE_EXTRA_CA_CERTS: certificate };
  // Its functions inherit all of this, so it holds nothing of the caller's environment.
  const its = {
    ...{
      HOME: folder,
      TMPDIR: temporary,
      PATH: `${join(home, 'node_modules', 'node', 'bin')}:/usr/bin:/bin`,
      LANG: 'C.UTF-8',
      TZ: 'UTC',
    },
    ...{
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: 'localhost',
      MINISTACK_REGION: operator.AWS_REGION,
      MINISTACK_ACCOUNT_ID: account,
    },
    ...{
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      LOG_LEVEL: 'INFO',
      PYTHONDONTWRITEBYTECODE: '1',
      ATHENA_ENGINE: 'duckdb',
    },
    ...{
      PERSIST_STATE: '1',
      STATE_DIR: join(folder, 'state'),
      S3_PERSIST: '1',
      S3_DATA_DIR: join(folder, 's3'),
    },
    ...(strict ? { AUTH: 'true', USE_SSL: '1' } : {}),
    ...trusting,
    MILLIMETRIC_FAULTS: orders,
    ...(athena === undefined ? {} : { MILLIMETRIC_ATHENA: athena }),
  };

  const start = async () => {
    const out = openSync(log, 'a');
    const child = spawn(python, strict ? [gaps] : ['-m', 'ministack'], {
      cwd: folder,
      env: its,
      stdio: ['ignore', out, out],
    });
    for (let turn = 0; turn < 400 && child.exitCode === null; turn++) {
      if (await ready(url, certificate)) return child;
      await setTimeout(50);
    }
    child.kill();
    throw new Error(
      `the emulator did not come up:\n${(await readFile(log, 'utf8')).split('\n').slice(-20).join('\n')}`,
    );
  };
  let child = await start();
  const ended = async (patienceMs: number): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill();
    const late = new AbortController();
    await Promise.race([
      gone,
      setTimeout(patienceMs, undefined, { signal: late.signal }).then(() => child.kill('SIGKILL')),
    ]);
    late.abort();
  };
  return {
    url,
    certificate,
    environment: { ...process.env, ...operator, AWS_ENDPOINT_URL: url, ...trusting },
    fail: (codes) => writeFile(orders, JSON.stringify(codes)),
    kill: async (functionName) => {
      const its = await processesOf(functionName, child.pid ?? 0);
      if (its.length === 0) throw new Error(`no process runs ${functionName}`);
      for (const pid of its) process.kill(pid, 'SIGKILL');
    },
    restart: async () => {
      // It writes its state as it ends, which takes a while; killed before that, it would come back with nothing.
      await ended(120_000);
      child = await start();
    },
    stop: () => ended(10_000),
  };
};

/** The emulator’s own children that run a function: each has a folder named after it. */
const processesOf = async (functionName: string, emulator: number): Promise<readonly number[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const read = (pid: string, file: string): Promise<string> =>
    readFile(join('/proc', pid, file), 'utf8').catch(() => '');
  const all = await Promise.all(
    pids.map(async (pid) => ({
      pid,
      command: await read(pid, 'cmdline'),
      status: await read(pid, 'status'),
    })),
  );
  return all
    .filter(
      ({ command, status }) =>
        command.includes(`ministack-lambda-${functionName}-`) && status.includes(`\nPPid:\t${emulator}\n`),
    )
    .map(({ pid }) => Number(pid));
};

/** Does it take calls? It writes its certificate while it starts. */
const ready = async (url: string, certificate: string | undefined): Promise<boolean> => {
  const ca = certificate === undefined ? undefined : await readFile(certificate).catch(() => undefined);
  if (certificate !== undefined && ca === undefined) return false;
  return new Promise((resolve) => {
    const path = `${url}/_ministack/ready`;
    const asking = ca === undefined ? getPlain(path) : getSecure(path, { ca });
    asking.once('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asking.once('error', () => resolve(false));
  });
};

/** Where the emulator serves a stage whose address on AWS is this. */
export const atEmulator = (address: string, emulator: string): string => {
  const { hostname, pathname } = new URL(address);
  return `${emulator}/restapis/${hostname.split('.')[0]}${pathname}/_user_request_`;
};
