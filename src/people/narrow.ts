import { columnNames } from '../events/columns.ts';
import { eventsOf, type Period, type Reading } from '../lake/events-of.ts';
import { numberIn } from '../sql/field.ts';
import {
  type Comparable,
  type Comparison,
  type Condition,
  comparedField,
  holds,
  isNegated,
  positivelyFits,
} from '../sql/filter.ts';
import { hashed } from '../sql/hash.ts';
import { join, name, type Sql, sql } from '../sql/sql.ts';
import { person } from './person.ts';
import { sessionFields } from './session-fields.ts';
import { type SessionValue, sessionKeyOf, sessionKeys, sessionReach } from './sessions.ts';
import { traitsBefore } from './traits.ts';
import { doersOf } from './who.ts';

/** What of a session one may compare. */
export const sessionWords = [
  ...(['entry_path', 'exit_path', 'bounce', 'duration_seconds'] as const),
  ...(['source', 'medium', 'campaign'] as const),
] as const;
export type SessionWord = (typeof sessionWords)[number];

/** Something of the session an event lies in, or of the person who did it. */
export type About =
  | { readonly spelled: string; readonly session: SessionWord }
  | { readonly spelled: string; readonly trait: readonly string[] };
type Operators = Pick<Comparison, 'op' | 'value'>;
/** A comparison with that. */
export type AboutComparison = Operators & { readonly about: About };

/** Who did, or did not do, events of one name so often: in the period, or in so many ms before its end. */
export interface Did {
  readonly did: {
    readonly event: string;
    readonly where: readonly Condition[];
    readonly atLeast: number;
    readonly withinMs: number | null;
  };
  readonly not: boolean;
}

/** An entry of a question’s own `where`. */
export type Entry = Comparison | AboutComparison | Did;
/** An entry, or several of which one must hold. */
export type Narrowing = Entry | { readonly any: readonly Entry[] };

/** When is asked about what: what `did` and traits go by, and all that the question looks at. */
export interface Judged {
  readonly period: Period;
  /** What the question looks at; sessions are cut from at least a day around it. */
  readonly reach: Period;
  /** ms since 1970. */
  readonly now: number;
}

const entriesIn = (where: readonly Narrowing[]): readonly Entry[] =>
  where.flatMap((one) => ('any' in one ? one.any : [one]));
const isPlain = (one: Narrowing): one is Condition =>
  'any' in one ? one.any.every((entry) => 'field' in entry) : 'field' in one;

/** The comparisons with fields of events among these. */
export const comparisonsIn = (where: readonly Narrowing[]): readonly Comparison[] =>
  entriesIn(where).flatMap((entry) => ('field' in entry ? [entry] : []));

/** What was, or was not, to be done. */
export const didsIn = (where: readonly Narrowing[]): readonly Did[] =>
  entriesIn(where).flatMap((entry) => ('did' in entry ? [entry] : []));

const toldIn = (where: readonly Narrowing[], of: 'session' | 'trait'): readonly AboutComparison[] =>
  entriesIn(where).flatMap((entry) => ('about' in entry && of in entry.about ? [entry] : []));

/** Which events must be read so that these conditions can be judged. */
export const narrowReach = (where: readonly Narrowing[], judged: Judged): Period =>
  over([
    judged.reach,
    ...(toldIn(where, 'session').length > 0 ? [around(judged)] : []),
    ...didsIn(where).map(({ did }) => didIn(did, judged)),
  ]);

const over = (all: readonly Period[]): Period => ({
  from: Math.min(...all.map(({ from }) => from)),
  to: Math.max(...all.map(({ to }) => to)),
});

/** What sessions are cut from: of a period the same in all questions that look no more than a day around it. */
const around = ({ period, reach }: Judged): Period => sessionReach(over([sessionReach(period), reach]));

/** The end is now where the period goes on: “in the last seven days” of a running month are those before now. */
const didIn = ({ withinMs }: Did['did'], { period: { from, to }, now }: Judged): Period =>
  withinMs === null ? { from, to } : { from: Math.min(to, now + 1) - withinMs, to };

