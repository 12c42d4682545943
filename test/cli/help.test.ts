import { spawnSync } from 'node:child_process';
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
