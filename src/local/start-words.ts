import { parseArgs } from 'node:util';
import { nearest } from '../tools/nearest.ts';
import { version } from '../version.ts';

/** What was typed behind `npm start --`. */
export interface StartWords {
  /** Say this and do not start. */
  readonly asks?: 'help' | 'version';
  /** `quiet`: a line a second for a person; `json`: an object a line. Left out: quiet on a terminal. */
  readonly log?: 'quiet' | 'json';
}

const flags = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
  log: { type: 'string' },
} as const;
const names = Object.keys(flags);

const help = `npm start [-- FLAGS]: the whole product on one port.

  --log json|quiet   One JSON object a request and event, or one line of counts a second.
                     Default: quiet on a terminal, json elsewhere.
  --version, -v      Which version this is.
  --help, -h         This page.

Settings are variables:
  PORT                        The port; 0 takes any free one. Default: 8787.
  HOST                        The address to listen on; 0.0.0.0 for every network. Default: 127.0.0.1.
  MILLIMETRIC_DATA            The data folder. Default: .millimetric here.
  MILLIMETRIC_COUNTRY_HEADER  The header in which an edge of yours names the visitor's country. Default: none.

The lines to paste, keys filled in, whenever you need them: npm run -s millimetric -- connect
`;

/** What is said to `npm start -- --help` and `--version`. */
export const startAnswers = { help, version: `${version}\n` } as const;

/** Reads them; throws an Error whose one sentence says what to write instead. */
export const startWordsFrom = (args: readonly string[]): StartWords => {
  const { tokens } = parseArgs({
    args: [...args],
    options: flags,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  let words: StartWords = {};
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional')
      throw new Error(
        `npm start takes no ${JSON.stringify(token.value)}: ${
          /^[A-Z_]+=/.test(token.value)
            ? `set it before the command: ${token.value} npm start.`
            : 'only flags, which `npm start -- --help` lists. Commands are typed as npm run -s millimetric -- COMMAND.'
        }`,
      );
    if (token.name === 'log') words = { ...words, log: logFrom(token.value) };
    else if (token.name === 'help' || token.name === 'version') words = { ...words, asks: token.name };
    else throw new Error(unknownFlag(token.rawName, token.name));
  }
  return words;
};

const logFrom = (value: string | undefined): 'quiet' | 'json' => {
  if (value === 'quiet' || value === 'json') return value;
  throw new Error(
    `--log takes quiet or json, not ${JSON.stringify(value ?? '')}; leave it out for quiet on a terminal.`,
  );
};

const unknownFlag = (typed: string, name: string): string => {
  const setting = { port: 'PORT', host: 'HOST', data: 'MILLIMETRIC_DATA', dir: 'MILLIMETRIC_DATA' }[name];
  const [near] = nearest(name, names, 1);
  const instead =
    setting === undefined
      ? near === undefined
        ? ''
        : ` Did you mean --${near}?`
      : ` It is a variable: ${setting}=… npm start.`;
  return `npm start knows no flag ${typed}.${instead} \`npm start -- --help\` lists them all.`;
};
