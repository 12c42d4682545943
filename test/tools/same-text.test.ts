import { describe, expect, test } from 'vitest';
import { questions } from '../../src/tools/index.ts';
import type { Question } from '../../src/tools/question.ts';
import { type Asker, resolve } from '../../src/tools/resolve.ts';

const hour = 3_600_000;
const asker: Asker = {
  projects: ['p'],
  byProject: false,
  env: 'live',
  lake: 'raw',
  timezone: 'Europe/Berlin',
  now: Date.parse('2026-03-10T12:00:00.123Z'),
};
const planned = (question: Question, args: Readonly<Record<string, unknown>>, now: number) => {
  const { asking, resolved } = resolve(question, args, { ...asker, now });
  return { text: question.ask(asking).text, resolved };
};

/** What `resolved` says is the whole question: nothing else of a text knows the time (docs/decisions/0002). */
describe.each(questions.map((question) => [question.name, question] as const))(
  '%s is the same text an hour later',
  (_, question) => {
    const examples = question.examples.map(({ says, input }) => [says, input] as const);

    test.each(examples)('where its resolved arguments are sent back: %s', (_says, input) => {
      const first = planned(question, input, asker.now);
      expect(planned(question, first.resolved, asker.now + hour)).toEqual(first);
    });

    test.each(examples)('where both ends of its period are named: %s', (_says, input) => {
      const fixed = { ...input, from: '2026-03-01', to: '2026-03-09' };
      expect(planned(question, fixed, asker.now + hour)).toEqual(planned(question, fixed, asker.now));
    });

    test.each(examples)('and not where it ends now: %s', (_says, { from: _from, to: _to, ...input }) => {
      expect(planned(question, input, asker.now + hour).text).not.toBe(
        planned(question, input, asker.now).text,
      );
    });
  },
);
