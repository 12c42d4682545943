import { firstSteps } from '../serve/first-steps.ts';
import type { Keys } from './first-start.ts';

/** What a person needs at a start: where it runs and the lines to paste, keys filled in. */
export const welcome = ({
  url,
  dir,
  keys,
  code,
}: {
  readonly url: string;
  readonly dir: string;
  readonly keys: Keys;
  /** Signs in once, within five minutes. */
  readonly code: string;
}): string => `
  Millimetric runs on ${url}
  Look at it: ${url}/app#code=${code} (once, within 5 minutes)
  Data: ${dir} (keys in keys.json)
${firstSteps(url, keys.keys)}  These lines again: npm run -s millimetric -- connect
  Stop: Ctrl-C
`;
