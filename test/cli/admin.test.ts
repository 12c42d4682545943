import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Running, startProduct } from '../local/product.ts';
import { desk } from './desk.ts';

let product: Running;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

const type = async (...args: string[]) => {
  const at = desk({ env: { MILLIMETRIC_DATA: product.dir } });
  const exit = await at.type(...args, '--url', product.url);
  return { exit, ...at.said };
};
const json = async (...args: string[]) => JSON.parse((await type(...args, '--json')).out);

test('a site is added, let send, renamed, archived after it was said to be meant, and taken back', async () => {
  expect((await type('projects', 'add', 'shop', '--origin', 'https://shop.example')).exit).toBe(0);
  await type('projects', 'add-origin', 'shop', 'https://www.shop.example');
  await type('projects', 'remove-origin', 'shop', 'https://shop.example');
  expect(
    await json('projects', 'change', 'shop', '--name', 'The shop', '--retention-days', 'none'),
  ).toMatchObject({
    ...{ name: 'The shop', allowed_origins: ['https://www.shop.example'], retention_days: null },
  });
  const unsure = await type('projects', 'archive', 'shop');
  expect([unsure.exit, unsure.err]).toEqual([2, expect.stringContaining('--yes')]);
  expect((await type('projects', 'archive', 'shop', '--yes')).exit).toBe(0);
  expect((await type('projects', 'list')).out).not.toContain('shop');
  expect((await type('projects', 'list', '--all')).out).toContain('shop');
  expect(await json('projects', 'change', 'shop', '--archived', 'false')).toMatchObject({
    archived_at: null,
  });
});

test('what a project had is erased after it was said how much that is and that it is meant', async () => {
  await type('projects', 'add', 'old', '--origin', 'https://old.example');
  const { secret } = await json('keys', 'mint', 'sk', '--project', 'old');
  for (let n = 0; n < 3; n++)
    expect((await type('track', 'seen', '--key', secret, '--anonymous-id', 'a')).exit).toBe(0);
  const unsure = await type('projects', 'erase', 'old');
  expect([unsure.exit, unsure.err]).toEqual([
    2,
    '3 events of old would be erased, for good. If it is meant, say so with `--yes`.\n',
  ]);
  expect(await json('projects', 'erase', 'old', '--yes')).toMatchObject({ events: 3, erased: true });
  expect((await type('projects', 'erase', 'old')).err).toContain('0 events of old');
  expect((await type('audit')).out).toContain('project.erase');
  expect((await type('usage', '--project', 'old')).out).toMatch(/old +3 +0[\s\S]*Plan unlimited\. Month /);
});

test('a key is minted, shown once, listed by name, rotated and revoked', async () => {
  const { out } = await type('keys', 'mint', 'rk', '--project', 'demo', '--label', 'dash');
  const [key = ''] = /^rk_live_\S{30,}$/m.exec(out) ?? [];
  expect(out).toContain('once');
  const list = await type('keys', 'list', '--project', 'demo');
  expect([list.out.includes(key.slice(0, 16)), list.out.includes(key)]).toEqual([true, false]);
  const rotated = await json('keys', 'rotate', key.slice(0, 16), '--delay', '0');
  expect(rotated).toMatchObject({ label: 'dash', replaces: { expires_at: expect.any(String) } });
  expect(await json('keys', 'revoke', rotated.key, '--yes')).toMatchObject({
    revoked_at: expect.any(String),
  });
});

test('accounts, plans and the audit are tables too', async () => {
  const { account_id } = await json('accounts', 'add', 'Corner Shop', '--plan', 'pro');
  expect(await json('accounts', 'change', account_id, '--plan', 'business')).toMatchObject({
    plan: 'business',
  });
  expect(await json('plans', 'change', 'pro', '--set', 'events_per_month=2000000')).toMatchObject({
    ...{ name: 'pro', events_per_month: 2_000_000 },
  });
  expect((await type('plans')).out).toContain('2000000');
  expect((await type('audit', '--account', account_id)).out).toContain('account.change');
});

test.each([
  [['projects', 'ad', 'x'], 2, 'did you mean'],
  [['projects', 'add'], 2, 'projects add SLUG'],
  [['keys', 'mint', 'zk'], 2, 'pk, sk, rk or ak'],
  [['projects', 'add', 'demo'], 1, 'already'],
  [['projects', 'show', 'nothing'], 1, 'not_found'],
  [['projects', 'change', 'demo', '--name', 'x', '--version', '0'], 1, 'conflict'],
  [['plans', 'change', 'pro', '--set', 'projects'], 2, 'name=value'],
])('%j ends in one sentence', async (args, code, words) => {
  const { exit, err } = await type(...args);
  expect([exit, err.toLowerCase()]).toEqual([code, expect.stringContaining(words.toLowerCase())]);
});

test('an older data folder gets its key at the next start, and says so until then', async () => {
  const at = desk();
  const dir = at.terminal.env.MILLIMETRIC_DATA ?? '';
  const saved = JSON.parse(readFileSync(join(product.dir, 'keys.json'), 'utf8'));
  const { admin: _, ...keys } = saved.keys;
  writeFileSync(join(dir, 'keys.json'), JSON.stringify({ ...saved, keys }));
  expect(await at.type('projects', '--url', product.url)).toBe(1);
  expect(at.said.err).toContain('the next `npm start` adds one');
  await product.stop({ keep: true });
  writeFileSync(join(product.dir, 'keys.json'), JSON.stringify({ ...saved, keys }));
  product = await startProduct({ dir: product.dir });
  expect((await type('projects')).exit).toBe(0);
  expect(product.keys).toMatchObject({ ...keys, admin: expect.stringMatching(/^ak_live_/) });
});
