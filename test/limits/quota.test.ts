import { describe, expect, test } from 'vitest';
import { charge, eventsId } from '../../src/accounts/quota.ts';
import { keyOn, twins } from './twins.ts';

const december = Date.parse('2026-12-05T10:00:00Z');
const ends = Date.parse('2027-01-01T00:00:00Z');

describe.each(twins)('the month’s allowance in %s', (_, process) => {
  const at = (ms: number) => ({ counters: process(() => ms), clock: () => ms });
  const world = at(december);

  test('is counted down by each event, warned of over 100 %, and ends at 110 %, with the time it begins anew', async () => {
    const who = keyOn({ events_per_month: 100 });
    const take = async (n: number) => (await charge(world, who, 'prj_1', n)).headers;
    expect(await take(1)).toEqual({ 'X-Quota-Remaining': '99' });
    expect(await take(99)).toEqual({ 'X-Quota-Remaining': '0' });
    expect(await take(5)).toEqual({
      'X-Quota-Remaining': '0',
      'X-Quota-Warning':
        '105 of 100 events of this month are used (plan mine); at 110 no more are taken until 2027-01-01T00:00:00.000Z',
    });
    await expect(take(6)).rejects.toMatchObject({
      code: 'quota_exceeded',
      status: 429,
      headers: { 'Retry-After': String((ends - december) / 1000), 'X-Quota-Remaining': '0' },
      details: { plan: 'mine', allowed: 100, used: 105, resets_at: '2027-01-01T00:00:00.000Z' },
      message: expect.stringContaining('A request of up to 5 still fits.'),
    });
    await take(5);
    await expect(take(1)).rejects.toMatchObject({ code: 'quota_exceeded', details: { used: 110 } });
  });

  test('of 8 processes that take 30 requests each at once, exactly the events of those that were taken are counted, 110 % at most', async () => {
    const who = keyOn({ events_per_month: 200 });
    const worlds = Array.from({ length: 8 }, () => at(december));
    const taken = await Promise.allSettled(
      worlds.flatMap((each) => Array.from({ length: 30 }, (_, n) => charge(each, who, `prj_${n % 3}`, 1))),
    );
    expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(220);
    expect(await world.counters.read(eventsId(who.accountId, '2026-12'))).toEqual({
      all: 220,
      ...{ '05#prj_0': expect.any(Number), '05#prj_1': expect.any(Number), '05#prj_2': expect.any(Number) },
    });
  });

  test('what is given back can be taken again, and without an allowance all is counted and nothing said', async () => {
    const who = keyOn({ events_per_month: 10 });
    const { giveBack } = await charge(world, who, 'prj_1', 11);
    await giveBack(4);
    expect((await charge(world, who, 'prj_1', 2)).headers).toEqual({ 'X-Quota-Remaining': '1' });
    const free = keyOn({ events_per_month: null });
    expect((await charge(world, free, 'prj_1', 1_000)).headers).toEqual({});
    expect(await world.counters.read(eventsId(free.accountId, '2026-12'))).toEqual({
      ...{ all: 1_000, '05#prj_1': 1_000 },
    });
  });

  test('a clock set back across a month’s end counts in the month it says, and neither month loses or gains by it', async () => {
    const who = keyOn({ events_per_month: 10 });
    const take = async (ms: number, n: number) => (await charge(at(ms), who, 'prj_1', n)).headers;
    const [before, after] = [ends - 1, ends];
    await take(before, 6);
    expect(await take(after, 2)).toEqual({ 'X-Quota-Remaining': '8' });
    expect(await take(before, 2)).toEqual({ 'X-Quota-Remaining': '2' });
    expect(await take(after, 1)).toEqual({ 'X-Quota-Remaining': '7' });
    await expect(take(before, 4)).rejects.toMatchObject({
      code: 'quota_exceeded',
      headers: { 'Retry-After': '1' },
    });
    const { counters } = world;
    expect([
      (await counters.read(eventsId(who.accountId, '2026-12'))).all,
      (await counters.read(eventsId(who.accountId, '2027-01'))).all,
    ]).toEqual([8, 3]);
  });
});
