import { describe, expect, test } from 'vitest';
import { parseKey } from '../../src/access/keys.ts';
import { createAccount } from '../../src/accounts/accounts.ts';
import { listKeys, mintKey, revokeKey } from '../../src/accounts/keys.ts';
import { projectOf, projectsOf } from '../../src/accounts/project-rows.ts';
import { changeProject, createProject } from '../../src/accounts/projects.ts';
import type { Ledger } from '../../src/ports.ts';
import { openBooks, openShop } from '../access/books.ts';

describe('projects', () => {
  test('a project gets UTC and no origins unless its owner says more', async () => {
    const books = openBooks();
    const { account_id } = await createAccount(books, { name: 'A', plan: 'unlimited' });
    const project = await createProject(books, account_id, { slug: 'blog', name: 'Blog' });
    expect(project).toMatchObject({
      slug: 'blog',
      name: 'Blog',
      timezone: 'UTC',
      allowed_origins: [],
      account_id,
    });
    expect(await projectOf(books, project.project_id)).toEqual(project);
  });

  test.each([
    ['slug', { slug: 'My Shop' }],
    ['slug', { slug: '' }],
    ['slug', { slug: '-a' }],
    ['slug', { slug: 'a'.repeat(64) }],
    ['name', { name: '' }],
    ['timezone', { timezone: 'Mars/Olympus' }],
    ['allowed_origins', { allowed_origins: ['https://shop.example/'] }],
    ['allowed_origins', { allowed_origins: ['shop.example'] }],
    ['allowed_origins', { allowed_origins: ['https://Shop.example'] }],
    ['allowed_origins', { allowed_origins: ['https://shop.example:443'] }],
    ['allowed_origins', { allowed_origins: ['https://*.shop.example/'] }],
    ['allowed_origins', { allowed_origins: Array.from({ length: 51 }, (_, i) => `https://s${i}.example`) }],
  ])('a project with a wrong %s is refused by that field: %j', async (field, wrong) => {
    const books = openBooks();
    const failure = createProject(books, 'acc_1', { slug: 'ok', name: 'Ok', ...wrong });
    await expect(failure).rejects.toMatchObject({
      code: 'invalid_payload',
      details: { fieldErrors: { [field]: expect.any(Array) } },
    });
  });

  test.each([
    '*',
    'http://localhost:3000',
    'https://shop.example',
    'https://münchen.example'.normalize(),
    'capacitor://localhost',
    'chrome-extension://abcdef',
  ])('the origin %s is taken as browsers write it, or not at all', async (origin) => {
    const books = openBooks();
    const kept = createProject(books, 'acc_1', { slug: 'ok', name: 'Ok', allowed_origins: [origin] });
    if (origin.includes('ü')) await expect(kept).rejects.toMatchObject({ code: 'invalid_payload' });
    else expect((await kept).allowed_origins).toEqual([origin]);
  });

  test('a slug is taken once per account, also by 20 at once', async () => {
    const books = openBooks();
    const tries = await Promise.allSettled(
      Array.from({ length: 20 }, () => createProject(books, 'acc_1', { slug: 'shop', name: 'Shop' })),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await projectsOf(books, 'acc_1')).projects).toHaveLength(1);
    await createProject(books, 'acc_2', { slug: 'shop', name: 'Shop' });
  });

  test('a slug reserved by a start that was cut short is free for the next try', async () => {
    const books = openBooks();
    await books.ledger.write({ id: 'SLUG#acc_1#shop', data: { project_id: 'prj_lost' } }, 0);
    expect((await createProject(books, 'acc_1', { slug: 'shop', name: 'Shop' })).project_id).toBe('prj_lost');
  });

  test('a slug that was given up can be taken by another project', async () => {
    const books = openBooks();
    const { account, project } = await openShop(books);
    await changeProject(books, project.project_id, { slug: 'store' });
    const next = await createProject(books, account.account_id, { slug: 'shop', name: 'Next' });
    expect(next.project_id).not.toBe(project.project_id);
    await expect(changeProject(books, next.project_id, { slug: 'store' })).rejects.toMatchObject({
      code: 'invalid_payload',
    });
  });

  test('an account’s projects come a page at a time, oldest first, nobody else’s among them', async () => {
    const books = openBooks();
    for (const slug of ['a', 'b', 'c']) await createProject(books, 'acc_1', { slug, name: slug });
    await createProject(books, 'acc_2', { slug: 'd', name: 'd' });
    const first = await projectsOf(books, 'acc_1', { limit: 2 });
    expect(first.projects.map(({ slug }) => slug)).toEqual(['a', 'b']);
    const second = await projectsOf(books, 'acc_1', { limit: 2, after: first.next ?? '' });
    expect(second.projects.map(({ slug }) => slug)).toEqual(['c']);
    expect(second.next).toBeUndefined();
  });

  test('of two changes to different fields at once neither is lost, on the project and on its keys', async () => {
    const books = openBooks();
    const { project } = await openShop(books);
    for (let i = 0; i < 3; i++)
      await mintKey(books, { kind: 'pk', env: 'live', projectId: project.project_id });
    await Promise.all([
      changeProject(books, project.project_id, { timezone: 'Asia/Tokyo' }),
      changeProject(books, project.project_id, { allowed_origins: ['https://new.example'] }),
      mintKey(books, { kind: 'sk', env: 'live', projectId: project.project_id }),
    ]);
    const { keys } = await listKeys(books, project.project_id);
    expect(keys).toHaveLength(4);
    for (const key of keys)
      expect(key.project).toMatchObject({ timezone: 'Asia/Tokyo', allowed_origins: ['https://new.example'] });
  });

  test('changing what is not there is not_found', async () => {
    await expect(changeProject(openBooks(), 'prj_none', { name: 'x' })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('keys of a project', () => {
  test('a minted key is shown once: the ledger holds its name and its hash, never itself', async () => {
    const books = openBooks();
    const { project } = await openShop(books);
    const { key, record } = await mintKey(books, { kind: 'sk', env: 'test', projectId: project.project_id });
    expect(parseKey(key)).toMatchObject({ kind: 'sk', env: 'test', name: record.key });
    const kept = JSON.stringify((await books.ledger.list(`KEYS#${project.project_id}`)).items);
    expect(kept).toContain(record.key);
    expect(kept).not.toContain(key.slice(17));
  });

  test('keys list oldest first, revoked ones too, and a key is revoked once and for good', async () => {
    const books = openBooks();
    const { project } = await openShop(books);
    const one = await mintKey(books, { kind: 'rk', env: 'live', projectId: project.project_id });
    const two = await mintKey(books, { kind: 'pk', env: 'live', projectId: project.project_id });
    const revoked = await revokeKey(books, project.project_id, one.record.key);
    expect(await revokeKey(books, project.project_id, one.record.key)).toEqual(revoked);
    await changeProject(books, project.project_id, { timezone: 'Asia/Tokyo' });
    const { keys } = await listKeys(books, project.project_id);
    expect(keys.map(({ key, revoked_at }) => [key, revoked_at !== null])).toEqual([
      [one.record.key, true],
      [two.record.key, false],
    ]);
  });

  test('of more keys than the ledger lists at once every one follows its project, and the last can be revoked', async () => {
    const books = openBooks();
    const { project } = await openShop(books);
    const few: Ledger = {
      ...books.ledger,
      list: (group, page) => books.ledger.list(group, { ...page, limit: 2 }),
    };
    const names: string[] = [];
    for (let i = 0; i < 5; i++)
      names.push(
        (await mintKey(books, { kind: 'pk', env: 'live', projectId: project.project_id })).record.key,
      );
    await changeProject({ ...books, ledger: few }, project.project_id, { timezone: 'Asia/Tokyo' });
    await revokeKey({ ...books, ledger: few }, project.project_id, names[4] ?? '');
    const { keys } = await listKeys(books, project.project_id);
    expect(keys.map(({ key, project, revoked_at }) => [key, project?.timezone, revoked_at !== null])).toEqual(
      names.map((name, i) => [name, 'Asia/Tokyo', i === 4]),
    );
  });

  test('an account key belongs to the account and knows no project', async () => {
    const books = openBooks();
    const { account } = await openShop(books);
    const { record } = await mintKey(books, {
      kind: 'ak',
      env: 'live',
      accountId: account.account_id,
      scope: 'admin',
    });
    expect(record).toMatchObject({ kind: 'ak', scope: 'admin', plan: 'unlimited', project: null });
    expect((await listKeys(books, account.account_id)).keys).toEqual([record]);
  });

  test.each([
    [
      'minting for no project',
      (books: ReturnType<typeof openBooks>) =>
        mintKey(books, { kind: 'sk', env: 'live', projectId: 'prj_none' }),
    ],
    [
      'minting for no account',
      (books: ReturnType<typeof openBooks>) =>
        mintKey(books, { kind: 'ak', env: 'live', accountId: 'acc_none' }),
    ],
    [
      'revoking an unknown key',
      (books: ReturnType<typeof openBooks>) => revokeKey(books, 'prj_none', 'sk_live_AbCd1234'),
    ],
  ])('%s is not_found', async (_, act) => {
    await expect(act(openBooks())).rejects.toMatchObject({ code: 'not_found' });
  });
});
