import type { Principal } from '../access/principal.ts';
import { metered } from '../accounts/budget.ts';
import { jsonInPieces } from '../events/json-in-pieces.ts';
import { answer } from '../mcp/core.ts';
import type { Json, McpHost, McpReference, McpToolResult } from '../mcp/host.ts';
import type { IntakeWorld, QuestionWorld } from '../ports.ts';
import { Problem } from '../problems.ts';
import { actionNamed, questionNamed } from '../tools/index.ts';
import { answerRoom, cappedNotes, fittingRows, shownFields, shownText } from '../tools/shown.ts';
import { meant, visible } from '../tools/visible.ts';
import { version } from '../version.ts';
import { ask, type Running } from './ask.ts';
import type { RoutedRequest } from './asked.ts';
import { keepTracked } from './collect.ts';
import { door, type Handler, type Told } from './door.ts';
import type { CuttableAnswer as Answered, Envelope } from './envelope.ts';
import { logFailure } from './failure.ts';
import { instructionsFor } from './instructions.ts';
import { prompts } from './prompts.ts';
import { namesMatching, readResource, resources, templates } from './resources.ts';
import { asLists } from './table.ts';
import { type Chosen, chosenBy, toolsFor } from './tool-list.ts';

/** POST /mcp: the protocol core speaking for one key. */
export const speakMcp = (world: IntakeWorld & QuestionWorld): Handler =>
  door(world, (asked) => speak(world, asked));

async function speak(world: IntakeWorld & QuestionWorld, asked: RoutedRequest): Promise<Told> {
  const { principal, headers } = asked;
  if (principal === null || principal.project === null)
    throw new Problem('key_kind_not_allowed', 'POST /mcp takes the rk_ or sk_ key of one project.');
  const { origin } = headers;
  if (
    origin !== undefined &&
    !principal.project.allowedOrigins.some((allowed) => allowed === '*' || allowed === origin)
  )
    throw new Problem(
      'origin_not_allowed',
      `origin ${JSON.stringify(origin.slice(0, 200))} is not among the allowed_origins of project ${principal.project.slug}; add it there, or send no Origin.`,
    );
  const {
    status,
    headers: more,
    body,
  } = await answer(
    { method: 'POST', headers, body: asked.body },
    hostFor(world, principal, asked, chosenBy(asked.query)),
  );
  return { status, headers: { 'Content-Type': 'application/json', ...more }, body };
}

/** What the protocol core says for this key. */
export const hostFor = (
  world: IntakeWorld & QuestionWorld,
  principal: Principal,
  asked: Pick<RoutedRequest, 'requestId' | 'ip' | 'headers' | 'body' | 'signal'>,
  chosen: Chosen = () => true,
): McpHost => hostOver(world, metered(world, principal), principal, asked, chosen);

