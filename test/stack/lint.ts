import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { App } from 'aws-cdk-lib';
import config from '../../cdk.json' with { type: 'json' };
import { MillimetricStack } from '../../lib/stack.ts';
import { customDomain } from './examples/custom-domain.ts';
import { firewall } from './examples/firewall.ts';

/**
 * `node test/stack/lint.ts`: checks the templates of the stack and of both examples against AWS’s own resource schemas with cfn-lint, which it installs into a folder of its
 * own (MILLIMETRIC_CFN_LINT_CACHE, else millimetric-cfn-lint in $XDG_CACHE_HOME) where it is missing. Exit 1 on an error, on a warning that is not CDK’s own doing, or if cfn-lint cannot run; with
 * MILLIMETRIC_SKIP_CFN_LINT=1 the last is only said.
 */
const version = '1.58.0';
/** CDK writes DependsOn beside a GetAtt that implies it. */
const ignored = ['W3005'];
const caches = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
const venv = join(process.env.MILLIMETRIC_CFN_LINT_CACHE ?? join(caches, 'millimetric-cfn-lint'), version);
const tool = join(venv, 'bin', 'cfn-lint');
const run = promisify(execFile);

const out = await mkdtemp(join(tmpdir(), 'millimetric-lint-'));
try {
  const cannot = await installed();
  process.exitCode = cannot === undefined ? await linted() : unable(cannot);
} finally {
  await rm(out, { recursive: true, force: true });
}

/** Why cfn-lint is not there; undefined when it is. */
async function installed(): Promise<string | undefined> {
  if (existsSync(tool)) return undefined;
  try {
    await run('python3', ['-m', 'venv', venv]);
    await run(join(venv, 'bin', 'pip'), ['install', '--quiet', `cfn-lint==${version}`]);
    return undefined;
  } catch (thrown) {
    await rm(venv, { recursive: true, force: true });
    return `cfn-lint ${version} could not be installed with python3 and pip: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
}

async function linted(): Promise<number> {
  const app = new App({
    outdir: out,
    context: { ...config.context, 'aws:cdk:bundling-stacks': [] },
    builtinCloudFormationValidation: false,
    analyticsReporting: false,
  });
  const stacks = [new MillimetricStack(app, 'Millimetric'), customDomain(app), firewall(app)];
  app.synth();
  const files = stacks.map(({ templateFile }) => join(out, templateFile));
  const began = performance.now();
  try {
    await run(tool, ['--ignore-checks', ...ignored, '--template', ...files]);
    console.log(
      `cfn-lint ${version}: ${((performance.now() - began) / 1000).toFixed(1)} s, no error, no warning\n${files.length} passed, 0 failed, 0 skipped`,
    );
    return 0;
  } catch (thrown) {
    console.error(thrown instanceof Error && 'stdout' in thrown ? String(thrown.stdout) : String(thrown));
    console.log(`0 passed, ${files.length} failed, 0 skipped`);
    return 1;
  }
}

function unable(why: string): number {
  const excused = process.env.MILLIMETRIC_SKIP_CFN_LINT === '1';
  console.error(
    `\n*** CFN-LINT DID NOT RUN: ${why}. ***\n*** No template was checked against AWS’s own schemas. ***`,
  );
  console.error(
    excused
      ? 'MILLIMETRIC_SKIP_CFN_LINT=1: going on without it.'
      : 'Set MILLIMETRIC_SKIP_CFN_LINT=1 to go on without it.',
  );
  console.log('0 passed, 0 failed, 0 skipped');
  return excused ? 0 : 1;
}