/** The events in `within` (columns as stored) for which all of this holds. */
export const narrowedEvents = (
  where: readonly Narrowing[],
  within: Period,
  reading: Reading,
  judged: Judged,
): Sql => {
  const plain = where.filter(isPlain);
  const scoped = eventsOf(reading, within);
  const events = plain.length === 0 ? scoped : sql`select * from (${scoped}) as scoped where ${holds(plain)}`;
  const wide = where.filter((one) => !isPlain(one));
  if (wide.length === 0) return events;
  const [sessions, traits, dids] = [toldIn(wide, 'session'), toldIn(wide, 'trait'), didsIn(wide)];
  const joins = [
    ...(sessions.length === 0
      ? []
      : [sql`left join (${fittingSessions(sessions, reading, judged)}) as s on s.k = e.at_session`]),
    ...(traits.length === 0
      ? []
      : [sql`left join (${fittingTraits(traits, reading, judged)}) as t on t.k = e.by_whom`]),
    ...(dids.length === 0 ? [] : [sql`left join (${doers(dids, reading, judged)}) as d on d.k = e.by_whom`]),
  ];
  const byPerson = traits.length + dids.length > 0;
  const keys = [
    ...(sessions.length === 0 ? [] : [sql`, ${sessionKeyOf(reading)} as at_session`]),
    ...(byPerson ? [sql`, ${personKey(sql`e.project_id`, hashed(person), reading)} as by_whom`] : []),
  ];
  const from = byPerson ? doersOf(events, 'person', reading).from : sql`(${events}) as e`;
  const one = (entry: Entry): Sql => {
    if ('field' in entry) return holds([entry]);
    const [list, table]: readonly [readonly Entry[], string] =
      'did' in entry ? [dids, 'd'] : 'session' in entry.about ? [sessions, 's'] : [traits, 't'];
    const found = sql`(coalesce(${name(table)}.${name(`m_${list.indexOf(entry) + 1}`)}, 0) = 1)`;
    return ('did' in entry ? entry.not : isNegated(entry.op)) ? sql`not ${found}` : found;
  };
  const all = wide.map((entry) => ('any' in entry ? sql`(${join(entry.any.map(one), ' or ')})` : one(entry)));
  return sql`
    select ${join(columnNames.map((column) => sql`e.${name(column)} as ${name(column)}`))}
    from (select e.*${join(keys, '')} from ${from}) as e ${join(joins, ' ')}
    where ${join(all, ' and ')}`;
};

/** A person as one number; over several projects nobody is the same in two. */
const personKey = (project: Sql, w: Sql, { projects }: Reading): Sql =>
  projects.length > 1 ? hashed(sql`concat(${project}, '/', cast(${w} as varchar))`) : w;

const marks = (found: readonly Sql[]): Sql =>
  join(found.map((one, i) => sql`max(case when ${one} then 1 else 0 end) as ${name(`m_${i + 1}`)}`));

/** Keys of sessions with `m_1` …: 1 where what was asked of it, without its negation, holds. */
function fittingSessions(asked: readonly AboutComparison[], reading: Reading, judged: Judged): Sql {
  const kept = Object.entries(keptOf).flatMap(([word, of]): readonly SessionValue[] =>
    asked.some(({ about }) => 'session' in about && about.session === word) ? [{ as: word, ...of }] : [],
  );
  const found = asked.map(({ about, op, value }) =>
    'session' in about ? positivelyFits(op, value, comparedSession[about.session]) : sql`false`,
  );
  const keyed = sessionKeys(eventsOf(reading, around(judged)), reading, kept);
  return sql`select k, ${marks(found)} from (${keyed}) as keyed where ${join(found, ' or ')} group by k`;
}

const { source, medium, campaign, entry_path, exit_path } = sessionFields;
const keptOf = { source, medium, campaign, entry_path, exit_path } as const;

const textual = (text: Sql): Comparable => ({
  text,
  number: numberIn(text),
  json: null,
  exists: sql`(${text} is not null)`,
});
const isBounce = sql`case when views <= 1 and others = 0 then 'true' else 'false' end`;
const seconds = sql`(cast(ends - begins as double) / 1000)`;
const comparedSession: Readonly<Record<SessionWord, Comparable>> = {
  source: textual(name('source')),
  medium: textual(name('medium')),
  campaign: textual(name('campaign')),
  entry_path: textual(name('entry_path')),
  exit_path: textual(name('exit_path')),
  bounce: { ...textual(isBounce), json: isBounce, exists: sql`true` },
  duration_seconds: { text: sql`cast(null as varchar)`, number: seconds, json: null, exists: sql`true` },
};

/** Keys of people with the same of their traits at the end of the period. */
function fittingTraits(asked: readonly AboutComparison[], reading: Reading, { period }: Judged): Sql {
  const found = asked.map(({ about, op, value }) =>
    'trait' in about
      ? positivelyFits(op, value, comparedField({ spelled: about.spelled, keys: about.trait }))
      : sql`false`,
  );
  const k = personKey(name('project_id'), name('w'), reading);
  const traits = sql`select ${k} as k, traits as properties from (${traitsBefore(reading, period.to)}) as spoken`;
  return sql`select k, ${marks(found)} from (${traits}) as known where ${join(found, ' or ')} group by k`;
}

/** Keys of people with 1 where they did it so often. */
function doers(asked: readonly Did[], reading: Reading, judged: Judged): Sql {
  const each = asked.map(({ did }) => ({ ...did, in: didIn(did, judged) }));
  const matching = each.map(
    ({ event, where, in: { from, to } }) =>
      sql`(event_name = ${event} and ts >= ${new Date(from)} and ts < ${new Date(to)} and ${holds(where)})`,
  );
  const all = over(each.map((one) => one.in));
  const named = sql`select * from (${eventsOf(reading, all)}) as scoped where event_name in (${join([...new Set(each.map(({ event }) => event))])})`;
  const { from, who } = doersOf(named, 'person', reading);
  const counts = each.map(
    ({ atLeast }, i) =>
      sql`case when count(case when ${matching[i] ?? sql`false`} then 1 end) >= ${atLeast} then 1 else 0 end as ${name(`m_${i + 1}`)}`,
  );
  return sql`
    select k, ${join(counts)}
    from (select e.*, ${personKey(sql`e.project_id`, hashed(who), reading)} as k from ${from}) as e group by k`;
}
