import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { version } from '../../src/version.ts';
import { home } from '../trino/programs.ts';
import { account, atEmulator, operator } from './emulator.ts';
import { withoutUnknown } from './localise.ts';
import { plainEmulator } from './place.ts';
import { stacks } from './rooms.ts';

const run = promisify(execFile);
const outputs = z.record(z.string(), z.looseObject({ ApiUrl: z.string(), KeptOnDestroy: z.string() }));

describe('an emulator and a CDK command line as anybody has them, nothing of ours between but what the emulator cannot deploy', {
  timeout: 240_000,
}, () => {
  const url = plainEmulator();
  let folder: string;
  let assembly: string;
  const cdk = async (...given: readonly string[]): Promise<string> => {
    // The colours of a terminal and the advice of CDK's makers are not for a test.
    const env = {
      ...process.env,
      ...operator,
      AWS_ENDPOINT_URL: url,
      CDK_DEFAULT_ACCOUNT: account,
      CDK_DEFAULT_REGION: operator.AWS_REGION,
      NO_COLOR: '1',
      CI: 'true',
    };
    const { stdout, stderr } = await run(
      join(home, 'node_modules', '.bin', 'cdk'),
      [...given, '--no-notices'],
      { cwd: home, env },
    );
    return stdout + stderr;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millimetric-plain-'));
    assembly = join(folder, 'cdk.out');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('`cdk bootstrap` and `cdk deploy` make the stack, and it answers', async () => {
    await cdk('bootstrap', `aws://${account}/${operator.AWS_REGION}`);
    await cdk('synth', stacks.product, '--quiet', '--output', assembly);
    const template = join(assembly, `${stacks.product}.template.json`);
    await writeFile(template, withoutUnknown(await readFile(template, 'utf8')));
    await cdk(
      'deploy',
      stacks.product,
      '--app',
      assembly,
      '--require-approval',
      'never',
      '--outputs-file',
      join(folder, 'outputs.json'),
    );
    const { ApiUrl = '' } =
      outputs.parse(JSON.parse(await readFile(join(folder, 'outputs.json'), 'utf8')))[stacks.product] ?? {};
    const api = atEmulator(ApiUrl, url);
    const health = await fetch(`${api}/healthz`);
    expect([health.status, await health.json()]).toEqual([200, { ok: true, version }]);
    const keyless = await fetch(`${api}/v1/stats`);
    expect([keyless.status, keyless.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="mcp"']);
    expect(await keyless.json()).toMatchObject({ error: 'missing_bearer_token' });
  });

  test('`cdk destroy` takes it away, and says that the data stays', async () => {
    const said = await cdk('destroy', stacks.product, '--app', assembly, '--force');
    expect(said).toContain('destroyed');
    const listed = await fetch(`${url}/`, {
      headers: { Authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/s3/aws4_request' },
    });
    expect(await listed.text()).toContain('lakebucket');
  });
});