/** The same, with the `counted` world: there, what this key asks is counted. */
const hostOver = (
  world: IntakeWorld,
  counted: QuestionWorld,
  principal: Principal,
  asked: Parameters<typeof hostFor>[2],
  chosen: Chosen,
): McpHost => ({
  serverInfo: { name: 'millimetric', title: 'Millimetric', version },
  instructions: instructionsFor(toolsFor(mayWrite(principal), chosen).map(({ name }) => name)),
  tools: () => toolsFor(mayWrite(principal), chosen),
  call: async (name, args) => {
    if (!chosen(name)) return undefined;
    if (questionNamed(name) !== undefined)
      return resultOf(await ask(counted, principal, name, args, asked.signal));
    const action = actionNamed(name);
    if (action === undefined) return undefined;
    if (!mayWrite(principal))
      throw new Problem('insufficient_scope', `${action.name} needs an sk_ key; this rk_ key only reads.`);
    const body = (await exactArguments(asked.body, world.breathe)) ?? args;
    const { said, headers } = await keepTracked(world, principal, body, {
      ip: asked.ip,
      userAgent: asked.headers['user-agent'] ?? null,
    });
    const warning = headers['X-Quota-Warning'];
    return plain({ ...said, ...(warning !== undefined && { warning }) });
  },
  resources: () => resources,
  templates: () => templates,
  read: (uri) => readResource({ world: counted, principal, signal: asked.signal }, uri),
  prompts: () => prompts.map(({ says, ...prompt }) => prompt),
  prompt: async (name, args) => {
    const prompt = prompts.find((p) => p.name === name);
    if (prompt === undefined) return undefined;
    const lacking = prompt.arguments?.find((a) => a.required === true && (args[a.name] ?? '') === '');
    if (lacking !== undefined)
      throw new Problem('invalid_params', `prompt ${name} needs ${lacking.name}: ${lacking.description}`);
    return {
      description: prompt.description,
      messages: [{ role: 'user', content: { type: 'text', text: prompt.says(args) } }],
    };
  },
  complete: async (of, argument) => {
    const takes = placesOf(of);
    if (takes === undefined) return undefined;
    if (!takes.includes(argument.name)) {
      const whose = 'prompt' in of ? `prompt ${of.prompt}` : `template ${of.template}`;
      throw new Problem(
        'invalid_params',
        `${whose} has no argument ${JSON.stringify(argument.name.slice(0, 64))}; it takes ${takes.join(', ')}.`,
      );
    }
    if (argument.name === 'period')
      return ['last:24h', 'last:7d', 'last:4w', 'last:12w'].filter((period) =>
        period.startsWith(argument.value),
      );
    const typed = argument.value.split(',');
    const last = typed.pop() ?? '';
    const before = argument.name === 'steps' ? typed.map((step) => `${step},`).join('') : '';
    const { names } = await namesMatching(
      { world: counted, principal, signal: asked.signal },
      { startsWith: meant(last) },
    );
    return names.map((name) => before + visible(name));
  },
  parsed: (body) => jsonInPieces(body, world.breathe, { read: JSON.parse }),
  bug: (thrown) =>
    logFailure(world.log, thrown, asked.requestId, [...Object.values(asked.headers), asked.body, asked.ip]),
});

/** The arguments of a call with the digits their numbers were sent with. */
const exactArguments = async (body: string, breathe: () => Promise<void>): Promise<unknown> => {
  const message = await jsonInPieces(body, breathe);
  const params = isObject(message) ? message.params : undefined;
  return isObject(params) ? params.arguments : undefined;
};
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** What a prompt or a template of ours leaves open, by name; undefined where there is none such. */
const placesOf = (of: McpReference): readonly string[] | undefined => {
  if ('template' in of)
    return templates.some(({ uriTemplate }) => uriTemplate === of.template)
      ? [...of.template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
      : undefined;
  const prompt = prompts.find(({ name }) => name === of.prompt);
  return prompt && (prompt.arguments ?? []).map(({ name }) => name);
};

const mayWrite = ({ kind }: Principal): boolean => kind === 'sk';

/** The rows as text, bare (contract §6) or as a table, everything else beside them; rows that do not fit wait behind a cursor. Of a question that runs on, how to come back. */
function resultOf(said: Answered | Running): McpToolResult {
  if ('status' in said)
    return {
      content: [{ type: 'text', text: cappedNotes(said.notes).join('\n') }],
      structuredContent: shownFields({ ...said }),
    };
  const { envelope, head, first, format } = said;
  const columns = envelope.columns.map(({ name }) => ({ name: visible(name) }));
  const asWritten = (rows: readonly Json[]): readonly unknown[] =>
    format.overMcp === 'table' ? asLists(rows, columns) : rows;
  const around = (part: Envelope, more: readonly string[] = []): Json => ({
    ...shownFields({ ...head, ...part, rows: [] }),
    notes: [...cappedNotes(part.notes), ...more],
  });
  // Arguments said back at length must not leave an answer without rows.
  const room = Math.max(answerRoom / 2, answerRoom - roomForCut - JSON.stringify(around(first(1))).length);
  const { rows, cut } = fittingRows(envelope.rows, room, (row) => asWritten([row])[0]);
  const table = { columns: columns.map(({ name }) => name), rows: asWritten(rows) };
  return {
    content: [
      ...(envelope.profile === undefined
        ? []
        : [{ type: 'text' as const, text: shownText({ profile: envelope.profile }) }]),
      { type: 'text', text: JSON.stringify(format.overMcp === 'table' ? table : rows) },
    ],
    structuredContent: { ...around(first(rows.length), cut), rows: table.rows },
  };
}

/** Characters kept for the note that cells are cut. */
const roomForCut = 250;

const plain = (body: Json): McpToolResult => ({
  content: [{ type: 'text', text: shownText(body) }],
  structuredContent: shownFields(body),
});
