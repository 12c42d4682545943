import fc from 'fast-check';
import { expect, test } from 'vitest';
import { agentOf } from '../../src/events/agent.ts';
import { browserNames, systemNames } from '../../src/events/agent-names.ts';
import { agents, kinds } from './agents.ts';

const devices = ['mobile', 'tablet', 'desktop', 'bot'] as const;

/** Rows are what sent it, columns what we say it is. */
const table = (): string =>
  [
    ['', ...devices, 'browser', 'system'],
    ...kinds.map((kind) => {
      const those = agents.filter((known) => known.kind === kind);
      const said = those.map(({ userAgent }) => agentOf(userAgent));
      const right = (column: 'browser' | 'os') =>
        those.filter((known, i) => said[i]?.[column] === known[column]).length;
      return [
        kind,
        ...devices.map((device) => said.filter(({ device_type }) => device_type === device).length),
        `${right('browser')}/${those.length}`,
        `${right('os')}/${those.length}`,
      ];
    }),
  ]
    .map((row) => row.map((cell, i) => (i === 0 ? `${cell}`.padEnd(11) : `${cell}`.padStart(8))).join(''))
    .join('\n');

test('ten kinds of agents and what they are taken for', () => {
  expect(`\n${table()}\n`).toMatchInlineSnapshot(`
    "
                 mobile  tablet desktop     bot browser  system
    phone            66       0       0       0   66/66   66/66
    tablet            0      21       0       0   21/21   21/21
    desktop           0       0      53       0   53/53   53/53
    in-app           28       0       0       0   28/28   28/28
    television        0       0      21       0   21/21   21/21
    console           0       0       7       0     7/7     7/7
    wearable          3       0       0       0     3/3     3/3
    crawler           0       0       0      47   47/47   47/47
    program           0       0       0      37   37/37   37/37
    monitor           0       0       0      22   22/22   22/22
    "
  `);
});

test.each(agents)('$kind: $userAgent', ({ userAgent, device, browser, os }) => {
  expect(agentOf(userAgent)).toEqual({ device_type: device, browser, os });
});

test('no visitor makes a browser or a system of their own, however they write it', () => {
  const browsers: readonly (string | null)[] = [null, ...browserNames.values()];
  const systems: readonly (string | null)[] = [null, ...systemNames.values()];
  const people = agents.filter(({ device }) => device !== 'bot').map(({ userAgent }) => userAgent);
  const written = fc
    .tuple(fc.constantFrom(...people), fc.infiniteStream(fc.boolean()))
    .map(([userAgent, up]) =>
      [...userAgent]
        .map((letter) => (up.next().value === true ? letter.toUpperCase() : letter.toLowerCase()))
        .join(''),
    );
  fc.assert(
    fc.property(
      fc.oneof(
        written,
        fc.string({ maxLength: 80 }).map((text) => `Mozilla/5.0 (${text}) Chrome/1`),
      ),
      (odd) => {
        const { browser, os } = agentOf(odd);
        expect(browsers).toContain(browser);
        expect(systems).toContain(os);
      },
    ),
    { numRuns: 1000 },
  );
});

test.each([
  ['cHrOmE', 'Chrome'],
  ['CHROME', 'Chrome'],
  ['FIREFOX', 'Firefox'],
])('%s is %s', (written, name) => {
  expect(agentOf(`Mozilla/5.0 (X11; LINUX x86_64) ${written}/126.0`)).toEqual({
    device_type: 'desktop',
    browser: name,
    os: 'Linux',
  });
});
