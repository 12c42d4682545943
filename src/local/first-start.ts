import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { newKey, parseKey } from '../access/keys.ts';
import { accountsOf, createAccount, newId } from '../accounts/accounts.ts';
import type { Books } from '../accounts/books.ts';
import { firstAccount, firstProject } from '../accounts/first.ts';
import { keepKey } from '../accounts/keys.ts';
import { projectOf, projectsOf } from '../accounts/project-rows.ts';
import { changeProject, createProject } from '../accounts/projects.ts';
import { absent, inFolder, jsonIn, writeWhole } from './disk/data-folder.ts';

/** One with a wrong letter would be made anew, and opens nothing. */
const key = z.string().refine((text) => parseKey(text) !== undefined);
const keysFile = z.object({
  account_id: z.string(),
  project_id: z.string(),
  project_slug: z.string(),
  keys: z.object({
    ...{ pk: key, sk: key, rk: key, ak: key },
    /** An ak_ key with scope admin; a file of an older version has none. */
    admin: z.optional(key),
  }),
});

/** The first account’s keys as `keys.json` holds them. */
export type Keys = z.infer<typeof keysFile> & { readonly keys: { readonly admin: string } };

const origins = ['http://localhost:3000', 'http://localhost:5173', 'http://localhost:8787'];

/**
 * Sees that account `default`, project `demo` and one key of each kind exist and stand in `keys.json`. The file is written first and the
 * records are made from it, so a start that was cut short is finished by the next one.
 */
export const localFirstStart = async (books: Books, dir: string): Promise<Keys> => {
  const path = join(dir, inFolder.keys);
  const saved = await readFile(path, 'utf8').catch(absent);
  const known = saved === undefined ? undefined : parsed(saved, path);
  const keys = known === undefined ? await newKeys(books) : withAdmin(books, known);
  if (known?.keys.admin === undefined) await writeWhole(path, `${JSON.stringify(keys, null, 2)}\n`);
  else await chmod(path, 0o600);

  const { account_id, project_id } = keys;
  await createAccount(books, { id: account_id, ...firstAccount });
  if ((await projectOf(books, project_id)) === undefined) {
    await createProject(books, account_id, {
      id: project_id,
      ...firstProject,
      slug: keys.project_slug,
      timezone: 'UTC',
      allowed_origins: origins,
    });
  }
  for (const kind of ['pk', 'sk', 'rk'] as const)
    await keepKey(books, keys.keys[kind], { kind, projectId: project_id });
  await keepKey(books, keys.keys.ak, { kind: 'ak', accountId: account_id });
  await keepKey(books, keys.keys.admin, { kind: 'ak', accountId: account_id, scope: 'admin' });
  return keys;
};

/** Lets demo’s pages on this port of this machine use its pk_ key. */
export const allowPagesOn = (books: Books, { project_id }: Keys, port: number): Promise<void> =>
  allowOrigins(books, project_id, [`http://localhost:${port}`, `http://127.0.0.1:${port}`]);

/** New keys: of the account and project that are there (the file was moved away), else of ones to be made. */
const newKeys = async (books: Books): Promise<Keys> => {
  const { random } = books;
  const account = (await accountsOf(books)).accounts.find(({ name }) => name === firstAccount.name);
  const project =
    account &&
    (await projectsOf(books, account.account_id)).projects.find(({ slug }) => slug === firstProject.slug);
  return {
    account_id: account?.account_id ?? newId('acc', random),
    project_id: project?.project_id ?? newId('prj', random),
    project_slug: firstProject.slug,
    keys: {
      pk: newKey('pk', 'live', random),
      sk: newKey('sk', 'live', random),
      rk: newKey('rk', 'live', random),
      ak: newKey('ak', 'live', random),
      admin: newKey('ak', 'live', random),
    },
  };
};

/** A file of an older version gets the key that administers. */
const withAdmin = ({ random }: Books, known: z.infer<typeof keysFile>): Keys => ({
  ...known,
  keys: { ...known.keys, admin: known.keys.admin ?? newKey('ak', 'live', random) },
});

const parsed = (text: string, path: string): z.infer<typeof keysFile> => {
  const read = keysFile.safeParse(jsonIn(text));
  if (!read.success)
    throw new Error(
      `${path} is damaged and was left as it is; put it back from a backup, or move it away and the next start mints new keys.`,
    );
  return read.data;
};

const allowOrigins = async (books: Books, projectId: string, wanted: readonly string[]): Promise<void> => {
  const allowed = (await projectOf(books, projectId))?.allowed_origins ?? [];
  const missing = wanted.filter((origin) => !allowed.includes(origin));
  if (missing.length > 0)
    await changeProject(books, projectId, { allowed_origins: [...allowed, ...missing].slice(-50) });
};
