import { bytes } from './bytes.ts';
import { forged } from './forged.ts';
import { paths } from './paths.ts';
import type { At } from './place.ts';
import { templates } from './templates.ts';
import { verdicts } from './verdicts.ts';
import { visitors } from './visitors.ts';

/** What somebody does who wants more than the key gives: spellings, headers, remembered verdicts, text that means something to a gateway, bytes. */
export const attack = (at: At): void => {
  paths(at);
  forged(at);
  verdicts(at);
  templates(at);
  bytes(at);
  visitors(at);
};
