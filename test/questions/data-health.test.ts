import { describe, expect, test } from 'vitest';
import { anEvent, type Said } from '../worlds/event.ts';
import { askers, patience } from './agreement.ts';
import { agrees } from './properties.ts';

agrees('data_health');

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const start = Date.parse('2026-05-04T00:00:00Z');
const days = 35;
const now = start + days * dayMs;
const last = { from: new Date(now - 7 * dayMs).toISOString(), to: new Date(now).toISOString() };

/** Numbers that look like chance and are the same for the same seed. */
const chance = (seed: number): (() => number) => {
  let state = seed * 2_654_435_761 + 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

/** Five weeks of a site as it should be: views, sign-ups and orders every hour, each by somebody. */
const clean = (seed: number, perHour = 2): readonly Said[] => {
  const random = chance(seed);
  return Array.from({ length: days * 24 }, (_, hour) => hour).flatMap((hour) =>
    Array.from({ length: perHour + (random() < 0.1 ? 1 : 0) }, (_, i): Said => {
      const ts = start + hour * hourMs + Math.floor(random() * hourMs);
      const anonymous_id = `v-${seed}-${Math.floor(random() * 200)}`;
      if (i === 1 && hour % 3 === 0)
        return {
          ts,
          anonymous_id,
          event_name: 'order',
          properties: JSON.stringify({ order_id: `o-${hour}`, price: 20, plan: 'gold' }),
        };
      return hour % 5 === 0
        ? { ts, anonymous_id, event_name: 'sign_up', properties: '{"plan":"free"}' }
        : { ts, anonymous_id, path: `/p${Math.floor(random() * 5)}` };
    }),
  );
};

describe('planted faults', () => {
  const { clean: lake } = askers();
  let projects = 0;
  const kept = async (said: readonly Said[]) => {
    const project = `health-${++projects}`;
    const events = said.map((one, seq) => anEvent({ ...one, project_id: project, request_id: project, seq }));
    await lake().keep([events]);
    return (question: string, args: Readonly<Record<string, unknown>>) =>
      lake().ask(question, args, { projects: [project], env: 'live' }, { now, timezone: 'UTC' });
  };
  const wrong = async (said: readonly Said[]) => {
    const { rows } = await (await kept(said))('data_health', last);
    return rows.filter(({ status }) => status !== 'fine');
  };
  const at = now - 2 * dayMs;

  test('events too wide to look into are left out of keys and doubled values, and counted in a note', async () => {
    const wide = (text: string): readonly Said[] =>
      Array.from({ length: 41 }, (_, n) => ({
        ...{ ts: at + n * 60_000, anonymous_id: 'v-wide', event_name: 'invoice' },
        properties: JSON.stringify({ invoice_id: `i-${Math.min(n, 39)}`, mail: 'ann@shop.example', text }),
      }));
    const asked = async (text: string) => {
      const { rows, notes } = await (await kept([...clean(8), ...wide(text)]))('data_health', last);
      const found = ['doubled_events', 'personal_values'].map(
        (check) => rows.find((row) => row.check === check)?.found,
      );
      return { found, note: notes.find((one) => one.includes('characters')) };
    };
    expect(await asked('short')).toEqual({ found: [1, 1], note: undefined });
    expect(await asked('x'.repeat(2000))).toEqual({
      found: [0, 0],
      note: 'Keys and doubled values were not looked for in 41 events whose properties have more than 2000 characters.',
    });
  });

  const faults: readonly (readonly [string, string, (said: readonly Said[]) => readonly Said[], object])[] = [
    [
      'an order sent twice under new ids',
      'doubled_events',
      (said) => [
        ...said,
        { ts: at, event_name: 'order', properties: '{"order_id":"o-twice","price":20}' },
        { ts: at + 60_000, event_name: 'order', properties: '{"order_id":"o-twice","price":20}' },
      ],
      { found: 1, example: 'order order_id=o-twice, prices counted twice: 20' },
    ],
    [
      'a scraper that does not say so',
      'undeclared_machines',
      (said) => [
        ...said,
        ...Array.from({ length: 400 }, (_, i) => ({
          ts: at + i * 1000,
          anonymous_id: 'scraper',
          path: '/p1',
        })),
      ],
      { found: 1, example: '400 views in an hour' },
    ],
    [
      'an event that was renamed',
      'silent_names',
      (said) =>
        said.map((one) =>
          one.event_name === 'sign_up' && Number(one.ts) > now - 5 * dayMs
            ? { ...one, event_name: 'account_created' }
            : one,
        ),
      { found: 1, example: 'sign_up' },
    ],
    [
      'its new name',
      'new_names',
      (said) =>
        said.map((one) =>
          one.event_name === 'sign_up' && Number(one.ts) > now - 5 * dayMs
            ? { ...one, event_name: 'account_created' }
            : one,
        ),
      { found: 1, example: 'account_created' },
    ],
    [
      'a key that changed its type',
      'mixed_types',
      (said) => [...said, { ts: at, event_name: 'order', properties: '{"order_id":"o-text","price":"20"}' }],
      { found: 1, example: 'order properties.price' },
    ],
    [
      'ids in paths',
      'ids_in_paths',
      (said) => [
        ...said,
        ...Array.from({ length: 30 }, (_, i) => ({
          ts: at + i,
          anonymous_id: `p${i}`,
          path: `/user/${10_000 + i}/edit`,
        })),
      ],
      { found: 30, example: '/user/10000/edit' },
    ],
    [
      'a mail address in a property, which is not shown',
      'personal_values',
      (said) => [
        ...said,
        { ts: at, event_name: 'sign_up', properties: '{"plan":"free","who":"jane@shop.example"}' },
      ],
      { found: 1, example: 'sign_up properties.who' },
    ],
    [
      'a placeholder for an id',
      'placeholder_ids',
      (said) => [...said, { ts: at, anonymous_id: 'undefined', path: '/p1' }],
      { found: 1, example: 'undefined' },
    ],
    [
      'names that differ by their writing',
      'similar_names',
      (said) => [...said, { ts: now - 20 * dayMs, event_name: 'Sign-Up' }],
      { found: 1, example: 'Sign-Up ~ sign_up' },
    ],
    [
      'a clock that began in 1970',
      'strange_times',
      (said) => [...said, { ts: 5000, received_at: at, anonymous_id: 'v1' }],
      { found: 1 },
    ],
    ['nothing for two days', 'newest_event', (said) => said.filter(({ ts }) => Number(ts) < at), {}],
  ];

  test.each(faults)('%s is found', async (_says, check, plant, found) => {
    const rows = await wrong(plant(clean(7)));
    expect(rows.find((row) => row.check === check)).toMatchObject(found);
    expect(JSON.stringify(rows)).not.toContain('jane@');
  });

  test('an outage of five hours is found by anomalies, as one silence', async () => {
    const out = start + 30 * dayMs + 10 * hourMs;
    const said = clean(9, 16).filter(({ ts }) => Number(ts) < out || Number(ts) >= out + 5 * hourMs);
    const { rows } = await (await kept(said))('anomalies', { ...last, interval: 'hour' });
    expect(rows).toEqual([
      expect.objectContaining({ kind: 'silence', from: new Date(out).toISOString(), buckets: 5, value: 0 }),
    ]);
  });

  test('in fifty worlds as they should be nothing is wrong and nothing unusual', {
    timeout: patience,
  }, async () => {
    for (let seed = 100; seed < 150; seed += 1) {
      const ask = await kept(clean(seed));
      const { rows } = await ask('data_health', last);
      expect(rows.filter(({ status }) => status !== 'fine')).toEqual([]);
      expect((await ask('anomalies', last)).rows).toEqual([]);
      expect((await ask('anomalies', { ...last, interval: 'hour' })).rows).toEqual([]);
    }
  });
});
