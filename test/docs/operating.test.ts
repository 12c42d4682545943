import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Running, startProduct } from '../local/product.ts';

let on: Running;
beforeAll(async () => {
  on = await startProduct();
});
afterAll(() => on.stop());

test('every line of the operator’s page, pasted into one shell in its order, does what it says', async () => {
  const page = readFileSync('docs/operating.md', 'utf8');
  const [, script = ''] = /```sh\n(.*?)```/s.exec(page) ?? [];
  const lines = script.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(lines).toHaveLength(10);
  // The command as a clone has it on its path.
  const bin = await mkdtemp(join(tmpdir(), 'bin-'));
  await writeFile(
    join(bin, 'millimetric'),
    `#!/bin/sh\nexec "${process.execPath}" "${process.cwd()}/bin/millimetric.ts" "$@"\n`,
    { mode: 0o755 },
  );
  const { stdout } = await promisify(execFile)('sh', ['-ec', `${script}\necho "$KEY"`], {
    env: {
      ...process.env,
      PATH: `${bin}${delimiter}${process.env.PATH}`,
      MILLIMETRIC_DATA: on.dir,
      PORT: new URL(on.url).port,
    },
  });
  await rm(bin, { recursive: true });
  for (const said of [
    'starter',
    'https://corner.example',
    'Plan starter. Month ',
    ' of 50000 events',
    '100000',
    'revoked_at',
    'account.change',
  ])
    expect(stdout).toContain(said);
  const key = stdout.trim().split('\n').at(-1) ?? '';
  expect(key).toMatch(/^rk_live_/);
  const answer = await fetch(`${on.url}/v1/stats`, { headers: { Authorization: `Bearer ${key}` } });
  expect(answer.status).toBe(401);
});
