import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { peer } from './peers.ts';

const bin = peer('conformance');

/** What the official conformance suite says about a server. */
export interface Verdict {
  /** Scenarios that count for the revision, each with whether it passed. */
  readonly scored: ReadonlyMap<string, boolean>;
  /** False where something failed that was not expected to, or an expected failure passed. */
  readonly asExpected: boolean;
  readonly output: string;
}

/** Runs all scenarios a revision requires; `expected` is a YAML file of the suite’s form. */
export const judgeRevision = async (url: string, revision: string, expected?: string): Promise<Verdict> => {
  const { output: listed } = await suite(['list', '--requirements', revision]);
  const required = listed.split('Client scenarios')[0] ?? '';
  const { code, output } = await suite([
    'server',
    '--url',
    url,
    '--requirements',
    revision,
    ...baseline(expected),
  ]);
  const marks = new Map(
    Array.from(output.matchAll(/^([✓✗]) (\S+): \d+ passed/gm), ([, mark, name]) => [name, mark === '✓']),
  );
  const scored = Array.from(
    required.matchAll(/^ {2}- (\S+)$/gm),
    ([, name = '']) => [name, marks.get(name) === true] as const,
  );
  return { scored: new Map(scored), asExpected: code === 0, output };
};

/** Runs one scenario at a revision. */
export const judgeScenario = async (
  url: string,
  revision: string,
  scenario: string,
  expected?: string,
): Promise<Verdict> => {
  const { code, output } = await suite([
    'server',
    '--url',
    url,
    '--scenario',
    scenario,
    '--spec-version',
    revision,
    ...baseline(expected),
  ]);
  return { scored: new Map([[scenario, code === 0]]), asExpected: code === 0, output };
};

const baseline = (file: string | undefined): readonly string[] =>
  file === undefined ? [] : ['--expected-failures', fileURLToPath(new URL(file, import.meta.url))];

const suite = (args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> =>
  new Promise((resolve, reject) => {
    const run = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    run.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    run.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    run.on('error', reject);
    run.on('close', (code) => resolve({ code, output: Buffer.concat(chunks).toString() }));
  });
