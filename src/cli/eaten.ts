import type { Command } from './command.ts';
import { wrongUsage } from './stop.ts';
import type { Terminal } from './terminal.ts';

/** What npm always sets. */
const ofNpm = /^user[-_]agent$/;

/** Refuses a command line that lost its flags on the way: without `--` before them `npm run` takes every flag for a setting of its own, and what was a value becomes a word. */
export const eatenByNpm = async (
  word: string,
  { flags, others }: Command,
  args: readonly string[],
  { env }: Terminal,
): Promise<void> => {
  if (env.npm_command !== 'run' && env.npm_command !== 'run-script') return;
  const names = [...Object.keys(flags), 'help', ...(others === undefined ? [] : await argumentNames())];
  const typed = (name: string): boolean =>
    args.some((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
  const eaten = names.filter((name) => {
    const value = env[`npm_config_${name.replaceAll('-', '_')}`];
    return value !== undefined && value !== '' && !ofNpm.test(name) && !typed(name);
  });
  if (eaten.length === 0) return;
  const shown = eaten.map((name) => `--${name.replaceAll('_', '-')}`).join(', ');
  throw wrongUsage(
    `npm took ${shown} for itself: before the words of a command it wants \`--\`. Write \`npm run -s millimetric -- ${word} …\`, or \`npx millimetric ${word} …\`.`,
  );
};

/** What the tools take. */
async function argumentNames(): Promise<readonly string[]> {
  const { toolsFor } = await import('../serve/tool-list.ts');
  return [
    ...new Set(toolsFor(true).flatMap(({ inputSchema: { properties } }) => Object.keys(Object(properties)))),
  ];
}
