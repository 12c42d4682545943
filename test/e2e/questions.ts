import { beforeAll, describe, expect, test } from 'vitest';
import { send } from './exchange.ts';
import type { At } from './place.ts';
import { ask, askUntil, bring, own, run } from './run.ts';
import { days, ofStall, stall } from './stall.ts';

/** The four questions over REST, each with numbers that can be counted by hand. */
export const questions = (at: At): void => {
  describe('a market stall', () => {
    let sentAt = 0;
    beforeAll(async () => {
      sentAt = Date.now();
      await bring(at(), stall);
      await askUntil(at(), 'stats', { where: ofStall, ...days }, [{ value: 9 }]);
    });

    const view = own('view');
    test.each<readonly [what: string, args: Readonly<Record<string, unknown>>, rows: readonly unknown[]]>([
      ['how many looked', { event: view }, [{ value: 5 }]],
      ['how many visitors looked', { event: view, metric: 'uniques' }, [{ value: 4 }]],
      ['and with crawlers', { event: view, include_bots: true }, [{ value: 6 }]],
      [
        'per day',
        { event: view, interval: 'day' },
        [
          { bucket: '2026-03-02T00:00:00.000Z', value: 4 },
          { bucket: '2026-03-03T00:00:00.000Z', value: 1 },
        ],
      ],
      [
        'per day of New York',
        { event: view, interval: 'day', tz: 'America/New_York' },
        [
          { bucket: '2026-03-02T05:00:00.000Z', value: 4 },
          { bucket: '2026-03-03T05:00:00.000Z', value: 1 },
        ],
      ],
      ['per week', { where: ofStall, interval: 'week' }, [{ bucket: '2026-03-02T00:00:00.000Z', value: 9 }]],
      [
        'by country',
        { where: ofStall, group_by: 'country' },
        [
          { country: 'US', value: 5 },
          { country: 'DE', value: 3 },
          { country: 'JP', value: 1 },
        ],
      ],
      [
        'by name, two of them',
        { where: ofStall, group_by: 'event_name', limit: 2 },
        [
          { event_name: view, value: 5 },
          { event_name: own('pay'), value: 2 },
        ],
      ],
      [
        'by a property that is missing in some',
        { where: ofStall, group_by: 'properties.item' },
        [
          { 'properties.item': null, value: 7 },
          { 'properties.item': 'hat', value: 2 },
        ],
      ],
      [
        'of 20 and more',
        { event: own('pay'), where: [{ field: 'properties.price', op: 'gte', value: 20 }] },
        [{ value: 1 }],
      ],
      [
        'at exactly 15.5',
        { event: own('pay'), where: [{ field: 'properties.price', op: 'eq', value: 15.5 }] },
        [{ value: 1 }],
      ],
    ])('get_stats: %s', async (_, args, rows) =>
      expect((await ask(at(), 'stats', { ...days, ...args })).rows).toEqual(rows),
    );

    test.each<readonly [what: string, args: Readonly<Record<string, unknown>>, rows: readonly unknown[]]>([
      [
        'by source and medium',
        {},
        [
          { source: 'direct', medium: 'direct', events: 3, uniques: 1, paid_share: 0 },
          { source: 'google', medium: 'organic', events: 3, uniques: 1, paid_share: 0 },
          { source: 'newsletter', medium: 'email', events: 2, uniques: 1, paid_share: 0 },
          { source: 'facebook', medium: 'paid', events: 1, uniques: 1, paid_share: 1 },
        ],
      ],
      [
        'the largest by source',
        { breakdown: 'source', limit: 2 },
        [
          { source: 'direct', events: 3, uniques: 1, paid_share: 0 },
          { source: 'google', events: 3, uniques: 1, paid_share: 0 },
        ],
      ],
    ])('top_sources: %s', async (_, args, rows) =>
      expect((await ask(at(), 'sources', { where: ofStall, ...days, ...args })).rows).toEqual(rows),
    );

    const steps = [view, own('take'), own('pay')];
    const reached = (people: readonly number[], medians: readonly (number | null)[], group: object = {}) =>
      people.map((n, i) => ({
        ...group,
        step: i + 1,
        event: steps[i],
        people: n,
        conversion: n / (people[0] ?? n),
        step_conversion: i === 0 ? 1 : people[i - 1] === 0 ? null : n / (people[i - 1] ?? n),
        median_seconds: medians[i] ?? null,
      }));
    test.each<readonly [what: string, args: Readonly<Record<string, unknown>>, rows: readonly unknown[]]>([
      ['looked, took, paid', {}, reached([4, 2, 1], [null, 1200, 600])],
      ['within a quarter of an hour', { window: '15m' }, reached([4, 1, 0], [null, 600, null])],
      [
        'by source',
        { group_by: 'source' },
        [
          ...reached([1, 0, 0], [], { source: 'direct' }),
          ...reached([1, 0, 0], [], { source: 'facebook' }),
          ...reached([1, 1, 1], [null, 600, 600], { source: 'google' }),
          ...reached([1, 1, 0], [null, 1800], { source: 'newsletter' }),
        ],
      ],
    ])('funnel: %s', async (_, args, rows) => {
      expect(
        (await ask(at(), 'funnel', { steps, from: '2026-03-02', to: '2026-03-03', ...args })).rows,
      ).toEqual(rows);
    });

    test('query_events: pages of two hold every event once, newest first, and say when they end', async () => {
      const names: unknown[] = [];
      let cursor: string | null = null;
      do {
        const page = await ask(
          at(),
          'query',
          cursor === null ? { where: ofStall, limit: 2, ...days } : { cursor },
        );
        expect(page.rows.length).toBeLessThanOrEqual(2);
        names.push(...page.rows.map(({ event_name, timestamp }) => `${timestamp} ${event_name}`));
        cursor = page.next_cursor;
      } while (cursor !== null && names.length < 20);
      const said = (when: string, name: string) => `2026-03-${when}:00.000Z ${own(name)}`;
      expect(names).toEqual([
        said('03T09:00', 'pay'),
        said('03T08:00', 'view'),
        said('02T12:00', 'view'),
        said('02T11:00', 'view'),
        said('02T10:30', 'take'),
        said('02T10:00', 'view'),
        said('02T09:20', 'pay'),
        said('02T09:10', 'take'),
        said('02T09:00', 'view'),
      ]);
    });

    test('query_events: a row holds all that is known of its event, and nothing of its sender', async () => {
      const id = own('order-2026-03-02T09:20:00Z');
      expect(
        (
          await ask(at(), 'query', {
            event: own('pay'),
            source: 'google',
            medium: 'organic',
            country: 'DE',
            anonymous_id: own('ada'),
            ...days,
          })
        ).rows,
      ).toEqual([
        {
          timestamp: '2026-03-02T09:20:00.000Z',
          event_name: own('pay'),
          anonymous_id: own('ada'),
          user_id: null,
          source: 'google',
          medium: 'organic',
          campaign: null,
          source_confidence: 'medium',
          referrer: 'https://www.google.com/',
          url: 'https://stall.example/?q=1',
          path: '/',
          country: 'DE',
          device_type: 'desktop',
          properties: JSON.stringify({ run, price: 40, order: 1 }),
          event_id: id,
          session_id: `${own('ada')}-${Math.floor(Date.UTC(2026, 2, 2, 9, 20) / 1_800_000)}`,
          browser: 'Firefox',
          os: 'Linux',
        },
      ]);
    });

    test('an account’s key sees the same, by project', async () => {
      const { keys, project_id, project_slug } = at().saved;
      for (const choice of [{}, { project_slug }, { project_id }])
        expect((await ask(at(), 'stats', { where: ofStall, ...days, ...choice }, keys.ak)).rows).toEqual([
          { project_id, slug: project_slug, value: 9 },
        ]);
    });

    test('the secret key reads what the reading key reads', async () => {
      expect((await ask(at(), 'stats', { where: ofStall, ...days }, at().saved.keys.sk)).rows).toEqual([
        { value: 9 },
      ]);
    });

    test('an answer says what it was asked, how far it goes and what was cut', async () => {
      const { keys } = at().saved;
      const path = `/v1/stats?event=${view}&from=2026-03-02T12:00:00Z&to=2026-03-03T12:00:00Z&interval=day`;
      const told = JSON.parse((await send(at(), { path, key: keys.rk })).text);
      expect(told).toMatchObject({
        metric: 'count',
        columns: [
          { name: 'bucket', type: 'time' },
          { name: 'value', type: 'number', unit: 'events' },
        ],
        period: { from: '2026-03-02T12:00:00.000Z', to: '2026-03-03T12:00:00.000Z', timezone: 'UTC' },
        partial_buckets: ['2026-03-02T00:00:00.000Z', '2026-03-03T00:00:00.000Z'],
        additive: true,
        truncated: null,
        notes: [],
        resolved: {
          event: view,
          metric: 'count',
          interval: 'day',
          tz: 'UTC',
          include_bots: false,
          limit: 100,
        },
        next_cursor: null,
      });
      const cut = await ask(at(), 'stats', { where: ofStall, group_by: 'event_name', limit: 2, ...days });
      expect(cut.truncated).toEqual({ shown: 2, of: 3, what: 'groups' });
    });

    test('a name that nobody sends is no error: the answer names the nearest', async () => {
      const { rows, notes } = await ask(at(), 'stats', { event: `${view}s`, ...days });
      expect(rows).toEqual([{ value: 0 }]);
      expect(notes.join('\n')).toContain(`no event "${view}s" in this project; nearest: "${view}"`);
    });

    test('complete_until is no further behind what was acknowledged than this place gathers: on one port not at all, behind Firehose as long as it gathers and writes', async () => {
      const before = Date.now();
      const { rows, complete_until } = await ask(at(), 'stats', { where: ofStall, ...days });
      expect(rows).toEqual([{ value: 9 }]);
      const until = Date.parse(complete_until);
      expect(until).toBeGreaterThanOrEqual(sentAt - at().lagSeconds * 1000);
      // Two machines’ clocks may differ a little.
      expect(until).toBeLessThanOrEqual(Math.max(before, Date.now()) + 2_000);
    });
  });
};
