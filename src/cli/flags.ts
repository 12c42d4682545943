import { parseArgs } from 'node:util';
import { didYouMean } from './did-you-mean.ts';
import { wrongUsage } from './stop.ts';

/** One `--flag` of a command. Parsing and `--help` read these. */
export interface Flag {
  /** What its value is called in the help; absent: the flag takes none. */
  readonly value?: string;
  readonly does: string;
  readonly short?: string;
}
export type Flags = Readonly<Record<string, Flag>>;

/** What was typed, read against a command’s flags. */
export interface Given {
  /** What stands there without a flag. */
  readonly words: readonly string[];
  readonly has: (flag: string) => boolean;
  /** The last value given. */
  readonly text: (flag: string) => string | undefined;
  readonly texts: (flag: string) => readonly string[];
  /** Flags that are not the command’s own, in their order: `ask` hands them to the tool. */
  readonly others: readonly { readonly name: string; readonly value: string }[];
}

/** Reads arguments. A flag that is not in the table is wrong usage, unless `others` are welcome; then one without a value means `true`. */
export const readFlags = (
  args: readonly string[],
  flags: Flags,
  others: 'welcome' | 'refused' = 'refused',
): Given => {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [
      name,
      {
        type: flag.value === undefined ? ('boolean' as const) : ('string' as const),
        ...(flag.short === undefined ? {} : { short: flag.short }),
      },
    ]),
  );
  const { tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const words: string[] = [];
  const seen = new Map<string, string[]>();
  const rest: { name: string; value: string }[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token === undefined || token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      words.push(token.value);
      continue;
    }
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined;
    if (flag === undefined) {
      if (others === 'refused' || !token.rawName.startsWith('--')) {
        throw wrongUsage(
          `There is no flag \`${token.rawName}\` here.${didYouMean(token.name, Object.keys(flags), '--')} \`--help\` lists them all.`,
        );
      }
      const next = tokens[i + 1];
      const follows =
        token.value === undefined && next?.kind === 'positional' && next.index === token.index + 1
          ? next.value
          : undefined;
      if (follows !== undefined) i++;
      rest.push({ name: token.name, value: token.value ?? follows ?? 'true' });
    } else if (flag.value === undefined) {
      if (token.value !== undefined)
        throw wrongUsage(`\`${token.rawName}\` takes no value; \`${token.value}\` was given.`);
      seen.set(token.name, []);
    } else {
      const forgotten =
        token.value === undefined ||
        (!token.inlineValue && token.value.length > 1 && token.value.startsWith('-'));
      if (token.value === undefined || forgotten)
        throw wrongUsage(`\`${token.rawName}\` needs a value: \`${token.rawName} ${flag.value}\`.`);
      seen.set(token.name, [...(seen.get(token.name) ?? []), token.value]);
    }
  }
  const texts = (flag: string): readonly string[] => seen.get(flag) ?? [];
  return { words, has: (flag) => seen.has(flag), text: (flag) => texts(flag).at(-1), texts, others: rest };
};
