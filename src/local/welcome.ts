import { firstSteps } from '../serve/first-steps.ts';
import type { Keys } from './first-start.ts';

/** What a person needs at a start: everything at the first, little afterwards. */
export const welcome = ({
  url,
  dir,
  keys,
  first,
}: {
  readonly url: string;
  readonly dir: string;
  readonly keys: Keys;
  readonly first: boolean;
}): string => (first ? `${headline(url, dir)}\n${firstSteps(url, keys.keys)}` : headline(url, dir));

const headline = (url: string, dir: string): string => `
  Millimetric runs on ${url}
  Data: ${dir} (keys in keys.json)
  Stop: Ctrl-C
`;
