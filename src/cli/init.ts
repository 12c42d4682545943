import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { Problem } from '../problems.ts';
import { firstSteps } from '../serve/first-steps.ts';
import type { Command } from './command.ts';
import type { Given } from './flags.ts';
import { exits, failed, wrongUsage } from './stop.ts';
import type { Terminal } from './terminal.ts';

const keys = z.object({ pk: z.string(), sk: z.string(), rk: z.string(), ak: z.string() });
/** What the stack’s function answers. */
const started = z.object({
  account_id: z.string(),
  project_id: z.string(),
  project_slug: z.string(),
  keys: keys.nullable(),
  admin: z.string().nullable().default(null),
  active: z.array(z.string()),
});
type Started = z.infer<typeof started>;

/** `millimetric init`: the first account, project and keys of a stack. The one command that speaks to AWS, and so the one that loads its SDK. */
export const init: Command = {
  takes: '--stack NAME',
  does: 'Make the first account, project and keys of a stack in AWS.',
  flags: {
    stack: { value: 'NAME', does: 'The CloudFormation stack, as `npx cdk deploy` named it.' },
    region: { value: 'REGION', does: 'Where it is. Default: AWS_REGION, else that of your AWS profile.' },
    rotate: { does: 'Mint four new keys, then revoke those made here before: they are refused within 60 s.' },
    admin: {
      does: 'Mint an ak_ key with scope admin too, for `millimetric projects|keys|accounts|plans|audit`; shown once.',
    },
    origin: {
      value: 'ORIGIN',
      does: 'A site whose pages may use the pk_ key, e.g. https://shop.example; may be repeated. Replaces those set before.',
    },
    timezone: { value: 'ZONE', does: 'The project’s time zone, e.g. Europe/Berlin. Default: UTC.' },
    save: {
      value: 'FILE',
      does: 'Keep new keys in this new file too, for its owner only, in the form of keys.json.',
    },
    json: { does: 'The answer as JSON: url, mcp_url, ids, keys (null where none are new), active.' },
  },
  more: `It uses your AWS credentials as the AWS command line does, reads the stack’s outputs and calls its function InitFunction: who may
do both may do this, and nobody else. Keys are shown once, when they are minted. Run again it makes nothing and shows names.
  millimetric init --stack Millimetric --region eu-west-1 --origin https://shop.example
  millimetric init --stack Millimetric --save .millimetric-cloud/keys.json
  millimetric init --stack Millimetric --rotate`,
  run: async (given, terminal) => {
    const stack = given.text('stack');
    if (stack === undefined || stack === '')
      throw wrongUsage('Which stack? `millimetric init --stack Millimetric`.');
    if (given.words.length > 0)
      throw wrongUsage(`\`${given.words[0]}\` belongs to no flag: the stack’s name follows \`--stack\`.`);
    // Before keys are minted that could then not be kept.
    const safe = await newFile(given.text('save'));
    try {
      await begin(given, stack, terminal, safe);
    } catch (thrown) {
      throw thrown instanceof Problem ? failed(thrown.message) : thrown;
    } finally {
      await safe.close();
    }
    return exits.done;
  },
};

async function begin(given: Given, stack: string, terminal: Terminal, safe: NewFile): Promise<void> {
  const { openOperator } = await import('../aws/operator.ts');
  const operator = openOperator(given.text('region'));
  const { ApiUrl: url, McpUrl: mcpUrl, InitFunction: name } = await operator.outputs(stack);
  if (url === undefined || name === undefined)
    throw failed(
      `The stack ${stack} has no outputs ApiUrl and InitFunction, so it is none of ours, or an older one.`,
    );
  const order = async (what: object): Promise<Started> => {
    const answer = started.safeParse(await operator.call(name, what));
    if (!answer.success)
      throw failed(
        `The function ${name} answered, but not in the words of this version (${z.prettifyError(answer.error)}). Deploy the stack again.`,
      );
    return answer.data;
  };

  const before = await order({ project: projectOf(given), ...(given.has('admin') && { admin: true }) });
  // At the very first start there is nothing to rotate: the keys are new.
  const rotates = given.has('rotate') && before.keys === null;
  const now = rotates ? await order({ rotate: true }) : before;
  // A key that administers was asked for in the same breath and stays.
  const old = before.active.filter((key) => before.admin?.startsWith(`${key}_`) !== true);
  const active = rotates ? now.active.filter((key) => !old.includes(key)) : now.active;
  const { account_id, project_id, project_slug } = now;
  const { admin } = before;
  const saved = {
    ...{ account_id, project_id, project_slug },
    keys: now.keys && { ...now.keys, ...(admin !== null && { admin }) },
  };
  terminal.out(
    given.has('json')
      ? `${JSON.stringify({ url, mcp_url: mcpUrl ?? `${url}/mcp`, ...saved, ...(admin !== null && { admin }), active }, null, 2)}\n`
      : welcome({ ...now, admin, active }, projectOf(given), url, stack),
  );
  if (now.keys !== null) await safe.write(`${JSON.stringify(saved, null, 2)}\n`);
  // Last, so that whatever happens on the way somebody holds keys that work.
  if (rotates) await revoke(order, old, given.has('json') ? terminal.err : terminal.out);
}

