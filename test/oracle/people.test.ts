import { describe, expect, test } from 'vitest';
import { anEvent } from '../worlds/event.ts';
import { personsOf, sessionsOf } from './people.ts';

const at = (...times: readonly string[]) =>
  times.map((time) => anEvent({ at: time.includes('T') ? time : `2026-03-02T${time}:00Z` }));

describe('sessions', () => {
  test('13:00 13:10 13:50 14:10 14:25 are two, of 600 s and 2,100 s', () => {
    expect(sessionsOf(at('13:00', '13:10', '13:50', '14:10', '14:25')).map(({ seconds }) => seconds)).toEqual(
      [600, 2100],
    );
  });

  test('23:50 and 00:10 are one: midnight cuts nothing', () => {
    expect(sessionsOf(at('2026-03-02T23:50:00Z', '2026-03-03T00:10:00Z'))).toHaveLength(1);
  });

  test('a break of exactly 30 minutes is none; one event is a session of 0 s; no events are no sessions', () => {
    expect(sessionsOf(at('10:00', '10:30'))).toHaveLength(1);
    expect(sessionsOf(at('10:00')).map(({ seconds }) => seconds)).toEqual([0]);
    expect(sessionsOf([])).toEqual([]);
  });

  test('a session the caller named is one, however long the break, and no part of the others', () => {
    const named = { session_id: 's1', session_sent: true };
    const events = ['10:00', '12:00'].map((time) => anEvent({ at: `2026-03-02T${time}:00Z`, ...named }));
    expect(sessionsOf([...events, ...at('10:10', '10:20')]).map(({ seconds }) => seconds)).toEqual([
      7200, 600,
    ]);
  });

  test('two visitors share no session, not even under one name', () => {
    const named = { session_id: 's1', session_sent: true };
    expect(sessionsOf([anEvent(named), anEvent({ ...named, anonymous_id: 'a2' })])).toHaveLength(2);
    expect(
      sessionsOf([...at('10:00'), anEvent({ anonymous_id: 'a2', at: '2026-03-02T10:01:00Z' })]),
    ).toHaveLength(2);
  });
});

describe('persons', () => {
  const identify = (day: number, user_id: string | null, more = {}) =>
    anEvent({ event_name: '$identify', user_id, at: `2026-03-0${day}T09:00:00Z`, ...more });
  const [view] = at('2026-03-05T09:00:00Z');
  const who = (...said: readonly ReturnType<typeof identify>[]) =>
    view === undefined ? [] : JSON.parse(personsOf(said)(view));

  test.each([
    { does: 'a visitor nobody identified is their own person', said: [], is: 'a1' },
    { does: 'identified later, they were that person before', said: [identify(7, 'u1')], is: 'u1' },
    {
      does: 'the first of two identifications that a server said counts, in whatever order they arrive',
      said: [
        identify(7, 'u2', { key_kind: 'sk', received_at: 1 }),
        identify(3, 'u1', { key_kind: 'sk', received_at: 2 }),
      ],
      is: 'u1',
    },
    {
      does: 'of two that a browser said the one that arrived first, whatever time it says',
      said: [identify(1, 'u2', { received_at: 2 }), identify(7, 'u1', { received_at: 1 })],
      is: 'u1',
    },
    {
      does: 'a browser cannot date itself before a server',
      said: [
        identify(1, 'u2', { received_at: Date.parse('2026-03-09T00:00:00Z') }),
        identify(7, 'u1', { key_kind: 'sk', received_at: Date.parse('2026-03-10T00:00:00Z') }),
      ],
      is: 'u1',
    },
    {
      does: 'a placeholder identifies nobody',
      said: [identify(3, 'undefined'), identify(7, 'u1')],
      is: 'u1',
    },
    {
      does: 'an $identify without a user says nothing',
      said: [identify(3, null), identify(7, 'u1')],
      is: 'u1',
    },
    {
      does: 'another visitor’s identification is theirs',
      said: [identify(3, 'u1', { anonymous_id: 'a2' })],
      is: 'a1',
    },
    { does: 'another project’s too', said: [identify(3, 'u1', { project_id: 'other' })], is: 'a1' },
  ])('$does', ({ said, is }) => {
    expect(who(...said)).toEqual(['shop', is]);
  });

  test('an event’s own user that is a placeholder is none', () => {
    expect(JSON.parse(personsOf([identify(3, 'u1')])(anEvent({ user_id: 'null' })))).toEqual(['shop', 'u1']);
  });

  test('an event’s own user wins over any identification', () => {
    expect(JSON.parse(personsOf([identify(3, 'u1')])(anEvent({ user_id: 'u9' })))).toEqual(['shop', 'u9']);
  });
});
