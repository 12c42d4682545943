import type { Row } from '../../ports.ts';
import type { Fact } from './facts.ts';
import { nearlySame } from './similar.ts';

const dayMs = 86_400_000;
/** Names that came up within this are new; a name is silent after twice its longest pause, at least a day. */
const newMs = 7 * dayMs;
const habit = { events: 20, pauses: 2 } as const;
/** So many paths with an id are too many, and so far an id’s values must differ to be one. */
const manyPaths = 20;
const nearlyUnique = 0.9;

/** Every check, the one with the worst consequences first, and what it means. */
export const checks = {
  newest_event:
    'Seconds since the newest event. Over a day: nothing arrives any more, or the period lies in the past.',
  doubled_events:
    'The same id came again within an hour as another event: counted twice. Send event_id so that repeats count once.',
  silent_names: 'Events that stopped: silent for over twice their longest pause. Removed, renamed or broken.',
  personal_values:
    'Keys whose values look like a mail address, phone, card or token (values are not shown). Do not send them.',
  mixed_types: 'Keys that hold numbers and texts: sums and filters miss some. Send one type.',
  undeclared_machines: 'Visitors with over 300 page views in an hour who are not declared bots.',
  placeholder_ids:
    'Events whose id is undefined, null, NaN, 0, none, anonymous or zeros: strangers become one person.',
  crowded_persons: 'Persons made of more than 50 visitors: a shared user_id.',
  strange_times: 'Events dated 1970, or that arrived over 30 days after their time: a wrong clock or unit.',
  ids_in_paths:
    'Different paths with an id in them; reports by path fall apart. Send a path with a placeholder.',
  similar_names: 'Event names that differ by case, blanks, _ or -, or one letter.',
  new_names: 'Event names first seen in the last 7 days.',
  bots: 'Events of declared bots, left out of answers unless include_bots.',
  without_ids: 'Events with neither anonymous_id nor user_id: their visitors are new every day.',
} as const;
type Check = keyof typeof checks;

const worst = ['problem', 'look', 'fine'] as const;
type Status = (typeof worst)[number];

interface Found {
  readonly check: string;
  readonly status: Status;
  readonly found: number | null;
  readonly share: number | null;
  readonly example: string | null;
  readonly meaning: string;
}

/** The facts of one project’s period as one row per check, worst first. `end`: the last instant of the period, or now; ms since 1970. */
export function judged(facts: readonly Fact[], end: number): readonly Row[] {
  const of = (kind: string): readonly Fact[] => facts.filter((fact) => fact.kind === kind);
  const [all = nothing] = of('all');
  const [events = 0, bots = 0, withoutIds = 0, placeholders = 0, late = 0, newest = 0] = all.n;
  const share = (n: number): number | null => (events === 0 ? null : n / events);
  const one = (
    check: Check,
    status: Status,
    found: number | null,
    {
      share = null,
      example = null,
    }: { readonly share?: number | null; readonly example?: string | null } = {},
  ): Found => ({ check, status, found, share, example, meaning: checks[check] });
  const when = (bad: boolean, status: Status): Status => (bad ? status : 'fine');
  const first = (kind: string, n = 0): number => of(kind)[0]?.n[n] ?? 0;
  const names = of('name').toSorted(byName);
  const begun = Math.min(...names.map(({ n }) => n[1] ?? end));
  const fresh = names.filter(({ n }) => (n[1] ?? 0) >= end - newMs && begun < end - 2 * newMs);
  const silent = names.filter(
    ({ n: [, , last = 0, pause = 0, count = 0] }) =>
      count >= habit.events && end - last > Math.max(dayMs, habit.pauses * pause),
  );
  const alike = nearlySame(names.map(({ name }) => name ?? ''));
  const keys = of('key').toSorted(byName);
  const mixed = keys.filter(({ n: [, numbers = 0, texts = 0] }) => numbers > 0 && texts > 0);
  const personal = keys.filter(({ n: [, , , hits = 0] }) => hits > 0);
  const doubled = of('double')
    .filter(({ n: [n = 0, values = 0, repeats = 0] }) => repeats > 0 && values >= nearlyUnique * n)
    .toSorted(byName);
  const repeats = doubled.reduce((sum, { n }) => Math.max(sum, n[2] ?? 0), 0);
  const twice = doubled.find(({ n }) => n[2] === repeats);
  const [path] = of('path');
  const paths = path?.n[0] ?? 0;
  const age = events === 0 ? null : Math.max(0, Math.round((end - newest) / 1000));
  const ancient = first('ancient');
  return [
    one('newest_event', when(age === null || age > dayMs / 1000, 'problem'), age),
    one(
      'doubled_events',
      when(repeats > 0, 'problem'),
      repeats,

      {
        example:
          twice === undefined
            ? null
            : `${twice.name} ${twice.key}=${twice.example}${twice.price === 0 ? '' : `, prices counted twice: ${twice.price}`}`,
      },
    ),
    one(
      'silent_names',
      when(silent.length > 0, 'problem'),
      silent.length,

      { example: silent[0]?.name ?? null },
    ),
    one(
      'personal_values',
      when(personal.length > 0, 'problem'),
      personal.length,

      { example: keyOf(personal[0]) },
    ),
    one(
      'mixed_types',
      when(mixed.length > 0, 'problem'),
      mixed.length,

      { example: keyOf(mixed[0]) },
    ),
    one(
      'undeclared_machines',
      when(first('machine') > 0, 'problem'),
      first('machine'),

      { example: first('machine') > 0 ? `${first('machine', 1)} views in an hour` : null },
    ),
    one(
      'placeholder_ids',
      when(placeholders > 0, 'problem'),
      placeholders,

      { share: share(placeholders), example: all.example },
    ),
    one(
      'crowded_persons',
      when(first('crowd') > 0, 'problem'),
      first('crowd'),

      { example: first('crowd') > 0 ? `${first('crowd', 1)} visitors` : null },
    ),
    one('strange_times', when(ancient + late > 0, 'look'), ancient + late),
    one(
      'ids_in_paths',
      when(paths >= manyPaths, 'look'),
      paths,

      { example: path?.example ?? null },
    ),
    one(
      'similar_names',
      when(alike.length > 0, 'look'),
      alike.length,

      {
        example: alike[0] ?? null,
      },
    ),
    one(
      'new_names',
      when(fresh.length > 0, 'look'),
      fresh.length,

      {
        example: fresh[0]?.name ?? null,
      },
    ),
    one(
      'bots',
      when(2 * bots > events, 'look'),
      bots,

      {
        share: share(bots),
      },
    ),
    one(
      'without_ids',
      when(2 * withoutIds > events, 'look'),
      withoutIds,

      { share: share(withoutIds) },
    ),
  ]
    .toSorted((a, b) => worst.indexOf(a.status) - worst.indexOf(b.status))
    .map((row): Row => ({ ...row }));
}

const nothing: Fact = { kind: 'all', name: null, key: null, example: null, n: [], price: 0 };
const keyOf = (fact: Fact | undefined): string | null =>
  fact === undefined ? null : `${fact.name} properties.${fact.key}`;
const byName = (a: Fact, b: Fact): number => {
  const [x, y] = [a, b].map(({ name, key }) => `${name}\0${key}`);
  return x === y ? 0 : String(x) < String(y) ? -1 : 1;
};
