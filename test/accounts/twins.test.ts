import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { keyId, newKey } from '../../src/access/keys.ts';
import { knownTerms } from '../../src/access/plans.ts';
import { keyRecord, principalFrom } from '../../src/access/record.ts';
import { accountOf, createAccount } from '../../src/accounts/accounts.ts';
import { auditOf } from '../../src/accounts/audit.ts';
import { changeAccount } from '../../src/accounts/change-account.ts';
import { listKeys, mintKey } from '../../src/accounts/keys.ts';
import { booksOnce } from '../../src/accounts/once.ts';
import { projectOf, projectsOf } from '../../src/accounts/project-rows.ts';
import { changeProject, createProject } from '../../src/accounts/projects.ts';
import { openLocalLedger } from '../../src/local/ledger.ts';
import { booksIn, openDynamo } from '../aws/dynamo.ts';

const dynamo = await openDynamo();
afterAll(() => dynamo.close());
const { books: inDynamo } = booksIn(dynamo);
const { ledger } = openLocalLedger(':memory:');
const twins = [
  ['SQLite', { ...inDynamo, ledger }],
  ['DynamoDB', inDynamo],
] as const;

describe.each(twins)('accounts in %s', (_, books) => {
  const account = async (plan: string) => (await createAccount(books, { name: 'A', plan })).account_id;

  test('of ten projects at once a plan with room for one lets one through, and of ten of one slug one is made', async () => {
    const statuses = async (id: string, slug: (n: number) => string) =>
      (
        await Promise.allSettled(
          Array.from({ length: 10 }, (_, n) => createProject(books, id, { slug: slug(n), name: 'x' })),
        )
      ).filter(({ status }) => status === 'fulfilled').length;
    const [small, large] = [await account('free'), await account('pro')];
    expect(await statuses(small, (n) => `p${n}`)).toBe(1);
    expect(await statuses(large, () => 'same')).toBe(1);
    expect((await projectsOf(books, small)).projects).toHaveLength(1);
  });

  test('a change of plan reaches every key, and the audit says from what to what', async () => {
    const id = await account('business');
    const { project_id: projectId } = await createProject(books, id, { slug: 'shop', name: 'Shop' });
    await mintKey(books, { kind: 'rk', env: 'live', projectId });
    await mintKey(books, { kind: 'ak', env: 'live', accountId: id });
    await changeAccount({ ...books, by: 'ak_live_AbCd1234' }, id, { plan: 'pro' });
    for (const owner of [id, projectId])
      expect((await listKeys(books, owner)).keys.map(({ plan }) => plan)).toEqual(['pro']);
    const { rows } = await auditOf(books, id);
    expect(rows.map(({ row }) => row)).toContainEqual(
      expect.objectContaining({
        ...{
          by: 'ak_live_AbCd1234',
          what: 'account.change',
          from: { plan: 'business' },
          to: { plan: 'pro' },
        },
      }),
    );
  });

  test('a slug given up is free for what looks like it', async () => {
    const id = await account('pro');
    const { project_id } = await createProject(books, id, { slug: 'shop', name: 'Shop' });
    await expect(createProject(books, id, { slug: 'sh0p', name: 'x' })).rejects.toMatchObject({
      code: 'invalid_payload',
    });
    await changeProject(books, project_id, { slug: 'store' });
    expect((await createProject(books, id, { slug: 'sh0p', name: 'x' })).slug).toBe('sh0p');
  });

  test('the same request twice has the same chance, another has another', async () => {
    const once = async (secret: string, idempotencyKey: string) =>
      Buffer.from((await booksOnce(books, { secret, idempotencyKey, text: 'x' })).random(40)).toString('hex');
    expect(await once('ak_1', 'a')).toBe(await once('ak_1', 'a'));
    expect(new Set([await once('ak_1', 'a'), await once('ak_1', 'b'), await once('ak_2', 'a')]).size).toBe(3);
    await expect(booksOnce(books, { secret: 'ak_1', idempotencyKey: 'a', text: 'y' })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('what a version before this wrote is read as it was, and goes on from there', async () => {
    const created_at = '2026-01-01T00:00:00.000Z';
    const project = { id: 'prj_old', slug: 'demo', timezone: 'UTC', allowed_origins: [] };
    const key = newKey('rk', 'live', (n) => randomBytes(n));
    const old = [
      {
        ...{ id: 'ACC#acc_old', group: 'ACC', at: created_at },
        data: { account_id: 'acc_old', name: 'default', plan: 'unlimited', created_at },
      },
      {
        ...{ id: 'PRJ#prj_old', group: 'PRJ#acc_old', at: created_at },
        data: {
          ...{ slug: 'demo', name: 'Demo\u202e', timezone: 'UTC', allowed_origins: [] },
          ...{ project_id: 'prj_old', account_id: 'acc_old', created_at },
        },
      },
      { id: 'SLUG#acc_old#demo', data: { project_id: 'prj_old' } },
      {
        ...{ id: keyId(key, await books.pepper()), group: 'KEYS#prj_old', at: `${created_at}#x` },
        data: {
          ...{ key: key.slice(0, 16), kind: 'rk', env: 'live', scope: '', account_id: 'acc_old' },
          ...{ plan: 'unlimited', project, created_at, revoked_at: null },
        },
      },
    ];
    for (const item of old) expect(await books.ledger.write(item, 0)).toBe(true);
    expect(await accountOf(books, 'acc_old')).toMatchObject({ operator: false, archived_at: null });
    await createAccount(books, { id: 'acc_old', name: 'default', plan: 'unlimited', operator: true });
    expect(await accountOf(books, 'acc_old')).toMatchObject({ operator: true });
    const record = keyRecord.parse((await books.ledger.read(keyId(key, await books.pepper())))?.data);
    expect(principalFrom(record, knownTerms('unlimited'))).toMatchObject({ projects: null });
    await expect(createProject(books, 'acc_old', { slug: 'dem0', name: 'x' })).rejects.toMatchObject({
      code: 'invalid_payload',
    });
    await changeProject(books, 'prj_old', { timezone: 'Asia/Tokyo', slug: 'first' });
    expect(await projectOf(books, 'prj_old')).toMatchObject({ name: 'Demo\u202e', slug: 'first' });
    expect((await listKeys(books, 'prj_old')).keys[0]?.project?.timezone).toBe('Asia/Tokyo');
    expect(await books.ledger.read('SLUG#acc_old#demo')).toBeUndefined();
    await createProject(books, 'acc_old', { slug: 'demo', name: 'Demo' });
  });
});
