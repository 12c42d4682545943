import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { insist, type Reply, refusal } from './call.ts';
import type { Command } from './command.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Flags, Given } from './flags.ts';
import { type Installation, installationFlags, savedKeys, urlOf } from './installation.ts';
import { exits, failed, wrongUsage } from './stop.ts';
import { textTable } from './table.ts';
import type { Terminal } from './terminal.ts';

/** What one word of a command does: the request it is, made of what was typed. */
export interface Verb {
  /** What follows the word, e.g. `SLUG`. */
  readonly takes: string;
  readonly does: string;
  /** How many words must follow at least, and may at most. */
  readonly words: readonly [least: number, most: number];
  readonly request: (given: Given) => AdminRequest;
  /** Ends something: asked for again with `--yes`. */
  readonly ends?: string;
  /** What to say where `--yes` was not typed and the request only looked. */
  readonly unsure?: (came: Readonly<Record<string, unknown>>) => string;
}

/** A request under /v1/admin. */
export interface AdminRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Of a list that grows by one word: the row is read, changed and sent with its version. */
  readonly edit?: (row: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
}

/** Flags of every command that administers. */
export const adminFlags = {
  json: { does: 'The answer as JSON.' },
  yes: { does: 'Do not ask whether it is meant.' },
  version: {
    value: 'N',
    does: 'Change only this version of it, as `show` names it; another is refused and shown.',
  },
  url: installationFlags.url,
  key: {
    value: 'KEY',
    does: 'An ak_ key with scope admin. Default: `admin` of keys.json in the data folder; in AWS `init --admin` mints one.',
  },
} as const satisfies Flags;

const row = z.record(z.string(), z.unknown());
const page = z.looseObject({ rows: z.array(row), next_cursor: z.string().nullable() });

/** A command of several words over /v1/admin: `projects add`, `keys mint` … `columns` are those of its tables. */
export const adminCommand = (
  name: string,
  {
    does,
    flags,
    verbs,
    columns,
    below = () => '',
    more,
  }: {
    readonly does: string;
    readonly flags: Flags;
    readonly verbs: Readonly<Record<string, Verb>>;
    readonly columns: readonly string[];
    /** What is said below a table. */
    readonly below?: (came: unknown) => string;
    readonly more: string;
  },
): Command => ({
  takes: `${Object.keys(verbs).join('|')} …`,
  does,
  flags: { ...flags, ...adminFlags },
  more: `${Object.entries(verbs)
    .map(([word, verb]) => `  ${`${name} ${word} ${verb.takes}`.padEnd(36)} ${verb.does}\n`)
    .join('')}${more}`,
  run: async (given, terminal) => {
    const [word = 'list', ...rest] = given.words;
    const verb = Object.hasOwn(verbs, word) ? verbs[word] : undefined;
    if (verb === undefined)
      throw wrongUsage(
        `\`${name}\` knows no \`${word}\`.${didYouMean(word, Object.keys(verbs))} There are: ${Object.keys(verbs).join(', ')}.`,
      );
    const [least, most] = verb.words;
    if (rest.length < least || rest.length > most)
      throw wrongUsage(`It is written \`millimetric ${name} ${word} ${verb.takes}\`.`);
    if (verb.ends !== undefined && !given.has('yes'))
      throw wrongUsage(`${verb.ends} If it is meant, say so with \`--yes\`.`);
    const installation = await adminInstallation(given, terminal);
    const request = verb.request({ ...given, words: rest });
    const came = await answered(installation, request, given.text('version'), terminal);
    if (verb.unsure !== undefined && !given.has('yes'))
      throw wrongUsage(`${verb.unsure(row.parse(came))} If it is meant, say so with \`--yes\`.`);
    terminal.out(
      given.has('json') ? `${JSON.stringify(came, null, 2)}\n` : shown(came, columns, below, terminal),
    );
    return exits.done;
  },
});

async function adminInstallation(given: Given, terminal: Terminal): Promise<Installation> {
  const url = await urlOf(given, terminal);
  const typed = given.text('key');
  if (typed !== undefined) return { url, key: typed };
  const { admin } = (await savedKeys(terminal)).keys;
  if (admin === undefined)
    throw failed(
      'keys.json holds no key that administers. On a laptop the next `npm start` adds one; for a stack `millimetric init --stack NAME --admin` mints one; or pass --key.',
    );
  return { url, key: admin };
}

