import { agents } from './agents.ts';
import { attack } from './attack.ts';
import { browsers } from './browsers.ts';
import { commandLine } from './command-line.ts';
import { intake } from './intake.ts';
import { keys } from './keys.ts';
import { misfits } from './misfits.ts';
import { oauth } from './oauth.ts';
import type { At, Place } from './place.ts';
import { questions } from './questions.ts';
import { refused } from './refused.ts';

/**
 * The whole contract, asked over HTTP of any place where the product runs. Nothing in it knows which: the same bytes are expected everywhere, so two places that pass it answer alike.
 * It may be run on a place again and again; a run adds some 6,000 events.
 */
export const endToEnd = (place: Place | At): void => {
  const at: At = typeof place === 'function' ? place : () => place;
  keys(at);
  refused(at);
  browsers(at);
  intake(at);
  misfits(at);
  questions(at);
  agents(at);
  oauth(at);
  attack(at);
  commandLine(at);
};
