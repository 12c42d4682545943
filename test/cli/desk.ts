import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { run } from '../../src/cli/run.ts';
import type { Terminal } from '../../src/cli/terminal.ts';

/** Everything the desks of one test file keep; gone with its last test. */
const cabinet = mkdtempSync(join(tmpdir(), 'millimetric-cli-'));
afterAll(() => rmSync(cabinet, { recursive: true }));

/** A terminal that remembers what was said on it. Its clock does not move; waiting takes no time and is written down. */
export const desk = (more: Partial<Terminal> = {}) => {
  const waited: number[] = [];
  const said = { out: '', err: '', waited };
  const stop = new AbortController();
  const terminal: Terminal = {
    env: { MILLIMETRIC_DATA: mkdtempSync(join(cabinet, 'desk-')) },
    stdin: bytes(),
    outIsTty: false,
    errIsTty: false,
    columns: 100,
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    now: () => Date.UTC(2026, 0, 31, 12),
    wait: async (ms) => {
      said.waited.push(ms);
    },
    interruption: () => stop.signal,
    ...more,
  };
  return { terminal, said, interrupt: () => stop.abort(), type: (...args: string[]) => run(args, terminal) };
};

export type Desk = ReturnType<typeof desk>;

/** Chunks as a stream. */
export async function* bytes(...chunks: readonly (Uint8Array | string)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

/** A file of that content; its path. */
export const file = (name: string, content: string | Uint8Array): string => {
  const path = join(mkdtempSync(join(cabinet, 'file-')), name);
  writeFileSync(path, content);
  return path;
};

/** The keys a first start would have saved, in the desk’s data folder. */
export const saveKeys = ({ terminal }: Desk): void =>
  writeFileSync(
    join(terminal.env.MILLIMETRIC_DATA ?? '', 'keys.json'),
    JSON.stringify({
      account_id: 'acc_1',
      project_id: 'prj_1',
      project_slug: 'demo',
      keys: { pk: 'pk_live_a', sk: 'sk_live_secret', rk: 'rk_live_read', ak: 'ak_live_a' },
    }),
  );
