import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { App } from 'aws-cdk-lib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { doorBundle, doorNames } from '../../bench/bundles.ts';
import config from '../../cdk.json' with { type: 'json' };
import { countries } from '../../lib/countries.ts';
import { MillimetricStack } from '../../lib/stack.ts';
import { openCloudCountries } from '../../src/aws/country.ts';
import { settingNames } from '../../src/aws/settings.ts';
import { countryFiles } from '../../src/events/country-files.ts';
import { quiet } from '../aws/lake.ts';
import { mmdbOf } from '../events/mmdb.ts';

const run = promisify(execFile);
const assetPath = z.object({
  Handler: z.string(),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }).optional(),
});
const assetFolder = z.object({ Properties: assetPath, Metadata: z.object({ 'aws:asset:path': z.string() }) });

let out: string;
let doors: ReadonlyMap<string, { readonly folder: string; readonly settings: readonly string[] }>;

beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'millimetric-stack-'));
  const app = new App({
    outdir: out,
    context: { ...config.context, 'aws:cdk:enable-asset-metadata': true },
    builtinCloudFormationValidation: false,
    analyticsReporting: false,
  });
  new MillimetricStack(app, 'Millimetric');
  const { Resources } = app.synth().getStackByName('Millimetric').template;
  const functions = Object.entries(Resources).flatMap(([id, resource]) => {
    const found = assetFolder.safeParse(resource);
    return found.success ? [[id, found.data] as const] : [];
  });
  doors = new Map(
    functions.map(([id, { Properties, Metadata }]) => [
      /(?:Doors|Drain)(\w+?)Function/.exec(id)?.[1] ?? id,
      {
        folder: join(out, Metadata['aws:asset:path']),
        settings: Object.keys(Properties.Environment?.Variables ?? {}),
      },
    ]),
  );
}, 120_000);
afterAll(() => rm(out, { recursive: true, force: true }));

const at = (name: string) => {
  const door = doors.get(name);
  if (door === undefined) throw new Error(`no function ${name} among ${[...doors.keys()].join(', ')}`);
  return door;
};

test.each(['Authorizer', 'Collect', 'Dialects', 'Query', 'Mcp', 'Site', 'Admin', 'Init', 'Door'])(
  '%s is one file that loads in plain Node, with nothing beside it but data, and has a handler',
  async (name) => {
    const { folder, settings } = at(name);
    const code = readdirSync(folder).filter(
      (file) => !file.endsWith('.mmdb') && file !== countryFiles.notice,
    );
    expect(code).toEqual(['index.mjs']);
    const known = settings.filter((setting) => Object.values<string>(settingNames).includes(setting));
    const env = { AWS_REGION: 'eu-west-1', ...Object.fromEntries(known.map((setting) => [setting, 'x'])) };
    const say = `import { handler } from ${JSON.stringify(join(folder, 'index.mjs'))}; process.stdout.write(typeof handler);`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--no-deprecation', '-e', say], {
      env,
      cwd: folder,
    });
    expect(stdout).toBe('function');
  },
);

test('the tables of countries lie beside the doors that take events, and only there, with whose they are', () => {
  const beside = [...doors].map(([name, { folder }]) => [
    name,
    readdirSync(folder).filter((file) => file !== 'index.mjs'),
  ]);
  const data = [countryFiles.notice, ...countryFiles.names].toSorted();
  expect(Object.fromEntries(beside.filter(([, files]) => files?.length !== 0))).toEqual({
    Collect: data,
    Dialects: data,
    Mcp: data,
  });
});

test('an operator’s own table goes in place of ours', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'millimetric-table-'));
  const table = join(folder, 'mine.mmdb');
  await writeFile(table, mmdbOf({ country: { iso_code: 'FR' } }));
  const bundled = countries(table);
  expect(bundled).toEqual({ [countryFiles.own]: table });
  await copyFile(table, join(folder, countryFiles.own));
  expect(openCloudCountries(folder, quiet)('8.8.8.8')).toBe('FR');
  expect(() => countries(join(folder, 'not-there.mmdb'))).toThrow('not-there.mmdb');
  await rm(folder, { recursive: true });
});

test('the authorizer, which every cold start waits for, stays under 400 KB', () => {
  expect(statSync(join(at('Authorizer').folder, 'index.mjs')).size).toBeLessThan(400_000);
});

test.each(doorNames)('what is weighed of %s is what the stack ships, byte for byte', async (name) => {
  // The drain is a construct of its own, and its door is called so.
  const { folder } = at(name === 'drain' ? 'Door' : `${name.charAt(0).toUpperCase()}${name.slice(1)}`);
  expect(Buffer.from((await doorBundle(name)).code).equals(readFileSync(join(folder, 'index.mjs')))).toBe(
    true,
  );
});

test('no bundle carries a source map, or the ways to credentials that Lambda never goes', () => {
  for (const { folder } of doors.values()) {
    const code = readFileSync(join(folder, 'index.mjs'), 'utf8');
    expect(code).not.toMatch(/sourceMappingURL|sso_session/);
  }
});
