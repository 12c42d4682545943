import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  type StackStatus,
} from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { projectOf } from '../../src/accounts/project-rows.ts';
import { cloudFirstStart } from '../../src/aws/first-start.ts';
import { booksIn, type Dynamo, openDynamo } from '../aws/dynamo.ts';
import { desk } from './desk.ts';

const cloudFormation = mockClient(CloudFormationClient);
const lambda = mockClient(LambdaClient);
const folder = mkdtempSync(join(tmpdir(), 'millimetric-init-'));
const outputs = {
  ApiUrl: 'https://api.example/prod',
  McpUrl: 'https://api.example/prod/mcp',
  InitFunction: 'init-function',
};
let dynamo: Dynamo;

const books = () => booksIn(dynamo).books;
const good = (key: string) => booksIn(dynamo).isGood(key);
const stack = (StackStatus: StackStatus, given: Readonly<Record<string, string>> = {}) =>
  cloudFormation.on(DescribeStacksCommand).resolves({
    Stacks: [
      {
        ...{ StackName: 'shop', CreationTime: new Date(0), StackStatus },
        Outputs: Object.entries(given).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
      },
    ],
  });
/** The function of the stack, as Lambda runs it: a Problem thrown inside comes back as its message. */
const answers = (function_: (order: unknown) => Promise<unknown>) =>
  lambda.on(InvokeCommand).callsFake(async ({ Payload }: { Payload: Uint8Array }) => {
    const said = await function_(JSON.parse(Buffer.from(Payload).toString())).then(
      (answer) => ({ answer }),
      (thrown: Error) => ({
        answer: { errorType: thrown.name, errorMessage: thrown.message },
        FunctionError: 'Unhandled',
      }),
    );
    return {
      ...('FunctionError' in said ? { FunctionError: said.FunctionError } : {}),
      Payload: Buffer.from(JSON.stringify(said.answer)),
    };
  });
const init = async (...args: string[]) => {
  const at = desk();
  const exit = await at.type('init', '--stack', 'shop', '--region', 'eu-west-1', ...args);
  return { exit, ...at.said };
};
const keysIn = (text: string) => text.match(/\b[psra]k_live_[A-Za-z0-9]{8}_[\w-]{38}/g) ?? [];
const failure = (name: string, more: object = {}) =>
  Object.assign(new Error('arn:aws:iam::1:user/me is not welcome'), { name, ...more });