async function revoke(
  order: (what: object) => Promise<Started>,
  names: readonly string[],
  say: (text: string) => void,
): Promise<void> {
  await order({ revoke: names }).catch((thrown: unknown) => {
    throw failed(
      `The new keys work, but the old ones could not be revoked: ${thrown instanceof Error ? thrown.message : ''} Run it with \`--rotate\` again.`,
    );
  });
  say(`  Revoked, and refused within 60 s: ${names.join(', ')}\n`);
}

const projectOf = (given: Given): Readonly<Record<string, unknown>> => {
  const [origins, timezone] = [given.texts('origin'), given.text('timezone')];
  return {
    ...(origins.length === 0 ? {} : { allowed_origins: origins }),
    ...(timezone === undefined ? {} : { timezone }),
  };
};

const welcome = (
  { account_id, project_id, project_slug, keys, admin, active }: Started,
  set: Readonly<Record<string, unknown>>,
  url: string,
  stack: string,
): string => `
  Millimetric runs on ${url}
  Account ${account_id}, project ${project_slug} (${project_id})
${Object.entries(set)
  .map(([field, value]) => `  Set: ${field} ${String(value)}\n`)
  .join(
    '',
  )}${admin === null ? '' : `\n  Shown this once:\n\n${admin}  administers accounts, projects, keys and plans\n`}${keys === null ? shownBefore(active, stack) : `\n${minted(keys)}\n${firstSteps(url, keys)}`}`;

const shownBefore = (
  active: readonly string[],
  stack: string,
): string => `  Keys: ${active.join(', ')} (names; a key itself is shown once, when it is minted)
  New ones instead: npm run -s millimetric -- init --stack ${stack} --rotate
`;

const minted = ({ pk, sk, rk, ak }: z.infer<typeof keys>): string => `  Keys, shown this once:

${pk}  for pages of the allowed origins: sends events
${sk}  for servers and agents: sends events, asks questions
${rk}  for dashboards and agents: asks questions
${ak}  for every project of the account: asks questions`;

/** A file that is there before it has a content, so that nothing is minted that it could not hold. */
interface NewFile {
  readonly write: (text: string) => Promise<void>;
  /** Leaves nothing behind where nothing was written. */
  readonly close: () => Promise<void>;
}

async function newFile(path: string | undefined): Promise<NewFile> {
  if (path === undefined) return { write: async () => {}, close: async () => {} };
  const file: FileHandle = await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    .then(() => open(path, 'wx', 0o600))
    .catch((thrown: unknown) => {
      const isThere = thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST';
      const why = isThere
        ? 'is there already and would be lost'
        : `cannot be made (${thrown instanceof Error ? thrown.message : 'no reason given'})`;
      throw failed(`${path} ${why}; nothing was minted. Name a new file with \`--save\`.`);
    });
  let written = false;
  return {
    write: async (text) => {
      await file
        .writeFile(text)
        .then(() => file.sync())
        .catch((thrown: unknown) => {
          throw failed(
            `${path} cannot be written (${thrown instanceof Error ? thrown.message : 'no reason given'}). The new keys stand above and nowhere else.`,
          );
        });
      written = true;
    },
    close: async () => {
      await file.close();
      if (!written) await rm(path, { force: true });
    },
  };
}
