import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Flags, Given } from './flags.ts';
import { parsedJson } from './parsed-json.ts';
import { failed, wrongUsage } from './stop.ts';
import type { Terminal } from './terminal.ts';

/** A running installation and the key we knock with. */
export interface Installation {
  /** Without a slash at the end. */
  readonly url: string;
  readonly key: string;
}

/** The flags that say which installation. */
export const installationFlags = {
  url: {
    value: 'URL',
    does: 'The installation. Default: the port in PORT, else what runs on the data folder, else http://127.0.0.1:8787.',
  },
  key: {
    value: 'KEY',
    does: 'The key to use. Default: from keys.json in the data folder (MILLIMETRIC_DATA, else .millimetric).',
  },
} as const satisfies Flags;

/** The folder a first start keeps its keys in. */
export const dataFolder = (terminal: Terminal): string => terminal.env.MILLIMETRIC_DATA || '.millimetric';

/** The installation’s address, checked. */
export const urlOf = async (given: Given, terminal: Terminal): Promise<string> => {
  const { PORT } = terminal.env;
  const text =
    given.text('url') ??
    (PORT ? `http://127.0.0.1:${PORT}` : ((await runningUrl(terminal)) ?? 'http://127.0.0.1:8787'));
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw wrongUsage(
      `\`--url\` takes an http(s) address such as http://127.0.0.1:8787; \`${text}\` was given.`,
    );
  return (url.origin + url.pathname).replace(/\/+$/, '');
};

const runningFile = z.object({ url: z.string() });

/** Where the product that was started on the data folder answers. */
async function runningUrl(terminal: Terminal): Promise<string | undefined> {
  const text = await readFile(join(dataFolder(terminal), 'running.json'), 'utf8').catch(() => '');
  return runningFile.safeParse(parsedJson(text)).data?.url;
}

/** The installation to talk to. `kind`: which of the saved keys fits, unless `--key` names one. */
export const installationOf = async (
  given: Given,
  terminal: Terminal,
  kind: 'sk' | 'rk',
): Promise<Installation> => ({
  url: await urlOf(given, terminal),
  key: given.text('key') ?? (await savedKeys(terminal)).keys[kind],
});

const keysFile = z.object({
  project_slug: z.string(),
  keys: z.object({ pk: z.string(), sk: z.string(), rk: z.string(), admin: z.string().optional() }),
});

/** What the first start saved. */
export const savedKeys = async (terminal: Terminal): Promise<z.output<typeof keysFile>> => {
  const path = join(dataFolder(terminal), 'keys.json');
  const text = await readFile(path, 'utf8').catch(() => {
    throw failed(
      `No key: ${path} cannot be read. Start the product once (\`npm start\`) and run this from the same folder, set MILLIMETRIC_DATA, or pass --key.`,
    );
  });
  const read = keysFile.safeParse(parsedJson(text));
  if (!read.success)
    throw failed(
      `${path} does not hold the keys a first start saves. Pass --key, or move the file away and start again.`,
    );
  return read.data;
};
