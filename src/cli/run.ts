import { administration } from './admin-commands.ts';
import { askTool } from './ask.ts';
import type { Command } from './command.ts';
import { connect } from './connect.ts';
import { didYouMean } from './did-you-mean.ts';
import { eatenByNpm } from './eaten.ts';
import { type Flags, readFlags } from './flags.ts';
import { importLog } from './import.ts';
import { init } from './init.ts';
import { type Exit, exits, Stop, wrongUsage } from './stop.ts';
import type { Terminal } from './terminal.ts';
import { tools } from './tools.ts';
import { track } from './track.ts';
import { paragraph, wrapped } from './wrapped.ts';

/** The commands, in the order of the help. */
const commands: Readonly<Record<string, Command>> = {
  connect,
  import: importLog,
  track,
  ask: askTool,
  tools,
  ...administration,
  init,
};
const helpFlag = { help: { short: 'h', does: 'Explain this command.' } } as const satisfies Flags;

/** Runs what was typed after `millimetric` and gives the exit code. Whatever goes wrong is one sentence on standard error. */
export const run = async (args: readonly string[], terminal: Terminal): Promise<Exit> => {
  try {
    return await dispatch(args, terminal);
  } catch (thrown) {
    if (!(thrown instanceof Stop)) throw thrown;
    terminal.err(`${thrown.message}\n`);
    return thrown.exit;
  }
};

async function dispatch([word, ...args]: readonly string[], terminal: Terminal): Promise<Exit> {
  if (word === undefined || word === 'help' || word === '--help' || word === '-h') {
    const about = word === 'help' ? args[0] : undefined;
    terminal.out(wrapped(about === undefined ? overview() : explained(about, named(about)), terminal));
    return exits.done;
  }
  const command = named(word);
  await eatenByNpm(word, command, args, terminal);
  const given = readFlags(args, { ...command.flags, ...helpFlag }, command.others);
  // `ask TOOL --help` is about the tool.
  if (given.has('help') && !(command === askTool && given.words.length > 0)) {
    terminal.out(wrapped(explained(word, command), terminal));
    return exits.done;
  }
  return command.run(given, terminal);
}

function named(word: string): Command {
  const command = Object.hasOwn(commands, word) ? commands[word] : undefined;
  if (command === undefined)
    throw wrongUsage(
      `There is no command \`${word}\`.${didYouMean(word, [...Object.keys(commands), 'help'])} \`millimetric help\` lists them.`,
    );
  return command;
}

const overview = (): string => `millimetric: the command line of a running installation.

${Object.entries(commands)
  .map(([name, { takes, does }]) => `  ${`${name} ${takes}`.padEnd(32)} ${does}\n`)
  .join('')}  ${'help [COMMAND]'.padEnd(32)} This page, or all about one command.

Where and who, on every command but init:
${listed(tools.flags)}
Exit codes: ${exits.done} done, ${exits.failed} the request failed or data was refused, ${exits.usage} wrong usage, ${exits.interrupted} interrupted (Ctrl-C).
`;

const explained = (
  name: string,
  { takes, does, flags, more }: Command,
): string => `millimetric ${name} ${takes}
${does}

${listed({ ...flags, ...helpFlag })}
${paragraph(more)}
`;

const listed = (flags: Flags): string =>
  Object.entries(flags)
    .map(
      ([name, { value, does }]) =>
        `  ${`--${name}${value === undefined ? '' : ` ${value}`}`.padEnd(26)} ${does}\n`,
    )
    .join('');
