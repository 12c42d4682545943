import type { Period } from '../../lake/events-of.ts';
import { doersOf } from '../../people/who.ts';
import { apart, join, name, type Sql, sql } from '../../sql/sql.ts';
import type { Asking } from '../question.ts';
import { askedEvents } from '../relations.ts';

/** What an attempt is made of, as predicates and expressions over a stored event. */
interface Parts {
  readonly matches: readonly Sql[];
  readonly exclude: readonly Sql[];
  readonly hold: readonly Sql[];
  readonly group: readonly Sql[];
  /** The bucket an attempt begins in, where there is one funnel for each. */
  readonly bucket?: Sql;
}
type Funnel = Asking<{ readonly order: 'loose' | 'strict' | 'any' }>;

/** Is the second time within the window after the first? Never null. */
type Within = (since: Sql, until: Sql) => Sql;

/** So many windows may lie in one another; what is deeper is named, `apart_…`, so that an engine may plan it by itself (DuckDB takes twice as long for each one more). */
const deepest = 5;

/** Events with what came of an attempt that began there. */
interface Tried {
  /** The events with their `place` among that person’s, and what `follows` and the seconds are made of. */
  readonly rows: Sql;
  /** Given the steps before it, was step k reached? Never null. */
  readonly follows: (k: number) => Sql;
}

/**
 * Every attempt that may count: a step-1 event in the period, with `project_id`, `who`, its `place` among that person’s events (1 is the last), its group g_1, `depth` (steps reached) and, unless the order is `any`,
 * `seconds_2 …` (from the step before; null beyond depth). One scan with windows over it; nothing is joined with itself.
 */
export function attempts(asking: Funnel, windowMs: number, parts: Parts): Sql {
  const { order } = asking.own;
  const steps = range(2, parts.matches.length);
  const within: Within = (since, until) =>
    sql`coalesce(date_diff('millisecond', ${since}, ${until}) <= ${windowMs}, false)`;
  const { rows, follows } = { loose: firstMatches, strict: nextEvents, any: nearestMatches }[order](
    asking,
    matched(asking, windowMs, parts),
    parts,
    within,
  );
  const stops = steps.map((k) => sql`when not ${follows(k)} then ${k - 1} `);
  const deep = sql`select *, case ${join(stops, '')}else ${parts.matches.length} end as depth from (${rows}) as tried where m_1`;
  if (order === 'any') return deep;
  const seconds = steps.map(
    (k) =>
      sql`case when depth >= ${k} then cast(date_diff('millisecond', ${at('ts', k - 1)}, ${at('ts', k)}) as double) / 1000 end as ${at('seconds', k)}`,
  );
  return sql`select *, ${join(seconds)} from (${deep}) as deep`;
}

/** Which events an attempt may be made of: those up to a window after the period, and before it where the order does not matter. */
export const reachOf = ({ own, period }: Pick<Funnel, 'own' | 'period'>, windowMs: number): Period => ({
  from: own.order === 'any' ? period.from - windowMs : period.from,
  to: period.to + windowMs,
});

/** What one person’s events have in common: in one project who did them, over several the project too (that column costs a third of a funnel’s time). */
export const oneOf = ({ reading }: Pick<Funnel, 'reading'>): Sql =>
  reading.projects.length === 1 ? name('who') : sql`project_id, who`;

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
const flag = (k: number): Sql => name(`m_${k}`);
/** What a row says about the event that is step k of its attempt; of step 1 that is the row itself. */
const at = (column: string, k: number): Sql => name(k === 1 ? column : `${column}_${k}`);
const flags = (upTo: number): readonly Sql[] => range(1, upTo).map(flag);
const held = ({ hold }: Parts): readonly Sql[] => hold.map((_, i) => name(`h_${i + 1}`));
const groups = ({ group, bucket }: Parts): readonly Sql[] => [
  ...group.map((_, i) => name(`g_${i + 1}`)),
  ...(bucket === undefined ? [] : [name('bucket')]),
];

/** A person’s events, last to first, so that what follows an event stands before it: frames then only grow, which Trino adds up as it goes; one that loses rows it adds up anew for each. */
const fromTheLast = sql`ts desc, received_at desc, request_id desc, seq desc`;
const inOrder = (asking: Funnel): Sql => sql`partition by ${oneOf(asking)} order by ${fromTheLast}`;
const following = sql`rows between unbounded preceding and 1 preceding`;

/** The events that matter: who did them, what they match (m_1 only where an attempt may begin), what they hold. */
function matched(asking: Funnel, windowMs: number, { matches, exclude, hold, group, bucket }: Parts): Sql {
  const { own, per, period, reading } = asking;
  const events = askedEvents(asking, reachOf(asking, windowMs));
  const { from, who } = doersOf(events, per, reading);
  const begins = sql`ts >= ${new Date(period.from)} and ts < ${new Date(period.to)}`;
  const columns = [
    ...matches.map((m, i) => sql`${m}${i === 0 ? sql` and ${begins}` : sql``} as ${flag(i + 1)}`),
    ...(exclude.length === 0 ? [] : [sql`${join(exclude, ' or ')} as excluded`]),
    ...hold.map((h, i) => sql`${h} as ${name(`h_${i + 1}`)}`),
    ...group.map((g, i) => sql`${g} as ${name(`g_${i + 1}`)}`),
    ...(bucket === undefined ? [] : [sql`${bucket} as bucket`]),
  ];
  const rows = sql`select e.project_id, ${who} as who, ts, received_at, request_id, seq, ${join(columns)} from ${from}`;
  // Strict order looks at every event; otherwise only matches and exclusions matter.
  if (own.order === 'strict') return rows;
  return sql`select * from (${rows}) as seen where ${join([...flags(matches.length), ...(exclude.length === 0 ? [] : [name('excluded')])], ' or ')}`;
}

