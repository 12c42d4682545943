import { expect, test } from 'vitest';
import { Problem } from '../../src/problems.ts';
import { personProfile } from '../oracle/person.ts';
import { anEvent } from '../worlds/event.ts';
import { cases } from '../worlds/worlds.ts';
import { askers, expectSame, inWorlds, patience, worlds } from './agreement.ts';
import { agrees } from './properties.ts';

agrees('person');

const { clean, raw } = askers();
const asking = { now: Date.parse('2026-03-09T00:00:00Z'), timezone: 'UTC' };

test('what is said of the person agrees with the oracle too', { timeout: patience }, async () => {
  await inWorlds(cases('person'), worlds, raw(), async (world) => {
    await raw().keep(world.requests);
    const wanted = personProfile(world.events, world.args, world.context, world.asking);
    const answer = await raw()
      .ask('person', world.args, world.context, world.asking)
      .catch((thrown: unknown) => {
        if (thrown instanceof Problem && thrown.code === 'not_found') return undefined;
        throw thrown;
      });
    expect(answer === undefined).toBe(wanted === undefined);
    if (answer?.profile !== undefined && wanted !== undefined) expectSame([answer.profile], [wanted]);
  });
});

test('pages of a timeline hold each event once, and each says who it is', { timeout: patience }, async () => {
  await inWorlds(cases('person'), Math.ceil(worlds / 4), raw(), async (world) => {
    await raw().keep(world.requests);
    const ask = (args: object) =>
      raw()
        .ask('person', { ...args }, world.context, world.asking)
        .catch(() => undefined);
    const whole = await ask({ ...world.args, limit: 1000 });
    if (whole === undefined) return;
    const rows = [];
    for (let page = await ask({ ...world.args, limit: 3 }); page !== undefined; ) {
      expect(page.profile).toEqual(whole.profile);
      rows.push(...page.rows);
      page = page.next_cursor === null ? undefined : await ask({ cursor: page.next_cursor });
    }
    expect(rows).toEqual(whole.rows);
  });
});

const visit = (anonymous_id: string, user_id: string | null, at: string, event_name = '$pageview') =>
  anEvent({ project_id: 'one-person', anonymous_id, user_id, at, event_name, browser: 'Firefox', path: '/' });
const context = { projects: ['one-person'], env: 'live' } as const;

test('a device that several used stands for who used it last, and the answer says so', async () => {
  await clean().keep([
    [visit('till', 'u-ann', '2026-03-02T09:00:00Z'), visit('till', 'u-bob', '2026-03-03T09:00:00Z')],
    [visit('till', 'u-ann', '2026-03-04T09:00:00Z')],
  ]);
  const { profile, notes } = await clean().ask('person', { person: 'till' }, context, asking);
  expect(profile).toMatchObject({ person: 'u-ann', events: 2, sessions: 2, days_since_last_seen: 4 });
  expect(notes.join(' ')).toContain('"till" is a device that others used too (1)');
});

test('an id that is not there is refused with the way to find it', async () => {
  await expect(clean().ask('person', { person: 'U-ann' }, context, asking)).rejects.toMatchObject({
    code: 'not_found',
    message: expect.stringContaining('find_people with search="U-ann"'),
  });
});
