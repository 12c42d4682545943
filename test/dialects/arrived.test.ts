import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dialects } from '../../src/dialects/index.ts';
import { refusedOf } from '../../src/dialects/refused.ts';
import { between, markdownTable } from '../../src/docs/markdown.ts';
import type { Event } from '../../src/events/columns.ts';
import { captures } from './captures.ts';
import { meant } from './meant.ts';
import { startWatched, type Watched } from './place.ts';
import { type Capture, post, requestsOf } from './send.ts';

const pagePath = join(import.meta.dirname, '../../docs/dialects.md');
/** An hour after the captures were made: their clocks are corrected. */
const clock = () => Date.parse('2026-11-30T21:30:00Z');

let on: Watched;
beforeAll(async () => {
  on = await startWatched(clock);
});
afterAll(() => on.stop());

/** Who an event is of, ids in short: `device = user`. */
const whoOf = ({ anonymous_id: anonymous, user_id: user }: Event): string => {
  const device = anonymous.startsWith('user_')
    ? ''
    : anonymous.replace(/^anon_[0-9a-f]{32}$/, 'cookieless').replace(/^([0-9a-f]{8})-?[0-9a-f-]{8,}$/, '$1…');
  return [device, user ?? ''].filter((id) => id !== '').join(' = ');
};

const isKept = ([, arrived]: readonly [string, string, string]): boolean => !arrived.startsWith('— ');
const rowsOf = ({ name }: Capture) => meant[name] ?? [];

describe.each(captures)('what $name sent', (capture) => {
  const { dialect, kind } = capture;
  test('arrives as it was meant, every answer is 200 or what the SDK takes for it, and what is left out is counted', async () => {
    const before = on.kept.length;
    const counted = async () =>
      Object.values(
        (await refusedOf(on.product.world.ledger, on.product.project.id))[0]?.counts ?? {},
      ).reduce((all, one) => all + one, 0);
    const countedBefore = await counted();
    for (const wire of requestsOf(capture, on.product.keys[kind])) {
      const { status } = await post(on, wire);
      const isUnknown = /\/(?:config\.js|static\/.*)$/.test(wire.target.split('?')[0] ?? '');
      const isKeyless = rowsOf(capture)[0]?.[1] === '— 401' && status === 401;
      expect([wire.target, isUnknown || isKeyless ? 200 : status]).toEqual([
        wire.target,
        wire.method === 'OPTIONS' || wire.target.includes('send_image=0') ? 204 : 200,
      ]);
    }
    expect(on.kept.slice(before).map((event) => [event.event_name, whoOf(event)])).toEqual(
      rowsOf(capture)
        .filter(isKept)
        .map(([, arrived, who]) => [arrived, who]),
    );
    expect((await counted()) - countedBefore).toBeGreaterThanOrEqual(
      rowsOf(capture).filter(([, arrived]) => /^— (?!401|nothing)/.test(arrived)).length,
    );
    for (const { key_kind, project_id } of on.kept.slice(before))
      expect([key_kind, project_id]).toEqual([kind, on.product.project.id]);
    expect(dialects.map((one) => one.name)).toContain(dialect);
  });
});

test('the page of dialects shows what arrived', () => {
  const tables = captures.map((capture) =>
    [
      `### ${capture.name}`,
      markdownTable(
        ['meant', 'arrived as', 'who'],
        rowsOf(capture).map((row) => row.map((cell) => (cell === '' ? '' : `\`${cell}\``))),
      ),
    ].join('\n\n'),
  );
  const page = readFileSync(pagePath, 'utf8');
  const whole = between(page, 'arrived', tables.join('\n\n'));
  if (process.env.MILLIMETRIC_WRITE_DOCS === '1') writeFileSync(pagePath, whole);
  expect(readFileSync(pagePath, 'utf8')).toBe(whole);
});

test('the page of dialects names every tool, its prefix and every reason that was counted', async () => {
  const page = readFileSync(pagePath, 'utf8');
  for (const { name, tool } of dialects) expect(page).toMatch(new RegExp(`${tool}[^]*/in/${name}`));
  const [{ counts } = { counts: {} }] = await refusedOf(on.product.world.ledger, on.product.project.id);
  for (const reason of Object.keys(counts)) expect(page).toContain(`\`${reason.split(': ')[1]}\``);
});
