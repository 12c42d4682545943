import type { Log } from '../ports.ts';

/** Runs shorter than this are words of ours as likely as the caller’s. */
const shortestRun = 8;
/** Whole values shorter than this (`*`, `en`, `50`) say nothing of anyone. */
const shortestValue = 4;
/** What is searched for private runs is cut here: a bug must not become slow as well. */
const searched = 65_536;

/**
 * Writes down what was thrown, whole: names, messages, stacks and causes. Runs of 8 characters and more that the caller sent (key, body,
 * query, address) are blotted out, as are keys from anywhere.
 */
export const logFailure = (
  log: Log,
  thrown: unknown,
  requestId: string,
  sent: readonly (string | null | undefined)[],
): void => {
  const hidden = sent.flatMap((text) =>
    text && text.length >= shortestValue ? [text.slice(0, searched)] : [],
  );
  log.error('internal_error', {
    request_id: requestId,
    failure: whole(thrown).map((text) => blotted(text, hidden)),
  });
};

const whole = (thrown: unknown, depth = 0): readonly string[] => {
  if (!(thrown instanceof Error)) return [`thrown: ${typeof thrown}`];
  const stack = (thrown.stack ?? `${thrown.name}: ${thrown.message}`).slice(0, 4_000);
  return [stack, ...(thrown.cause === undefined || depth > 4 ? [] : whole(thrown.cause, depth + 1))];
};

/** The text without what anyone else’s ears must not hear. */
export const blotted = (text: string, hidden: readonly string[]): string => {
  let clean = text.replace(/\b((?:pk|sk|rk|ak)_(?:live|test)_[A-Za-z0-9]{8})_[A-Za-z0-9_-]+/g, '$1_…');
  for (const secret of hidden)
    clean = secret.length < shortestRun ? clean.replaceAll(secret, '…') : withoutRuns(clean, secret);
  return clean;
};

const withoutRuns = (text: string, secret: string): string => {
  let clean = '';
  let at = 0;
  while (at < text.length) {
    let run = shortestRun;
    if (at + run > text.length || !secret.includes(text.slice(at, at + run))) {
      clean += text[at];
      at += 1;
      continue;
    }
    while (at + run < text.length && secret.includes(text.slice(at, at + run + 1))) run += 1;
    clean += '…';
    at += run;
  }
  return clean;
};
