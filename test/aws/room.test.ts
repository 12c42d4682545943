import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseKey } from '../../src/access/keys.ts';
import { accountsOf } from '../../src/accounts/accounts.ts';
import { listKeys } from '../../src/accounts/keys.ts';
import { projectOf } from '../../src/accounts/project-rows.ts';
import { s3 } from '../../src/aws/clients.ts';
import { openCloudCountries } from '../../src/aws/country.ts';
import { settingsIn } from '../../src/aws/environment.ts';
import { cloudFirstStart } from '../../src/aws/first-start.ts';
import { openCloudLog } from '../../src/aws/log.ts';
import { openPepper } from '../../src/aws/pepper.ts';
import { countryFiles } from '../../src/events/country-files.ts';
import { booksIn, type Dynamo, openDynamo } from './dynamo.ts';
import { quiet } from './lake.ts';

describe('the pepper', () => {
  const client = new SecretsManagerClient({ region: 'eu-west-1' });
  const secrets = mockClient(client);
  const one = 'a'.repeat(64);
  const two = 'b'.repeat(64);
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
  let now = 0;
  const open = () => openPepper({ client, secret: 'arn', clock: () => now });
  beforeEach(() => {
    secrets.reset();
    secrets.on(GetSecretValueCommand).resolves({ SecretString: one });
    now = 0;
  });

  test('is read once by all who ask at once, and kept for five minutes', async () => {
    const pepper = open();
    expect((await Promise.all([pepper(), pepper(), pepper()])).map(text)).toEqual([one, one, one]);
    now = 299_999;
    await pepper();
    expect(secrets.calls()).toHaveLength(1);
  });

  test('is the same object while it is the same, and the new one within five minutes of a rotation', async () => {
    const pepper = open();
    const first = await pepper();
    now = 300_000;
    expect(await pepper()).toBe(first);
    secrets.on(GetSecretValueCommand).resolves({ SecretString: two });
    now = 600_000;
    expect(text(await pepper())).toBe(two);
  });

  test('stays good while the secret cannot be read, and is read again when it can', async () => {
    const pepper = open();
    await pepper();
    secrets.on(GetSecretValueCommand).rejects(new Error('throttled'));
    now = 300_000;
    expect(text(await pepper())).toBe(one);
    secrets.on(GetSecretValueCommand).resolves({ SecretString: two });
    expect(text(await pepper())).toBe(two);
  });

  test.each([
    ['cannot be read', { rejects: true }],
    ['holds too little', { rejects: false }],
  ])('that %s lets nobody in: upstream_failed, and the next request tries again', async (_, { rejects }) => {
    const pepper = open();
    const asked = secrets.on(GetSecretValueCommand);
    if (rejects) asked.rejects(Object.assign(new Error('no'), { name: 'ExpiredTokenException' }));
    else asked.resolves({ SecretString: 'short' });
    await expect(pepper()).rejects.toMatchObject({ code: 'upstream_failed' });
    secrets.on(GetSecretValueCommand).resolves({ SecretString: one });
    expect(text(await pepper())).toBe(one);
  });
});

describe('countries', () => {
  const tables = `node_modules/${countryFiles.package}`;
  test.each([
    ['8.8.8.8', 'US'],
    ['2001:4860:4860::8888', 'US'],
    ['10.0.0.1', null],
    ['nonsense', null],
  ])('%s is in %s', (ip, country) => {
    expect(openCloudCountries(tables, quiet)(ip)).toBe(country);
  });

  test('are all unknown where the tables are missing, which is logged once', () => {
    const errors: string[] = [];
    const country = openCloudCountries('nowhere', { ...quiet, error: (message) => errors.push(message) });
    expect([country('8.8.8.8'), country('1.1.1.1')]).toEqual([null, null]);
    expect(errors).toHaveLength(1);
  });
});

