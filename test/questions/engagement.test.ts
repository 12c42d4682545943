import { expect, test } from 'vitest';
import { anEvent } from '../worlds/event.ts';
import { askers } from './agreement.ts';
import { agrees } from './properties.ts';

agrees('engagement');

const { clean } = askers();
const asking = { now: Date.parse('2026-04-20T00:00:00Z'), timezone: 'UTC' };

test.each([
  [1, '1'],
  [10, '10'],
  [11, '11–20'],
  [20, '11–20'],
  [50, '21–50'],
  [100, '51–100'],
  [101, '101+'],
])('who did it %i times is in %s', async (many, range) => {
  const project_id = `times-${many}`;
  const said = Array.from({ length: many }, (_, n) =>
    anEvent({ project_id, event_name: 'A', at: '2026-03-02T10:00:00Z', request_id: `r${n}` }),
  );
  await clean().keep([said]);
  const args = { of: 'times', event: 'A', from: '2026-03-01', to: '2026-03-31' };
  const { rows } = await clean().ask('engagement', args, { projects: [project_id], env: 'live' }, asking);
  expect(rows.filter(({ people }) => people !== 0)).toEqual([{ times: range, people: 1, share: 1 }]);
});

test.each([
  ['2026-03-31T00:00:00.001Z', '0'],
  ['2026-03-31T00:00:00.000Z', '1–7'],
  ['2026-03-24T00:00:00.001Z', '1–7'],
  ['2026-03-24T00:00:00.000Z', '8–14'],
  ['2026-03-17T00:00:00.001Z', '8–14'],
  ['2026-03-02T00:00:00.000Z', '15–30'],
  ['2026-03-01T00:00:00.000Z', '31–60'],
  ['2026-01-30T00:00:00.000Z', '61+'],
])('who was last seen at %s is in %s when March ends', async (at, range) => {
  const project_id = `seen-${at.replaceAll(/\D/g, '')}`;
  await clean().keep([[anEvent({ project_id, at })]]);
  const args = { view: 'recency', from: '2026-01-01', to: '2026-03-31' };
  const { rows } = await clean().ask('engagement', args, { projects: [project_id], env: 'live' }, asking);
  expect(rows.filter(({ people }) => people !== 0)).toEqual([
    { days_since_seen: range, people: 1, share: 1 },
  ]);
});

test('of belongs to frequency and is refused by name with recency', async () => {
  const asked = clean().ask(
    'engagement',
    { view: 'recency', of: 'times' },
    { projects: ['p'], env: 'live' },
    asking,
  );
  await expect(asked).rejects.toMatchObject({
    code: 'invalid_params',
    message: expect.stringMatching(/^of /),
  });
});
