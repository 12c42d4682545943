import { expect, test } from 'vitest';
import { duration, progress } from '../../src/cli/progress.ts';
import { desk } from './desk.ts';

/** A desk with a clock that is set by hand. */
const timed = (errIsTty: boolean, columns = 100) => {
  let now = 0;
  const at = desk({ errIsTty, columns, now: () => now });
  return { ...at, set: (ms: number) => (now = ms) };
};

test('on a terminal a bar is drawn over itself, with rate and time left, and taken away at the end', () => {
  const at = timed(true);
  const bar = progress('importing', at.terminal);
  at.set(10_000);
  bar.at(5000, 0.25);
  at.set(10_050);
  bar.at(5010, 0.26);
  bar.end();
  expect(at.said.err).toBe(
    `\r\u001b[Kimporting ${'█'.repeat(6)}${'░'.repeat(18)} 25 %, 5,000 lines, 500/s, 30 s left\r\u001b[K`,
  );
});

test('where the whole is unknown there is a rate and no bar, and no line is wider than the terminal', () => {
  const at = timed(true, 20);
  const bar = progress('importing', at.terminal);
  at.set(1000);
  bar.at(1234, undefined);
  expect(at.said.err).toBe('\r\u001b[Kimporting 1,234 lin');
});

test('elsewhere it is a plain line every ten seconds', () => {
  const at = timed(false);
  const bar = progress('importing', at.terminal);
  for (let s = 1; s <= 25; s++) {
    at.set(s * 1000);
    bar.at(s * 100, s / 100);
  }
  bar.end();
  expect(at.said.err).toBe(
    'importing: 10 %, 1,000 lines, 100/s, 1 min 30 s left\nimporting: 20 %, 2,000 lines, 100/s, 1 min 20 s left\n',
  );
});

test.each([
  [0.04, '0.0 s'],
  [9.94, '9.9 s'],
  [9.96, '10 s'],
  [59.4, '59 s'],
  [200, '3 min 20 s'],
  [7500, '2 h 5 min'],
])('%d seconds are %s', (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});
