import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLocalCountries } from '../../src/local/country.ts';
import { mmdbOf } from '../events/mmdb.ts';

test('the operator’s table of countries is read in place of ours', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'countries-'));
  const mine = join(folder, 'mine.mmdb');
  await writeFile(mine, mmdbOf({ country: { iso_code: 'FR' } }));
  const ours = await openLocalCountries();
  const theirs = await openLocalCountries(mine);
  expect(['8.8.8.8', '203.0.113.9'].map((ip) => [ours(ip), theirs(ip)])).toEqual([
    ['US', 'FR'],
    [null, null],
  ]);
  await rm(folder, { recursive: true });
});
