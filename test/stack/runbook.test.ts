import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { synthesized } from './synth.ts';

const { template } = synthesized();
const alarms = Object.keys(template.findResources('AWS::CloudWatch::Alarm')).map(
  (id) => /Watch(\w+?)[0-9A-F]{8}$/.exec(id)?.[1] ?? id,
);
const [, text = ''] = /^## Alarms\n(.*?)^## /ms.exec(readFileSync('docs/runbook.md', 'utf8')) ?? [];
const sections = new Map(
  text
    .split(/^### /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section]),
);

describe('the runbook', () => {
  test('has a section for each alarm, and none for an alarm that there is not', () => {
    expect([...sections.keys()].sort()).toEqual(alarms.toSorted());
  });
  test.each([...sections])(
    'on %s says what it means, where to look, with a command, and what to do',
    (_, section) => {
      expect([...section.matchAll(/^\*\*(\w+)\*\*/gm)].map(([, word]) => word)).toEqual([
        'Means',
        'Look',
        'Do',
      ]);
      expect(section).toMatch(/```sh\naws /);
    },
  );
});
