import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { stackPages } from '../../bin/stack-pages.ts';
import { templateOf } from '../../lib/cost/cloud.ts';

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync('docs').flatMap((file) => (file.endsWith('.md') ? [`docs/${file}`] : [])),
];
const decisions = readdirSync('docs/decisions').map((file) => `docs/decisions/${file}`);
const template = z
  .object({
    Resources: z.record(z.string(), z.object({ Type: z.string() })),
    Outputs: z.record(z.string(), z.unknown()),
  })
  .parse(templateOf({ alarmsTo: 'ops@example.com', waf: { requestsPerFiveMinutes: 100 } }));

/** What a person calls a service of AWS; '': part of another, and in no picture. */
const services: Readonly<Record<string, string>> = {
  ApiGateway: 'API Gateway',
  Athena: 'Athena',
  CloudWatch: 'CloudWatch',
  DynamoDB: 'DynamoDB',
  Glue: 'Glue',
  IAM: '',
  KinesisFirehose: 'Firehose',
  Lambda: 'Lambda',
  Logs: 'logs',
  S3: 'S3',
  SNS: 'SNS',
  SQS: 'SQS',
  Scheduler: 'Scheduler',
  SecretsManager: 'Secrets Manager',
  WAFv2: 'WAF',
  XRay: 'X-Ray',
};

/** A heading as GitHub makes an anchor of it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
const anchorsIn = (page: string): readonly string[] =>
  [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

describe.each(stackPages())('what %s says of the stack', (path, make) => {
  test('is current (npm run docs)', () => {
    const written = readFileSync(path, 'utf8');
    expect(make(written)).toBe(written);
    expect(written).toMatch(/<!-- \w+: generated -->\n\|/);
  });
});

test.each([...documents, ...decisions])('each link of %s leads to something', (path) => {
  const page = readFileSync(path, 'utf8').replace(/```.*?```/gs, '');
  const targets = [...page.matchAll(/\]\((?!https?:)([^)\s]+)\)|(?:src|href)="(?!https?:)([^"]+)"/g)].map(
    ([, link, source]) => link ?? source ?? '',
  );
  const broken = targets.filter((target) => {
    const [file = '', anchor] = target.split('#');
    const at = file === '' ? path : join(dirname(path), file);
    return !existsSync(at) || (anchor !== undefined && !anchorsIn(readFileSync(at, 'utf8')).includes(anchor));
  });
  expect(broken).toEqual([]);
});

describe('the commands of a page', () => {
  const blocks = documents.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/```sh\n(.*?)```/gs)].map(([, text = '']) => ({ path, text })),
  );

  test.each(blocks)('in $path, block %$, are shell', ({ text }) => {
    expect(() =>
      execFileSync('bash', ['-n'], { input: text, stdio: ['pipe', 'pipe', 'pipe'] }),
    ).not.toThrow();
  });
  test('name only outputs that the stack has', () => {
    const named = blocks.flatMap(({ text }) =>
      [...text.matchAll(/\(out (\w+)\)/g)].map(([, name = '']) => name),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !Object.hasOwn(template.Outputs, name))).toEqual([]);
  });
  test('name only things that are in the stack once', () => {
    const named = blocks.flatMap(({ text }) =>
      [...text.matchAll(/\(id (AWS::\w+::\w+) (\w+)\)/g)].map(([, type = '', name = '']) => ({ type, name })),
    );
    expect(named.length).toBeGreaterThan(10);
    const found = ({ type, name }: (typeof named)[number]) =>
      Object.entries(template.Resources).filter(([id, { Type }]) => Type === type && id.includes(name));
    expect(named.filter((each) => found(each).length !== 1)).toEqual([]);
  });
  test('run only scripts that package.json has', () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync('package.json', 'utf8')));
    const named = documents.flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name = '']) => name),
    );
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
  test('call the stack as bin/cdk.ts does', () => {
    const [, name] = /new MillimetricStack\(app, '(\w+)'\)/.exec(readFileSync('bin/cdk.ts', 'utf8')) ?? [];
    const said = blocks.flatMap(({ text }) =>
      [...text.matchAll(/--stack (\w+)|^stack=(\w+)$/gm)].map(([, flag, variable]) => flag ?? variable),
    );
    expect(said.length).toBeGreaterThan(3);
    expect([...new Set(said)]).toEqual([name]);
  });
});

describe('the picture of the cloud', () => {
  const picture = readFileSync('docs/cloud.svg', 'utf8')
    .replace(/<(style|defs)>.*?<\/\1>/gs, '')
    .replace(/<[^>]+>/g, ' ');
  test('names everything the stack is made of', () => {
    const made = [...new Set(Object.values(template.Resources).map(({ Type }) => Type.split('::')[1] ?? ''))];
    expect(made.toSorted()).toEqual(Object.keys(services).toSorted());
    expect(made.filter((service) => !picture.includes(services[service] ?? service))).toEqual([]);
  });
  test('has the rooms of lib/stack.ts and the functions of lambdas/', () => {
    const [, made = ''] =
      /props: MillimetricProps = \{\}\) \{(.*?)\n {2}\}/s.exec(readFileSync('lib/stack.ts', 'utf8')) ?? [];
    const rooms = [...made.matchAll(/const (\w+) = new /g)]
      .map(([, room = '']) => room)
      .filter((room) => room !== 'doors');
    const functions = readdirSync('lambdas').map((file) => file.replace('.ts', ''));
    expect(rooms.length).toBeGreaterThan(4);
    expect([...rooms, ...functions].filter((word) => !new RegExp(`\\b${word}\\b`).test(picture))).toEqual([]);
  });
});
