import type { Command } from './command.ts';
import { didYouMean } from './did-you-mean.ts';
import { type Installation, installationFlags, installationOf } from './installation.ts';
import { listTools, readTools, type Tool } from './mcp.ts';
import { exits, failed } from './stop.ts';
import type { Terminal } from './terminal.ts';
import { wrapped } from './wrapped.ts';

/** `millimetric tools`: what may be asked here. */
export const tools: Command = {
  takes: '[TOOL]',
  does: 'List the tools the key may call; with a name, each argument of that one.',
  flags: installationFlags,
  more: '  millimetric tools funnel',
  run: async (given, terminal) => {
    terminal.out(await listing(await installationOf(given, terminal, 'rk'), terminal, given.words[0]));
    return exits.done;
  },
};

/** The tools, each with the names of its arguments; or one, with all that is to know. */
export const listing = async (
  installation: Installation,
  terminal: Terminal,
  only?: string,
): Promise<string> => listed(await listTools(installation, terminal), terminal, only);

/** One tool as this version knows it, without a server. */
export const toolHelp = async (terminal: Terminal, name: string): Promise<string> => {
  const { toolsFor } = await import('../serve/tool-list.ts');
  return listed(readTools(toolsFor(true)), terminal, name);
};

function listed(all: readonly Tool[], terminal: Terminal, only: string | undefined): string {
  if (only === undefined)
    return wrapped(
      `${all.map(brief).join('\n')}\n\`millimetric tools NAME\` explains the arguments of one.\n`,
      terminal,
    );
  const one = all.find(({ name }) => name === only);
  const names = all.map(({ name }) => name);
  if (one === undefined)
    throw failed(
      `There is no tool \`${only}\` for this key.${didYouMean(only, names)} There are: ${names.join(', ')}.`,
    );
  return wrapped(full(one), terminal);
}

/** Required arguments plain, optional ones in brackets. */
function brief({ name, description, inputSchema }: Tool): string {
  const words = Object.keys(inputSchema.properties).map((word) =>
    inputSchema.required.includes(word) ? `--${word}` : `[--${word}]`,
  );
  return `${[name, ...words].join(' ')}\n    ${description}\n`;
}

function full({ name, description, inputSchema }: Tool): string {
  const rows = Object.entries(inputSchema.properties).map(([word, schema]) => {
    const required = inputSchema.required.includes(word) ? ' (required)' : '';
    return `  --${word}  ${[kind(schema), required].join('')}\n      ${schema.description ?? ''}\n`;
  });
  return `${name}\n${description}\n\n${rows.join('')}`;
}

/** A JSON schema in a few words: its choices, else its type. */
function kind(schema: Readonly<Record<string, unknown>>): string {
  const choices = schema.enum;
  if (Array.isArray(choices)) return choices.join('|');
  const either = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(either))
    return [...new Set(either.map((part: unknown) => (isRecord(part) ? kind(part) : '')))]
      .filter((word) => word !== '')
      .join(' or ');
  const type = schema.type;
  return Array.isArray(type)
    ? type.join(' or ')
    : typeof type === 'string'
      ? type === 'array'
        ? 'list'
        : type === 'string'
          ? 'text'
          : type
      : 'value';
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
