import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { failed } from './stop.ts';

const shape = /^[0-9a-f]{64}\s*$/;

/** The random key that a project’s imported visitors are named with, so that one visitor is one id in every import: made once, kept in the data folder for its owner only (mode 0600). */
export const visitorKey = async (folder: string, project: string): Promise<Uint8Array> => {
  const path = join(folder, `visitors-${project}.key`);
  const read = (): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined);
  const text = (await read()) ?? (await made(folder, path).then(read));
  if (text === undefined || !shape.test(text))
    throw failed(
      `${path} must hold 64 hexadecimal digits. Put it back, or delete it: visitors imported from then on get new ids.`,
    );
  return Buffer.from(text.trim(), 'hex');
};

/** Written whole beside its place, then linked into it: of two imports that start at once, the second finds the first one’s key. */
async function made(folder: string, path: string): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await rm(part, { force: true });
    const file = await open(part, 'wx', 0o600);
    await file.writeFile(`${randomBytes(32).toString('hex')}\n`);
    await file.sync();
    await file.close();
    await link(part, path).catch((thrown: unknown) => {
      if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
    });
    await rm(part);
  } catch (thrown) {
    throw failed(
      `The visitor key cannot be kept in ${path}: ${thrown instanceof Error ? thrown.message : 'no reason given'}.`,
    );
  }
}
