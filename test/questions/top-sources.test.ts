import { expect, test } from 'vitest';
import { anEvent } from '../worlds/event.ts';
import { askers } from './agreement.ts';
import { agrees } from './properties.ts';

agrees('top_sources');

const { clean } = askers();

test('what is known to be paid only by fbclid is said', async () => {
  const asking = { now: Date.parse('2026-03-09T00:00:00Z'), timezone: 'UTC' };
  const paid = { project_id: 'ads', source: 'facebook', medium: 'paid' };
  const events = [
    { ...paid, source_rule_id: 'fbclid' },
    { ...paid, source_rule_id: 'utm_paid_facebook' },
    { ...paid, source_rule_id: 'fbclid_utm', url: 'https://a.example/?utm_source=fb&utm_medium=paid-social' },
    { ...paid, source_rule_id: 'fbclid_utm', url: 'https://a.example/?utm_medium=paid_post&fbclid=1' },
    { ...paid, source: 'google', source_rule_id: 'gclid' },
  ];
  await clean().keep([events.map((one, seq) => anEvent({ ...one, seq }))]);
  const ask = (args: object) =>
    clean().ask('top_sources', { from: '2026-03-01', ...args }, { projects: ['ads'], env: 'live' }, asking);
  const said = '2 of 4 events from facebook / paid are known only by fbclid';
  expect((await ask({ limit: 1 })).notes.join(' ')).toContain(said);
  expect((await ask({ breakdown: 'source' })).notes.join(' ')).toContain(said);
  const google = [{ field: 'source', op: 'eq', value: 'google' }];
  expect((await ask({ where: google })).notes.join(' ')).not.toContain('fbclid');
});