beforeEach(async () => {
  dynamo = await openDynamo();
  stack('UPDATE_COMPLETE', outputs);
  answers((order) => cloudFirstStart(books(), order));
});
afterEach(async () => {
  await dynamo.close();
  cloudFormation.reset();
  lambda.reset();
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('init', () => {
  test('shows ids, one good key of each kind, and the first steps with the keys filled in', async () => {
    const { exit, out, err } = await init();
    expect([exit, err]).toEqual([0, '']);
    expect(out).toMatch(
      /^\n {2}Millimetric runs on https:\/\/api\.example\/prod\n {2}Account acc_\w{16}, project demo \(prj_\w{16}\)\n\n {2}Keys, shown this once:\n\npk_live_/,
    );
    const keys = [...new Set(keysIn(out))];
    expect(keys.map((key) => key.slice(0, 2))).toEqual(['pk', 'sk', 'rk', 'ak']);
    for (const key of keys) expect(await good(key)).toBe(true);
    expect(out).toContain(`curl https://api.example/prod/v1/track -H 'Authorization: Bearer ${keys[1]}'`);
    expect(out).toContain(
      `claude mcp add --transport http millimetric https://api.example/prod/mcp --header "Authorization: Bearer ${keys[2]}"`,
    );
    expect(lambda.commandCalls(InvokeCommand)[0]?.args[0].input.FunctionName).toBe('init-function');
  });

  test('again it makes nothing, shows names and no key, and says how to have new ones', async () => {
    await init();
    const { exit, out } = await init();
    expect(exit).toBe(0);
    expect(keysIn(out)).toEqual([]);
    expect(out).toMatch(/Keys: pk_live_\w{8}, sk_live_\w{8}, rk_live_\w{8}, ak_live_\w{8} \(names/);
    expect(out).toContain('npm run -s millimetric -- init --stack shop --rotate');
  });

  test('with --rotate there are four new keys, and then the old ones are revoked', async () => {
    const old = new Set(keysIn((await init()).out));
    const { exit, out } = await init('--rotate');
    const now = new Set(keysIn(out));
    expect([exit, now.size]).toEqual([0, 4]);
    for (const key of now) expect(await good(key)).toBe(true);
    for (const key of old) expect(await good(key)).toBe(false);
    expect(out).toMatch(/Revoked, and refused within 60 s: pk_live_\w{8}, sk_/);
    expect((await init()).out).toContain(`Keys: ${[...now].map((key) => key.slice(0, 16)).join(', ')} (`);
  });

  test('with --rotate at the first start there is nothing to revoke', async () => {
    const { out } = await init('--rotate');
    expect(new Set(keysIn(out)).size).toBe(4);
    expect(out).not.toContain('Revoked');
    expect(lambda.commandCalls(InvokeCommand)).toHaveLength(1);
  });

  test('a rotation cut short after the minting leaves keys that work, and says to rotate again', async () => {
    await init();
    answers(async (order) => {
      if (JSON.stringify(order).includes('"revoke"'))
        throw new Error('The records of keys and projects cannot be reached.');
      return cloudFirstStart(books(), order);
    });
    const { exit, out, err } = await init('--rotate');
    expect(exit).toBe(1);
    for (const key of keysIn(out)) expect(await good(key)).toBe(true);
    expect(err).toMatch(
      /^The new keys work, but the old ones could not be revoked: .*cannot be reached\. Run it with `--rotate` again\.\n$/,
    );
  });

  test('with --json the answer is one JSON object, all else goes to standard error', async () => {
    const first = JSON.parse((await init('--json')).out);
    expect(first).toEqual({
      url: 'https://api.example/prod',
      mcp_url: 'https://api.example/prod/mcp',
      account_id: expect.stringMatching(/^acc_/),
      project_id: expect.stringMatching(/^prj_/),
      project_slug: 'demo',
      keys: {
        pk: expect.any(String),
        sk: expect.any(String),
        rk: expect.any(String),
        ak: expect.any(String),
      },
      active: [
        expect.stringMatching(/^pk_/),
        expect.stringMatching(/^sk_/),
        expect.stringMatching(/^rk_/),
        expect.stringMatching(/^ak_/),
      ],
    });
    expect(JSON.parse((await init('--json')).out)).toEqual({ ...first, keys: null });
    const { out, err } = await init('--json', '--rotate');
    const rotated = JSON.parse(out);
    expect(rotated.active).toEqual(Object.values(rotated.keys).map((key) => String(key).slice(0, 16)));
    expect(err).toContain(`refused within 60 s: ${first.active.join(', ')}`);
  });

  test('sets the sites whose pages may send, and the time zone, of the project that is there', async () => {
    const { project_id } = JSON.parse((await init('--json')).out);
    const { exit, out } = await init(
      '--origin',
      'https://shop.example',
      '--origin',
      'http://localhost:3000',
      '--timezone',
      'Europe/Berlin',
    );
    expect([exit, out]).toEqual([
      0,
      expect.stringContaining(
        '  Set: allowed_origins https://shop.example,http://localhost:3000\n  Set: timezone Europe/Berlin\n',
      ),
    ]);
    expect(await projectOf(books(), project_id)).toMatchObject({
      timezone: 'Europe/Berlin',
      allowed_origins: ['https://shop.example', 'http://localhost:3000'],
    });
  });
});

describe('--save', () => {
  test('keeps new keys for their owner only, as the other commands read them', async () => {
    const path = join(folder, 'mine', 'keys.json');
    const { exit, out } = await init('--save', path, '--json');
    const { url: _, mcp_url: __, active: ___, ...saved } = JSON.parse(out);
    expect(exit).toBe(0);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(saved);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('leaves no file where there is nothing new to keep', async () => {
    await init();
    expect((await init('--save', join(folder, 'none.json'))).exit).toBe(0);
    expect(readdirSync(folder)).not.toContain('none.json');
  });

  test('refuses a file that is there, before anything is minted', async () => {
    const path = join(folder, 'there.json');
    writeFileSync(path, 'precious');
    expect(await init('--save', path)).toMatchObject({
      exit: 1,
      out: '',
      err: `${path} is there already and would be lost; nothing was minted. Name a new file with \`--save\`.\n`,
    });
    expect(readFileSync(path, 'utf8')).toBe('precious');
    expect(lambda.commandCalls(InvokeCommand)).toEqual([]);
  });
});

describe('what stands in the way is one sentence, exit code 1', () => {
  const describeFails = (thrown: Error) => cloudFormation.on(DescribeStacksCommand).rejects(thrown);
  const invokeFails = (thrown: Error) => lambda.on(InvokeCommand).rejects(thrown);

  test.each<[string, () => unknown, string]>([
    [
      'no such stack',
      () => describeFails(failure('ValidationError')),
      'There is no stack shop in eu-west-1. Check the name and `--region`; `npx cdk deploy` makes one.',
    ],
    [
      'a stack under way',
      () => stack('CREATE_IN_PROGRESS'),
      'The stack shop is still being made (CREATE_IN_PROGRESS). Wait until its deploy is done, then run this again.',
    ],
    [
      'a stack that failed',
      () => stack('ROLLBACK_COMPLETE'),
      'The stack shop cannot be used (ROLLBACK_COMPLETE): its first deploy failed, or it is being deleted. Delete it and deploy again.',
    ],
    [
      'a stack of something else',
      () => stack('CREATE_COMPLETE'),
      'The stack shop has no outputs ApiUrl and InitFunction, so it is none of ours, or an older one.',
    ],
    [
      'no credentials',
      () => describeFails(failure('CredentialsProviderError')),
      'No AWS credentials were found. Sign in (`aws configure`, `aws sso login`), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and its secret.',
    ],
    [
      'old credentials',
      () => describeFails(failure('ExpiredToken')),
      'AWS does not take these credentials (ExpiredToken). Sign in again, or choose others with AWS_PROFILE.',
    ],
    [
      'no right to read the stack',
      () => describeFails(failure('AccessDenied')),
      'These AWS credentials may not read the stack shop: they need cloudformation:DescribeStacks on it.',
    ],
    [
      'no right to call',
      () => invokeFails(failure('AccessDeniedException')),
      'These AWS credentials may not call the function init-function: they need lambda:InvokeFunction on it.',
    ],
    [
      'no function',
      () => invokeFails(failure('ResourceNotFoundException')),
      'The function init-function is not there, though the stack names it. Deploy the stack again.',
    ],
    [
      'a region there is not',
      () => describeFails(failure('Error', { code: 'ENOTFOUND' })),
      'AWS does not answer in eu-west-1 (ENOTFOUND). Check `--region`, the network, and AWS_ENDPOINT_URL if it is set.',
    ],
    [
      'a function of another version',
      () => answers(async () => 'done'),
      'The function init-function answered, but not in the words of this version',
    ],
    [
      'what the function refuses',
      () => answers(async () => cloudFirstStart(books(), { project: { timezone: 'Mars' } })),
      'The function init-function refused: The project does not fit: timezone: Use an IANA name',
    ],
  ])('%s', async (_, given, sentence) => {
    given();
    const { exit, out, err } = await init();
    expect([exit, out]).toEqual([1, '']);
    expect(err.startsWith(sentence)).toBe(true);
    expect(err).not.toContain('arn:');
  });

  test('no region, as the SDK itself finds', () => {
    const { AWS_REGION: _, AWS_DEFAULT_REGION: __, ...env } = process.env;
    const ran = spawnSync(process.execPath, ['bin/millimetric.ts', 'init', '--stack', 'shop'], {
      ...{
        encoding: 'utf8' as const,
        env: {
          ...env,
          AWS_CONFIG_FILE: join(folder, 'none'),
          AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
        },
      },
    });
    expect(ran).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'Which region? Pass `--region`, e.g. --region eu-west-1, or set AWS_REGION.\n',
    });
  });
});

describe('wrong usage, exit code 2', () => {
  test.each([
    [[], 'Which stack? `millimetric init --stack Millimetric`.\n'],
    [['shop', '--stack', 'x'], '`shop` belongs to no flag: the stack’s name follows `--stack`.\n'],
    [['--key', 'x'], 'There is no flag `--key` here. `--help` lists them all.\n'],
  ])('%j', async (args, sentence) => {
    const at = desk();
    expect(await at.type('init', ...args)).toBe(2);
    expect(at.said.err).toBe(sentence);
  });
});

describe('the AWS SDK', () => {
  const loud = `data:text/javascript,${encodeURIComponent("import{registerHooks}from'node:module';registerHooks({resolve(s,c,n){if(s.startsWith('@aws-sdk'))throw new Error('loads '+s);return n(s,c)}})")}`;
  test.each([
    [['help'], 0],
    [['init', '--help'], 0],
    [['init', '--stack', 'x', '--region', 'eu-west-1'], 1],
  ])('is loaded by init alone, and only when it runs: %j', (args, status) => {
    const ran = spawnSync(process.execPath, ['--import', loud, 'bin/millimetric.ts', ...args], {
      encoding: 'utf8',
    });
    expect([ran.status, ran.stderr.includes('loads @aws-sdk')]).toEqual([status, status === 1]);
  });
});