describe('a function’s surroundings', () => {
  test('a line of the log is one JSON object, written at once', () => {
    const lines: string[] = [];
    openCloudLog(
      (text) => lines.push(text),
      () => 0,
    ).warn('a\nb', { n: 1 });
    expect(lines).toEqual(['{"time":"1970-01-01T00:00:00.000Z","level":"warn","message":"a\\nb","n":1}\n']);
  });

  test.each([undefined, ''])('a setting that is %j is named', (value) => {
    expect(() => settingsIn({ LEDGER_TABLE: value })('table')).toThrow('LEDGER_TABLE is not set');
  });

  test.each([
    [{}, false],
    [{ AWS_ENDPOINT_URL: 'http://localhost:4566' }, true],
    [{ AWS_ENDPOINT_URL_S3: 'http://localhost:4566' }, true],
  ])('with %j buckets are in the path: %s', (environment, inPath) => {
    expect(s3(environment).config.forcePathStyle).toBe(inPath);
  });
});

describe('the first start in the cloud', () => {
  let dynamo: Dynamo;
  beforeAll(async () => {
    dynamo = await openDynamo();
  });
  afterAll(() => dynamo.close());
  const books = () => booksIn(dynamo).books;
  const good = (key: string) => booksIn(dynamo).isGood(key);

  test('gives its keys to exactly one of several who begin at once; all see the same account and project', async () => {
    const begun = await Promise.all([
      cloudFirstStart(books(), {}),
      cloudFirstStart(books(), {}),
      cloudFirstStart(books(), undefined),
    ]);
    expect(new Set(begun.map(({ account_id, project_id }) => `${account_id} ${project_id}`)).size).toBe(1);
    const [keys, ...others] = begun.flatMap(({ keys }) => keys ?? []);
    expect(others).toEqual([]);
    for (const [kind, key] of Object.entries(keys ?? {}))
      expect([parseKey(key)?.kind, await good(key)]).toEqual([kind, true]);
    expect((await accountsOf(books())).accounts).toMatchObject([{ name: 'default', plan: 'unlimited' }]);
  });

  test('repeated makes nothing and shows names, no secrets', async () => {
    const again = await cloudFirstStart(books(), {});
    expect(again).toMatchObject({ project_slug: 'demo', keys: null });
    expect(again.active.map((name) => name.split('_')[0]).sort()).toEqual(['ak', 'pk', 'rk', 'sk']);
    expect(JSON.stringify(again)).not.toMatch(/_[A-Za-z0-9]{8}_/);
  });

  test('with rotate mints four more; the old ones work until they are revoked by name', async () => {
    const before = await cloudFirstStart(books(), {});
    const { keys, active, project_id } = await cloudFirstStart(books(), { rotate: true });
    expect(Object.keys(keys ?? {})).toEqual(['pk', 'sk', 'rk', 'ak']);
    expect(active).toHaveLength(8);
    const after = await cloudFirstStart(books(), { revoke: before.active });
    expect([after.keys, after.active]).toEqual([
      null,
      active.filter((name) => !before.active.includes(name)),
    ]);
    const { keys: records } = await listKeys(books(), project_id);
    expect(
      records
        .filter(({ revoked_at }) => revoked_at === null)
        .map(({ key }) => key)
        .sort(),
    ).toEqual(after.active.filter((name) => !name.startsWith('ak')).sort());
    expect(await good(keys?.sk ?? '')).toBe(true);
  });

  test('sets the project’s fields and leaves the others', async () => {
    const { project_id } = await cloudFirstStart(books(), { project: { timezone: 'Europe/Berlin' } });
    await cloudFirstStart(books(), { project: { allowed_origins: ['https://shop.example'] } });
    expect(await projectOf(books(), project_id)).toMatchObject({
      slug: 'demo',
      timezone: 'Europe/Berlin',
      allowed_origins: ['https://shop.example'],
    });
  });

  test.each([
    ['an unknown word', { rotat: true }, /rotat/],
    ['an unknown field', { project: { zone: 'UTC' } }, /zone/],
    ['a zone that is none', { project: { timezone: 'Mars' } }, /timezone/],
    ['a key nobody made', { revoke: ['sk_live_AbCd1234'] }, /has no key/],
  ])('refuses %s and says so', async (_, order, sentence) => {
    await expect(cloudFirstStart(books(), order)).rejects.toThrow(sentence);
  });
});
