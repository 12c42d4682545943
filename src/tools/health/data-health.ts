import * as z from 'zod/mini';
import type { Row } from '../../ports.ts';
import { type Asking, question } from '../question.ts';
import { checks, judged } from './checks.ts';
import { factOf, factsOf, habitMs, longestLookedInto } from './facts.ts';

const input = z.object({});
type Own = z.output<typeof input>;

/** What is wrong with the data itself. */
export const dataHealth = question({
  name: 'data_health',
  title: 'Is the data sound',
  answers:
    'Is the data itself sound: one row per check, worst first, with what it means and an example. Doubled orders, events that stopped or were renamed, keys of two types, personal values, undeclared scrapers, placeholder ids, exploding paths, wrong clocks. Use it before trusting a surprising number; for unusual traffic use anomalies.',
  input,
  shared: ['from', 'to', 'tz'],
  finds: true,
  dates: 'whole-days',
  additive: () => false,
  columns: ({ byProject }) => [
    ...(byProject ? [{ name: 'project_id', type: 'text' } as const] : []),
    { name: 'check', type: 'text' },
    { name: 'status', type: 'text' },
    { name: 'found', type: 'number' },
    { name: 'share', type: 'number', unit: 'share' },
    { name: 'example', type: 'text' },
    { name: 'meaning', type: 'text' },
  ],
  reaches: ({ period }) => ({ from: period.from - habitMs, to: period.to }),
  ask: ({ reading, period, byProject }) => factsOf(reading, period, byProject),
  shape: (rows, asking) => {
    const projects = [...Map.groupBy(rows, (row) => row.project_id ?? null)].toSorted(([a], [b]) =>
      String(a) < String(b) ? -1 : 1,
    );
    const wide = rows.map(factOf).reduce((sum, { kind, n: [a = 0] }) => (kind === 'wide' ? sum + a : sum), 0);
    return {
      rows: projects.flatMap(([project, own]) =>
        judged(own.map(factOf), endOf(asking)).map((row) => ({
          ...(asking.byProject ? { project_id: project } : {}),
          ...row,
        })),
      ),
      notes: [
        'Bots are looked at too. Repeats with one event_id are removed before anything is counted, and fields that a sender misspelt are answered when they come; neither is kept, so neither is a row here.',
        'The 500 most frequent names and keys were looked at; habits of names over 30 more days.',
        ...(wide === 0
          ? []
          : [
              `Keys and doubled values were not looked for in ${wide} events whose properties have more than ${longestLookedInto} characters.`,
            ]),
      ],
    };
  },
  examples: [
    {
      says: 'Can I trust this week’s numbers?',
      input: { from: '2026-03-02', to: '2026-03-08' },
      rows: told({ newest_event: { found: 59_400 }, bots: { found: 2, share: 1 / 9 } }),
    },
    {
      says: 'And the week after, when nothing came any more?',
      input: { from: '2026-03-09', to: '2026-03-15' },
      rows: told({
        newest_event: { status: 'problem', found: null },
        placeholder_ids: { share: null },
        bots: { share: null },
        without_ids: { share: null },
      }),
    },
  ],
});

/** All checks found nothing, but for these. */
function told(but: Readonly<Partial<Record<keyof typeof checks, Row>>>): readonly Row[] {
  const of: Readonly<Record<string, Row>> = but;
  return Object.entries(checks).map(([check, meaning]) => ({
    ...{ check, status: 'fine', found: 0 },
    share: check === 'placeholder_ids' || check === 'without_ids' ? 0 : null,
    ...{ example: null, meaning },
    ...of[check],
  }));
}

const endOf = ({ period, now }: Pick<Asking<Own>, 'period' | 'now'>): number =>
  Math.min(period.to, now + 1) - 1;
