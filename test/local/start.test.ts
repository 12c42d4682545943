import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { projectOf } from '../../src/accounts/project-rows.ts';
import { settingsFrom } from '../../src/local/settings.ts';
import { startWordsFrom } from '../../src/local/start-words.ts';
import { type Running, startProduct } from './product.ts';

let home: string;
const running: ChildProcess[] = [];
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'start-'));
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** `npm start` with these settings; `said` and `complained` are what it wrote so far. */
const start = (
  env: Record<string, string>,
  command: readonly [string, ...string[]] = [process.execPath, 'bin/local.ts'],
  detached = false,
) => {
  const [program, ...args] = command;
  const child = spawn(program, args, {
    env: { PATH: process.env.PATH, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached,
  });
  running.push(child);
  let said = '';
  let complained = '';
  const up = Promise.withResolvers<string>();
  child.stdout.on('data', (text) => {
    said += text;
    const url = /runs on (\S+)/.exec(said)?.[1];
    if (url !== undefined && said.includes('Ctrl-C')) up.resolve(url);
  });
  child.stderr.on('data', (text) => (complained += text));
  const ended = once(child, 'close').then(([code]) => {
    up.reject(new Error(`ended with ${code}: ${complained}`));
    return code;
  });
  up.promise.catch(() => {});
  return { child, url: up.promise, ended, said: () => said, complained: () => complained };
};

describe('settings', () => {
  test('leave them out and it is 127.0.0.1:8787 and .millimetric', () => {
    expect(settingsFrom({}, '/home/me')).toEqual({
      port: 8787,
      host: '127.0.0.1',
      dir: '/home/me/.millimetric',
    });
  });

  test.each([
    [{ PORT: '0' }, { port: 0 }],
    [{ PORT: '65535' }, { port: 65_535 }],
    [{ HOST: '0.0.0.0' }, { host: '0.0.0.0' }],
    [{ HOST: '::1' }, { host: '::1' }],
    [{ HOST: 'my-laptop.local' }, { host: 'my-laptop.local' }],
    [{ MILLIMETRIC_DATA: '/data' }, { dir: '/data' }],
    [{ MILLIMETRIC_DATA: 'a b/../c' }, { dir: '/home/me/c' }],
    [
      { MILLIMETRIC_COUNTRY_HEADER: 'CloudFront-Viewer-Country' },
      { countryHeader: 'cloudfront-viewer-country' },
    ],
    [{ MILLIMETRIC_COUNTRY_TABLE: 'mine.mmdb' }, { countryTable: '/home/me/mine.mmdb' }],
  ])('%j is taken', (env, part) => {
    expect(settingsFrom(env, '/home/me')).toMatchObject(part);
  });

  test.each([
    ['PORT', ['', 'eighty', '-1', '65536', '80.5', '0x50', '8787 ', '1e3']],
    ['HOST', ['', 'http://localhost', 'localhost:8787', '127.0.0', '1.2.3.4.5', 'a b', '[::1]']],
    ['MILLIMETRIC_DATA', ['', '  ', 'a\0b']],
    ['MILLIMETRIC_COUNTRY_TABLE', ['', ' ', 'a\0b']],
    ['MILLIMETRIC_COUNTRY_HEADER', ['', 'CF IPCountry', 'x:y', 'é', 'x'.repeat(65)]],
  ])('a %s that cannot be is refused in one sentence that names it and what is allowed', (name, values) => {
    for (const value of values)
      expect(() => settingsFrom({ [name]: value }, '/home/me')).toThrow(
        new RegExp(`^${name} must be .* not .*; leave it out for .*\\.$`),
      );
  });
});

describe('the first start', () => {
  test('makes account, project and keys, prints what to paste, stops on SIGTERM with 0; the second finds all of it and prints it again', async () => {
    const dir = join(home, 'first');
    const one = start({ MILLIMETRIC_DATA: dir });
    const url = await one.url;
    expect(JSON.parse(await readFile(join(dir, 'running.json'), 'utf8'))).toEqual({ url });
    const saved = await readFile(join(dir, 'keys.json'), 'utf8');
    const { account_id, project_id, project_slug, keys, ...rest } = JSON.parse(saved);
    expect([account_id, project_id, project_slug, Object.keys(keys), rest]).toEqual([
      expect.stringMatching(/^acc_/),
      expect.stringMatching(/^prj_/),
      'demo',
      ['pk', 'sk', 'rk', 'ak', 'admin'],
      {},
    ]);
    for (const name of ['keys.json', 'pepper'])
      expect((await stat(join(dir, name))).mode & 0o777).toBe(0o600);

    expect(one.said()).toContain(dir);
    expect(one.said()).toContain(
      `claude mcp add --transport http millimetric ${url}/mcp --header "Authorization: Bearer ${keys.rk}"`,
    );
    expect(one.said()).toContain(`npx @modelcontextprotocol/inspector --cli ${url}/mcp`);
    expect(one.said()).toContain(
      `<script async src="${url}/v1/a.js" data-key="${keys.pk}" data-host="${url}">`,
    );
    const cursor = JSON.parse(/\.cursor\/mcp\.json:\n\n(\{.*?\n\})/s.exec(one.said())?.[1] ?? '');
    expect(cursor).toEqual({
      mcpServers: { millimetric: { url: `${url}/mcp`, headers: { Authorization: `Bearer ${keys.rk}` } } },
    });

    const [track = '', ask = ''] = one.said().match(/^curl .*?(\\\n.*)?$/gm) ?? [];
    expect(await shell(track)).toBe('{"ok":true,"event_id":null}');
    expect(JSON.parse(await shell(ask)).rows).toEqual([
      expect.objectContaining({ source: 'newsletter', events: 1 }),
    ]);

    one.child.kill('SIGTERM');
    expect(await one.ended).toBe(0);
    expect(await readdir(dir)).not.toContain('running.json');

    const two = start({ MILLIMETRIC_DATA: dir });
    const again = await two.url;
    expect(await readFile(join(dir, 'keys.json'), 'utf8')).toBe(saved);
    // The code of the link is another at each start.
    const told = (said: string) => said.replace(/#code=\S+/, '#code=…');
    expect(told(two.said())).toBe(told(one.said()).replaceAll(url, again));
    const answer = await fetch(`${again}/v1/sources`, { headers: { Authorization: `Bearer ${keys.rk}` } });
    expect(await answer.json()).toMatchObject({ rows: [{ source: 'newsletter', events: 1 }] });
    two.child.kill('SIGINT');
    expect(await two.ended).toBe(0);
  });

  test('SIGTERM while requests are under way: what was acknowledged is there afterwards', async () => {
    const dir = join(home, 'stop');
    const one = start({ MILLIMETRIC_DATA: dir });
    const url = await one.url;
    const { keys } = JSON.parse(await readFile(join(dir, 'keys.json'), 'utf8'));
    let acknowledged = 0;
    const busy = Array.from({ length: 8 }, async () => {
      for (;;) {
        const answer = await fetch(`${url}/v1/track`, {
          method: 'POST',
          headers: { Authorization: `Bearer ${keys.sk}`, 'Content-Type': 'application/json' },
          body: '{"event":"tick","anonymous_id":"a"}',
        }).catch(() => undefined);
        if (answer === undefined) return;
        if (answer.status === 202) acknowledged += 1;
        if (acknowledged === 20) one.child.kill('SIGTERM');
      }
    });
    await Promise.all(busy);
    expect(await one.ended).toBe(0);
    const two = start({ MILLIMETRIC_DATA: dir });
    const answer = await fetch(`${await two.url}/v1/stats?event=tick`, {
      headers: { Authorization: `Bearer ${keys.rk}` },
    });
    expect(acknowledged).toBeGreaterThanOrEqual(20);
    // A few more may have been kept whose answers did not get through.
    const { rows } = counted.parse(await answer.json());
    expect(rows[0].value).toBeGreaterThanOrEqual(acknowledged);
    expect(rows[0].value).toBeLessThanOrEqual(acknowledged + 8);
  });
});

const counted = z.object({ rows: z.tuple([z.object({ value: z.number() })]) });

const shell = async (command: string): Promise<string> => {
  const child = spawn('sh', ['-c', command.replace(/^curl/, 'curl -s')], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let out = '';
  child.stdout.on('data', (text) => (out += text));
  await once(child, 'close');
  return out;
};

describe('npm start', () => {
  const npm = ['npm', 'start'] as const;
  test.each([
    ['npm alone is told SIGTERM', 'SIGTERM', false],
    ['its whole group is told SIGTERM', 'SIGTERM', true],
    ['its whole group is told SIGINT, as by Ctrl-C', 'SIGINT', true],
    ['npm is killed', 'SIGKILL', false],
  ] as const)('ends its server when %s, and all that was accepted is safe', async (_, signal, group) => {
    const dir = join(home, `npm-${signal}-${group}`);
    const one = start({ MILLIMETRIC_DATA: dir }, npm, true);
    const url = await one.url;
    const { keys } = JSON.parse(await readFile(join(dir, 'keys.json'), 'utf8'));
    const answer = await fetch(`${url}/v1/track`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${keys.sk}`, 'Content-Type': 'application/json' },
      body: '{"event":"tick","anonymous_id":"a"}',
    });
    expect(answer.status).toBe(202);
    const pid = one.child.pid ?? 0;
    process.kill(group ? -pid : pid, signal);
    // Its pipes close when the last process that holds them has ended: npm’s child, not npm.
    await one.ended;
    const two = await startProduct({ dir });
    const { rows } = counted.parse(
      await (
        await fetch(`${two.url}/v1/stats?event=tick`, { headers: { Authorization: `Bearer ${keys.rk}` } })
      ).json(),
    );
    await two.stop();
    expect(rows[0].value).toBe(1);
  });

  test.each([
    [['--help'], /^npm start \[-- FLAGS\]: .*--log json\|quiet.*PORT.*MILLIMETRIC_DATA/s],
    [['-h'], /^npm start/],
    [['--version'], /^\d+\.\d+\.\d+\n$/],
  ])('%j is answered, and nothing is started', async (args, says) => {
    const dir = join(home, 'asked');
    const one = start({ MILLIMETRIC_DATA: dir }, [process.execPath, 'bin/local.ts', ...args]);
    expect(await one.ended).toBe(0);
    expect(one.said()).toMatch(says);
    expect(one.complained()).toBe('');
    expect(await readdir(home)).not.toContain('asked');
  });

  test.each([
    [
      ['--hlep'],
      'npm start knows no flag --hlep. Did you mean --help? `npm start -- --help` lists them all.',
    ],
    [
      ['--port', '9000'],
      'npm start knows no flag --port. It is a variable: PORT=… npm start. `npm start -- --help` lists them all.',
    ],
    [['PORT=9000'], 'npm start takes no "PORT=9000": set it before the command: PORT=9000 npm start.'],
    [
      ['import'],
      'npm start takes no "import": only flags, which `npm start -- --help` lists. Commands are typed as npm run -s millimetric -- COMMAND.',
    ],
    [['--log', 'xml'], '--log takes quiet or json, not "xml"; leave it out for quiet on a terminal.'],
  ])('%j is refused in one sentence', (args, sentence) => {
    expect(() => startWordsFrom(args)).toThrow(sentence);
  });

  test('whoever is answered for the first time finds the keys there and working', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const address = free.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    await new Promise((closed) => free.close(closed));
    const dir = join(home, 'early');
    const one = start({ MILLIMETRIC_DATA: dir, PORT: String(port) });
    const answers = () => fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    while ((await answers()) === undefined) await new Promise(setImmediate);
    const { keys } = JSON.parse(await readFile(join(dir, 'keys.json'), 'utf8'));
    const track = await fetch(`http://127.0.0.1:${port}/v1/track`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${keys.pk}`,
        'Content-Type': 'application/json',
        Origin: `http://localhost:${port}`,
      },
      body: '{"event":"tick","anonymous_id":"a"}',
    });
    expect(track.status).toBe(202);
    await one.url;
  });
});

describe('a start that cannot be', () => {
  const refused = async (
    env: Record<string, string>,
    command?: readonly [string, ...string[]],
  ): Promise<string> => {
    const one = start(env, command);
    expect(await one.ended).toBe(1);
    expect(one.said()).toBe('');
    return one.complained();
  };

  test('a wrong setting: its sentence alone, exit 1', async () => {
    expect(await refused({ PORT: 'eighty', MILLIMETRIC_DATA: join(home, 'never') })).toMatch(
      /^PORT must be .*\n$/,
    );
    expect(await readdir(home)).not.toContain('never');
  });

  test.each(['not-there.mmdb', 'package.json'])('a table of countries that is none: %s', async (table) => {
    expect(
      await refused({ MILLIMETRIC_COUNTRY_TABLE: table, MILLIMETRIC_DATA: join(home, 'table') }),
    ).toMatch(/^MILLIMETRIC_COUNTRY_TABLE must be a table .*\. Leave it out .*\n$/);
  });

  test('a port in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = String(typeof address === 'object' ? address?.port : '');
    expect(await refused({ PORT: port, MILLIMETRIC_DATA: join(home, 'port') })).toMatch(
      new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is in use by another program;.*\n$`),
    );
    other.close();
  });

  test('an address this machine has not', async () => {
    expect(await refused({ HOST: '192.0.2.1', MILLIMETRIC_DATA: join(home, 'port') })).toMatch(
      /^Port 0 on 192\.0\.2\.1 cannot be had because this machine has no such address.*\n$/,
    );
  });

  test('a folder of someone else’s is left as it was', async () => {
    const dir = join(home, 'foreign');
    await mkdir(dir);
    await writeFile(join(dir, 'thesis.doc'), 'words');
    expect(await refused({ MILLIMETRIC_DATA: dir })).toMatch(
      /^The folder .*foreign holds other things \(thesis\.doc\).*nothing was touched.*\n$/,
    );
    expect(await readdir(dir)).toEqual(['thesis.doc']);
  });

  test('a folder with nothing but the visitor key of an import into another installation is taken, and keeps it', async () => {
    const dir = join(home, 'imported');
    await mkdir(dir);
    await writeFile(join(dir, 'visitors-demo.key'), `${'ab'.repeat(32)}\n`);
    await (await startProduct({ dir })).stop();
    expect(await readdir(dir)).toContain('visitors-demo.key');
  });

  test('a file where the folder should be', async () => {
    await writeFile(join(home, 'file'), '');
    expect(await refused({ MILLIMETRIC_DATA: join(home, 'file') })).toMatch(
      /^The data folder .*file is (not a folder|a file, not a folder); set MILLIMETRIC_DATA.*\n$/,
    );
    expect(await refused({ MILLIMETRIC_DATA: join(home, 'file', 'below') })).toMatch(
      /^The data folder .*below is not a folder; set MILLIMETRIC_DATA.*\n$/,
    );
  });

  // Root may write everywhere. Without these rights it is a user like any other, who still reads this project wherever it lies.
  const plainRoot = ['setpriv', '--bounding-set', '-dac_override,-dac_read_search,-fowner'] as const;
  const isRoot = process.getuid?.() === 0;
  const canBePlain = !isRoot || spawnSync(plainRoot[0], [...plainRoot.slice(1), 'true']).status === 0;

  test.skipIf(!canBePlain)(
    `a folder that may not be written${canBePlain ? '' : ' (NOT RUN: root, and no setpriv to be less)'}`,
    async () => {
      const dir = join(home, 'readonly');
      await mkdir(dir, { mode: 0o500 });
      const command = [process.execPath, 'bin/local.ts'] as const;
      expect(await refused({ MILLIMETRIC_DATA: dir }, isRoot ? [...plainRoot, ...command] : command)).toMatch(
        /^The data folder .*readonly may not be read and written by this user; set MILLIMETRIC_DATA.*\n$/,
      );
    },
  );

  test('a folder where nothing can be made', async () => {
    expect(await refused({ MILLIMETRIC_DATA: '/proc/millimetric' })).toMatch(
      /^The data folder \/proc\/millimetric cannot be made there; set MILLIMETRIC_DATA.*\n$/,
    );
  });

  test('a second process on the same folder; the first goes on', async () => {
    const dir = join(home, 'twice');
    const one = start({ MILLIMETRIC_DATA: dir });
    const url = await one.url;
    expect(await refused({ MILLIMETRIC_DATA: dir })).toBe(
      `Another process is using the data folder ${dir}: stop it, or choose another folder.\n`,
    );
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});

describe('what a folder has been through', () => {
  let on: Running | undefined;
  afterEach(async () => {
    await on?.stop();
    on = undefined;
  });
  const again = async (dir: string) => {
    on = await startProduct({ dir });
    return on;
  };
  const stats = ({ url, keys }: Pick<Running, 'url' | 'keys'>) =>
    fetch(`${url}/v1/stats`, { headers: { Authorization: `Bearer ${keys.rk}` } });
  const made = async (name: string) => {
    const dir = join(home, name);
    const first = await startProduct({ dir });
    await first.stop();
    return { dir, keys: first.keys, project: first.project };
  };

  test('demo’s pages are the usual development ports and its own, and those of a later port too', async () => {
    const dir = join(home, 'ports');
    const first = await startProduct({ dir });
    const usual = ['http://localhost:3000', 'http://localhost:5173', 'http://localhost:8787'];
    const own = (url: string) => [
      `http://localhost:${new URL(url).port}`,
      `http://127.0.0.1:${new URL(url).port}`,
    ];
    expect((await projectOf(first.world, first.project.id))?.allowed_origins).toEqual([
      ...usual,
      ...own(first.url),
    ]);
    await first.stop();
    const second = await again(dir);
    expect((await projectOf(second.world, second.project.id))?.allowed_origins).toEqual(
      expect.arrayContaining([...usual, ...own(first.url), ...own(second.url)]),
    );
    const headers = {
      Authorization: `Bearer ${second.keys.pk}`,
      'Content-Type': 'application/json',
      Origin: own(second.url)[1] ?? '',
    };
    expect(
      (
        await fetch(`${second.url}/v1/track`, {
          method: 'POST',
          headers,
          body: '{"event":"e","anonymous_id":"a"}',
        })
      ).status,
    ).toBe(202);
  });

  test('a first start that was cut short after writing keys.json is finished by the next', async () => {
    const { dir, keys } = await made('short');
    for (const name of (await readdir(dir)).filter((file) => file.startsWith('ledger')))
      await unlink(join(dir, name));
    const second = await again(dir);
    expect(second.keys).toEqual(keys);
    expect((await stats(second)).status).toBe(200);
  });

  test('keys.json moved away: new keys of the same project; the old ones still work', async () => {
    const { dir, keys, project } = await made('moved');
    await unlink(join(dir, 'keys.json'));
    const second = await again(dir);
    expect(second.project).toEqual(project);
    expect(second.keys.rk).not.toBe(keys.rk);
    for (const set of [keys, second.keys])
      expect((await stats({ url: second.url, keys: set })).status).toBe(200);
  });

  test('keys.json made readable for all is closed again', async () => {
    const { dir } = await made('open');
    await chmod(join(dir, 'keys.json'), 0o644);
    await again(dir);
    expect((await stat(join(dir, 'keys.json'))).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['a lost pepper', 'pepper', undefined, /pepper is missing/],
    ['a damaged pepper', 'pepper', 'salt', /pepper is damaged/],
    ['a damaged keys.json', 'keys.json', '{"keys":', /keys\.json is damaged and was left as it is/],
    ['a damaged mark', 'millimetric.json', '{}', /millimetric\.json is damaged/],
    ['a folder of a newer version', 'millimetric.json', '{"format":99}', /newer version/],
    ['a ledger that is none', 'ledger.sqlite', 'not a database, not at all', /ledger\.sqlite/],
    ['another pepper', 'pepper', `${'ab'.repeat(32)}\n`, /pepper is not the one/],
    [
      'a key with a wrong letter',
      'keys.json',
      JSON.stringify({
        account_id: 'a',
        project_id: 'p',
        project_slug: 'demo',
        keys: { pk: 'pk_live_x', sk: 'sk_live_x', rk: 'rk_live_x', ak: 'ak_live_x' },
      }),
      /keys\.json is damaged and was left as it is/,
    ],
  ])('%s is said in one sentence, and nothing is overwritten', async (name, file, text, sentence) => {
    const { dir } = await made(name.replaceAll(' ', '-'));
    if (text === undefined) await unlink(join(dir, file));
    else await writeFile(join(dir, file), text);
    // With a whole copy a damaged ledger would do no harm.
    await rm(join(dir, 'ledger.copy.sqlite'));
    await expect(startProduct({ dir })).rejects.toThrow(sentence);
    if (text !== undefined) expect(await readFile(join(dir, file), 'utf8')).toBe(text);
  });
});
