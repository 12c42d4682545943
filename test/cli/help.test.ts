import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { desk } from './desk.ts';

test.each([[[]], [['help']], [['--help']], [['-h']]])(
  '%j shows every command and what exit codes mean',
  async (args) => {
    const at = desk();
    expect(await at.type(...args)).toBe(0);
    for (const words of [
      'connect [WHAT]',
      'import FILE…',
      'track EVENT',
      'ask TOOL',
      'tools [TOOL]',
      'init --stack NAME',
      'help [COMMAND]',
      '--url',
      '--key',
      '130 interrupted',
    ])
      expect(at.said.out).toContain(words);
  },
);

describe.each(['import', 'track', 'ask', 'tools'])('%s', (command) => {
  test.each([[['help', command]], [[command, '--help']], [[command, '-h']]])(
    '%j explains it without a server',
    async (args) => {
      const at = desk();
      expect(await at.type(...args)).toBe(0);
      expect(at.said.out).toMatch(new RegExp(`^millimetric ${command} `));
      expect(at.said.out).toContain('--key KEY');
    },
  );
});

test.each([
  [['improt'], 'There is no command `improt`. Did you mean `import`? `millimetric help` lists them.\n'],
  [['help', 'tool'], 'There is no command `tool`. Did you mean `tools`? `millimetric help` lists them.\n'],
  [['xyzzy'], 'There is no command `xyzzy`. `millimetric help` lists them.\n'],
  [['constructor'], 'There is no command `constructor`. `millimetric help` lists them.\n'],
  [
    ['tools', '--ulr', 'x'],
    'There is no flag `--ulr` here. Did you mean `--url`? `--help` lists them all.\n',
  ],
  [['tools', '-x'], 'There is no flag `-x` here. `--help` lists them all.\n'],
  [['tools', '--url'], '`--url` needs a value: `--url URL`.\n'],
])('%j is wrong usage, exit code 2, with the nearest word', async (args, sentence) => {
  const at = desk();
  expect(await at.type(...args)).toBe(2);
  expect(at.said.err).toBe(sentence);
});

test('the program hands its exit code to the shell', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['bin/millimetric.ts', ...args], { encoding: 'utf8' });
  expect(run('help')).toMatchObject({ status: 0, stderr: '' });
  expect(run('nothing')).toMatchObject({ status: 2, stdout: '' });
});

describe('flags that npm took for itself are missed', () => {
  const npm = { npm_command: 'run', npm_lifecycle_event: 'millimetric', npm_config_user_agent: 'npm/11' };
  test.each<[string[], Readonly<Record<string, string>>, string]>([
    [['import', 'a.log', 'http://x'], { npm_config_site: 'true' }, 'npm took --site for itself'],
    [['import', 'a.log'], { npm_config_dry_run: 'true' }, 'npm took --dry-run for itself'],
    [['ask', 'get_stats', 'day'], { npm_config_interval: 'true' }, '`npm run -s millimetric -- ask …`'],
    [['ask', 'get_stats'], { npm_config_group_by: 'country' }, 'npm took --group-by for itself'],
    [['track', 'a'], { npm_config_user_id: 'u' }, '`npx millimetric track …`'],
  ])('%j with %j', async (args, eaten, sentence) => {
    const at = desk({ env: { ...npm, ...eaten } });
    expect(await at.type(...args)).toBe(2);
    expect(at.said.err).toContain(sentence);
  });

  test('and where it took none, nothing is said', async () => {
    const at = desk({ env: npm });
    expect(await at.type('import', '/nowhere/a.log', '--dry-run')).toBe(1);
    expect(at.said.err).toContain('There is no file');
  });
});

test.each([40, 60, 80, 200])('help keeps to a terminal of %i columns', async (columns) => {
  for (const args of [['help'], ['help', 'import'], ['help', 'ask'], ['ask', 'funnel', '--help']]) {
    const at = desk({ outIsTty: true, columns });
    expect(await at.type(...args)).toBe(0);
    const long = at.said.out.split('\n').filter((line) => line.length > columns && /\S \S/.test(line.trim()));
    expect(
      long.filter((line) => line.trimStart().indexOf(' ') < columns - 10 && !line.includes('millimetric ')),
    ).toEqual([]);
  }
});

test('npx millimetric runs the clone’s own command line', () => {
  const { bin } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(bin).toEqual({ millimetric: 'bin/millimetric.ts' });
  expect(readFileSync('bin/millimetric.ts', 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
});