/** What the installation answers. A list is read to its end. */
async function answered(
  installation: Installation,
  request: AdminRequest,
  version: string | undefined,
  terminal: Terminal,
): Promise<unknown> {
  if (request.method === 'GET') return listedWhole(installation, request.path, terminal);
  let { body } = request;
  let ifMatch = version;
  if (request.edit !== undefined) {
    const present = row.parse(await listedWhole(installation, request.path, terminal));
    body = request.edit(present);
    ifMatch ??= String(present.version);
  }
  const reply = await insist(installation, request.path, JSON.stringify(body ?? {}), terminal, {
    tries: 3,
    method: request.method,
    headers: {
      ...(request.method === 'POST' && { 'idempotency-key': randomUUID() }),
      ...(ifMatch !== undefined && { 'if-match': `"${ifMatch}"` }),
    },
  });
  return bodyOf(reply, installation.url);
}

async function listedWhole(installation: Installation, path: string, terminal: Terminal): Promise<unknown> {
  const rows: z.infer<typeof row>[] = [];
  for (let cursor: string | null = null; ; ) {
    const mark = path.includes('?') ? '&' : '?';
    const address: string = cursor === null ? path : `${path}${mark}cursor=${encodeURIComponent(cursor)}`;
    const came = bodyOf(
      await insist(installation, address, '', terminal, { tries: 3, method: 'GET' }),
      installation.url,
    );
    const read = page.safeParse(came);
    if (!read.success) return came;
    const { rows: some, next_cursor, ...beside } = read.data;
    rows.push(...some);
    cursor = next_cursor;
    if (cursor === null) return { ...beside, rows };
  }
}

function bodyOf(reply: Reply, url: string): unknown {
  if (reply.status >= 200 && reply.status <= 299) return reply.body;
  throw refusal(reply, url);
}

const lists = z.object({ rows: z.array(row) });

function shown(
  came: unknown,
  columns: readonly string[],
  below: (came: unknown) => string,
  terminal: Terminal,
): string {
  const width = terminal.outIsTty ? terminal.columns : undefined;
  const list = lists.safeParse(came);
  if (list.success)
    return (
      (list.data.rows.length === 0 ? 'None.\n' : textTable(columns, list.data.rows, width)) + below(came)
    );
  const { secret, replaces: _, ...one } = row.parse(came);
  const facts = Object.entries(one).map(([field, value]) => ({ field, value }));
  return `${textTable(['field', 'value'], facts, width)}${
    typeof secret === 'string' ? `\n${secret}\n\nThe key stands above this once; keep it now.\n` : ''
  }`;
}

/** A path under /v1/admin; every part is escaped. */
export const at = (
  thing: string,
  id?: string,
  query: Readonly<Record<string, string | undefined>> = {},
): string => {
  const said = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  const path = `/v1/admin/${thing}${id === undefined ? '' : `/${encodeURIComponent(id)}`}`;
  return said.length === 0 ? path : `${path}?${said.join('&')}`;
};

/** Fields of a body from flags: those that were typed. */
export const fieldsFrom = (
  given: Given,
  fields: Readonly<Record<string, (given: Given, flag: string) => unknown>>,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([flag, read]) =>
      given.has(flag) ? [[flag.replaceAll('-', '_'), read(given, flag)] as const] : [],
    ),
  );

/** Readers of flags: a text, a list, a number or `none`, true or false. */
export const typed = {
  text: (given: Given, flag: string) => given.text(flag),
  list: (given: Given, flag: string) => given.texts(flag).filter((text) => text !== ''),
  number: (given: Given, flag: string) => {
    const text = given.text(flag) ?? '';
    if (text === 'none') return null;
    if (!/^\d+$/.test(text))
      throw wrongUsage(`\`--${flag}\` takes a whole number, or none; \`${text}\` was given.`);
    return Number(text);
  },
  orNone: (given: Given, flag: string) => (given.text(flag) === 'none' ? null : given.text(flag)),
  boolean: (given: Given, flag: string) => {
    const text = given.text(flag);
    if (text !== 'true' && text !== 'false') throw wrongUsage(`\`--${flag}\` takes true or false.`);
    return text === 'true';
  },
} as const;

/** Flags that several of these commands have. */
export const account = {
  account: { value: 'ID', does: 'Of another account; for keys of the account that runs the installation.' },
} as const satisfies Flags;
export const archived = { value: 'true|false', does: 'Archive it, or take it back.' } as const;

/** The first word behind the verb. */
export const first = (given: Given): string => given.words[0] ?? '';

/** The account that `--account` names, as a field. */
export const ofAccount = (given: Given) => {
  const account_id = given.text('account');
  return account_id === undefined ? {} : { account_id };
};
