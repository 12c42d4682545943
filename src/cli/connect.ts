import { type FirstStep, firstSteps, steps } from '../serve/first-steps.ts';
import type { Command } from './command.ts';
import { didYouMean } from './did-you-mean.ts';
import { installationFlags, savedKeys, urlOf } from './installation.ts';
import { exits, wrongUsage } from './stop.ts';

const ways: Readonly<Record<string, FirstStep>> = steps;
const names = Object.keys(ways);

/** `millimetric connect`: the lines that pages, shells and agents need, keys filled in. It reads keys.json and asks nobody. */
export const connect: Command = {
  takes: '[WHAT]',
  does: 'Print the lines to paste, keys filled in: all that `npm start` prints, or those of one.',
  flags: { url: installationFlags.url },
  more: `Nothing needs to run for it. Where the lines go stands on standard error, so that the lines alone can be piped.
${names.map((name) => `  ${`connect ${name}`.padEnd(20)} ${ways[name]?.does}\n`).join('')}`,
  run: async (given, terminal) => {
    const [name, more] = given.words;
    if (more !== undefined)
      throw wrongUsage(`One at a time: \`connect ${name}\`, then \`connect ${more}\`; or all: \`connect\`.`);
    const way = name === undefined || !Object.hasOwn(ways, name) ? undefined : ways[name];
    if (name !== undefined && way === undefined)
      throw wrongUsage(
        `Nothing is known of \`${name}\`.${didYouMean(name, names)} There are: ${names.join(', ')}.`,
      );
    const url = await urlOf(given, terminal);
    const { keys } = await savedKeys(terminal);
    if (way === undefined) {
      terminal.out(firstSteps(url, keys));
    } else {
      if (terminal.errIsTty) terminal.err(`${way.does}:\n\n`);
      terminal.out(`${way.lines(url, keys)}\n`);
    }
    return exits.done;
  },
};