/** How what is carried backwards tells the first match from the later ones: times rise along a person’s events, the cuts still to come fall. */
const first = { ts: sql`min`, cuts: sql`max`, cuts_after: sql`max` } as const;

/**
 * Loose order: each next step is the first match after the one before. From the last step on, every event learns when the chain that begins there reaches each later step k: `ts_${k}`. A later match can
 * only go on later, so the chain of the first match is the minimum over all matches.
 */
function firstMatches(asking: Funnel, events: Sql, parts: Parts, within: Within): Tried {
  const steps = parts.matches.length;
  const cutting = parts.exclude.length > 0;
  const carried = cutting ? (['ts', 'cuts', 'cuts_after'] as const) : (['ts'] as const);
  const lane = sql`partition by ${join([oneOf(asking), ...held(parts)])} order by place ${following}`;
  const levels = range(1, steps - 1)
    .toReversed()
    .reduce<{ readonly named: readonly Sql[]; readonly from: Sql }>(
      ({ named, from }, k) => {
        const found = range(k + 1, steps).flatMap((j) =>
          carried.map(
            (c) =>
              sql`${first[c]}(case when ${flag(k + 1)} then ${j === k + 1 ? name(c) : at(c, j)} end) over (${lane}) as ${at(c, j)}`,
          ),
        );
        const columns = [
          ...['project_id', 'who', 'place', ...carried].map(name),
          ...flags(k),
          ...held(parts),
          ...groups(parts),
          ...found,
        ];
        const level = sql`(select ${join(columns)} from ${from} as ${name(`from_${k + 1}`)} where ${join(flags(k + 1), ' or ')})`;
        return k % deepest === 0
          ? { named: [...named, apart(`apart_${k}`, level)], from: name(`apart_${k}`) }
          : { named, from: level };
      },
      { named: [], from: sql`(${placed(asking, events, parts)})` },
    );
  const rows = sql`${levels.named.length === 0 ? sql`` : sql`with ${join(levels.named)} `}select * from ${levels.from} as first_matches`;
  // No event that ends an attempt lies between two others when as many are still to come after the earlier one as from the later one on.
  const uncut = (k: number): Sql =>
    cutting ? sql` and ${at('cuts', k)} = ${at('cuts_after', k - 1)}` : sql``;
  return { rows, follows: (k) => sql`(${within(name('ts'), at('ts', k))}${uncut(k)})` };
}

/** The matches with their place and, where events are excluded, how many of those come from them on and after them. Without the beginnings that another follows at once: it gets as far, and the later one counts (of the same bucket). */
function placed(asking: Funnel, events: Sql, parts: Parts): Sql {
  const order = inOrder(asking);
  const next = (value: Sql): Sql => sql`lag(${value}) over (${order})`;
  const outrun = [
    sql`coalesce(${next(sql`m_1 and not m_2`)}, false)`,
    ...[...held(parts), ...(parts.bucket === undefined ? [] : [name('bucket')])].map(
      (same) => sql`not (${same} is distinct from ${next(same)})`,
    ),
  ];
  const cuts = (frame: Sql): Sql => sql`count(case when excluded then 1 end) over (${order} ${frame})`;
  const columns = [
    sql`row_number() over (${order}) as place`,
    sql`${join(outrun, ' and ')} as outrun`,
    ...(parts.exclude.length === 0
      ? []
      : [
          sql`${cuts(sql`rows between unbounded preceding and current row`)} as cuts`,
          sql`${cuts(following)} as cuts_after`,
        ]),
  ];
  const others = range(2, parts.matches.length).map(flag);
  return sql`select * from (select *, ${join(columns)} from (${events}) as matched) as placed where ${join([...others, sql`(m_1 and not outrun)`], ' or ')}`;
}

/** Strict order: the very next events must be the next steps, with the same held values. What is excluded ends an attempt as any other event does. */
function nextEvents(asking: Funnel, events: Sql, parts: Parts, within: Within): Tried {
  const order = inOrder(asking);
  const next = (value: Sql, k: number): Sql => sql`lag(${value}, ${k - 1}) over (${order})`;
  const times = range(2, parts.matches.length).map((k) => {
    const same = held(parts).map((h) => sql` and not (${h} is distinct from ${next(h, k)})`);
    return sql`case when ${next(flag(k), k)}${join(same, '')} then ${next(name('ts'), k)} end as ${at('ts', k)}`;
  });
  return {
    rows: sql`select *, row_number() over (${order}) as place, ${join(times)} from (${events}) as matched`,
    follows: (k) => within(name('ts'), at('ts', k)),
  };
}

/** Any order: the matches of each step nearest to an event, before and after it, another event than it. */
function nearestMatches(asking: Funnel, events: Sql, parts: Parts, within: Within): Tried {
  const lane = sql`partition by ${join([oneOf(asking), ...held(parts)])} order by`;
  const nearest = (what: 'before' | 'after', least: Sql, order: Sql): readonly Sql[] =>
    range(2, parts.matches.length).map(
      (k) =>
        sql`${least}(case when ${flag(k)} then ts end) over (${lane} ${order} ${following}) as ${at(what, k)}`,
    );
  const after = [
    sql`row_number() over (${inOrder(asking)}) as place`,
    ...nearest('after', sql`min`, fromTheLast),
  ];
  return {
    rows: sql`select *, ${join(nearest('before', sql`max`, sql`place desc`))} from (select *, ${join(after)} from (${events}) as matched) as placed`,
    follows: (k) => sql`(${within(at('before', k), name('ts'))} or ${within(name('ts'), at('after', k))})`,
  };
}
