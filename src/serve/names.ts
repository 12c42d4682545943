import { earliest, latest } from '../events/instant.ts';
import type { Period } from '../lake/events-of.ts';
import type { Engine, Limits, Reads, Row, World } from '../ports.ts';
import { Problem } from '../problems.ts';
import { fieldFrom } from '../sql/field.ts';
import type { Sql } from '../sql/sql.ts';
import { heldAt, heldIn, type PropertyPath, placesCompared } from '../tools/held.ts';
import { nearest } from '../tools/nearest.ts';
import { type AnswerColumn, measures, type Question, type Shaped } from '../tools/question.ts';
import { readsOf } from '../tools/relations.ts';
import type { Resolved } from '../tools/resolve.ts';
import { occurrences, occurring, type Sent, type Spoken, spokenIn } from '../tools/spoken.ts';
import { quoted } from '../tools/visible.ts';
import {
  knownEvents,
  listed,
  namesFrom,
  namesInUse,
  unheard,
  vocabulary,
  vocabularyMs,
} from '../tools/vocabulary.ts';

/** An answer as far as it is known when its notes are written. */
interface Found {
  readonly question: Question;
  readonly understood: Resolved;
  readonly shaped: Shaped;
  readonly columns: readonly AnswerColumn[];
  /** The rows of this page. */
  readonly rows: readonly Row[];
}

/**
 * What is said beside an answer of names that nobody sent, and of an empty answer: where the data is. Names that were
 * found once are remembered for a while, so that most questions look nothing up. In the cloud, where a look is a scan
 * that costs money, only answers with nothing in them pay for it (decision 24).
 */
export async function aboutNames(
  { engine, counters }: Pick<World, 'engine' | 'counters'>,
  found: Found,
  limits: () => Limits,
): Promise<readonly string[]> {
  const { question, understood, rows, columns } = found;
  const { asking } = understood;
  const empty = question.finds !== true && isEmpty(rows, columns);
  const spoken = spokenIn(question, asking, asking.own);
  const known = knownTo(counters, understood);
  const isCheap = engine.follow === undefined;
  const ever = empty ? await learn(always, spoken) : undefined;
  const strange =
    empty || !(isCheap || hasBareRow(rows, columns))
      ? ever && unknownOf(spoken, known)
      : await unheardOf(unknownOf(spoken, known));
  const nobody = strange ?? nothing;
  const hints = await hintsFor(engine, understood, nobody, limits);
  return [
    ...(empty ? whereDataIs(understood, spoken, ever, hints.length > 0) : []),
    ...hints,
    ...(empty ? await uncomparable(engine, understood, limits) : []),
    ...(await unseenKeys(
      engine,
      understood,
      found.shaped,
      new Set(nobody.places.map((p) => p.spelled)),
      limits,
    )),
  ];

  /** Which of these occur in a period, and remembers them; undefined where that could not be looked up. */
  async function learn(period: Period, of: Spoken): Promise<Occurrences | undefined> {
    const seen = await occur(engine, understood, period, of, limits());
    for (const name of seen?.named.keys() ?? []) known.add(`event ${name}`);
    for (const place of seen?.held ?? []) known.add(`place ${place}`);
    return seen;
  }

  /** Which of these nobody sent: looked for in the period first, then in all of time where that is cheap, for a name of last year is no slip. */
  async function unheardOf(of: Spoken): Promise<Spoken | undefined> {
    if (isNothing(of)) return undefined;
    const seen = await learn(usual(understood), of);
    const left = unknownOf(of, known);
    if (seen === undefined || isNothing(left) || !isCheap) return seen && left;
    return (await learn(always, left)) && unknownOf(left, known);
  }
}

const nothing: Spoken = { events: [], places: [] };
const isNothing = ({ events, places }: Spoken): boolean => events.length + places.length === 0;
type Occurrences = ReturnType<typeof occurrences>;

/** Nothing to show: no rows, or nothing in them was measured but zeros. */
const isEmpty = (rows: readonly Row[], columns: readonly AnswerColumn[]): boolean => {
  const measured = columns.filter(measures);
  return rows.every((row) => measured.length > 0 && isBare(row, measured));
};

const isBare = (row: Row, measured: readonly AnswerColumn[]): boolean =>
  measured.every(({ name }) => (row[name] ?? 0) === 0);

/** Is there a row, a step perhaps, for which nothing was found? Buckets without events are common. */
const hasBareRow = (rows: readonly Row[], columns: readonly AnswerColumn[]): boolean => {
  const measured = columns.filter(measures);
  return (
    measured.length > 0 &&
    columns.every(({ type }) => type !== 'time') &&
    rows.some((row) => isBare(row, measured))
  );
};

/** What was found once, by installation (its counters stay the same, engines are wrapped for each key) and by whose events are asked for; of its scopes so many are remembered. */
const remembered = new WeakMap<
  World['counters'],
  Map<string, { readonly since: number; readonly names: Set<string> }>
>();
const rememberMs = 600_000;
const mostScopes = 500;
const mostNames = 5_000;

function knownTo(counters: World['counters'], { asking: { reading, now } }: Resolved): Set<string> {
  const scopes = remembered.get(counters) ?? new Map<string, { since: number; names: Set<string> }>();
  remembered.set(counters, scopes);
  const scope = JSON.stringify([reading.env, reading.bots, reading.projects]);
  const known = scopes.get(scope);
  if (known !== undefined && Math.abs(now - known.since) < rememberMs && known.names.size < mostNames)
    return known.names;
  if (scopes.size >= mostScopes) scopes.clear();
  const names = new Set<string>();
  scopes.set(scope, { since: now, names });
  return names;
}

const unknownOf = ({ events, places }: Spoken, known: ReadonlySet<string>): Spoken => ({
  events: events.filter((name) => !known.has(`event ${name}`)),
  places: places.filter(({ spelled }) => !known.has(`place ${spelled}`)),
});

const always: Period = { from: earliest, to: latest };

/** The period that was asked for, and 30 days at least. */
const usual = ({ asking }: Resolved): Period => {
  const { from, to } = asking.period;
  return {
    from: Math.min(from, to - vocabularyMs),
    to: Math.max(to, asking.judged.reach.to),
  };
};

const occur = async (
  engine: Engine,
  { asking: { reading } }: Resolved,
  period: Period,
  spoken: Spoken,
  limits: Limits,
): Promise<ReturnType<typeof occurrences> | undefined> => {
  const rows = await besides(engine, occurring(reading, period, spoken), { reading, period }, limits);
  return rows && occurrences(rows, spoken);
};

/** For each name that nobody sent the nearest that somebody did. */
async function hintsFor(
  engine: Engine,
  { asking }: Resolved,
  { events, places }: Spoken,
  limits: () => Limits,
): Promise<readonly string[]> {
  const { reading } = asking;
  // What is sent now, and what was sent when it is asked for.
  const period = { from: Math.min(asking.period.from, asking.now - vocabularyMs), to: latest };
  const names =
    events.length === 0
      ? []
      : await besides(engine, namesInUse(reading, period), { reading, period }, limits());
  const keys =
    places.length === 0
      ? []
      : await besides(engine, vocabulary(reading, period), { reading, period }, limits());
  return [
    ...(names === undefined || events.length === 0 ? [] : unheard(events, namesFrom(names))),
    ...(keys === undefined
      ? []
      : unheld(places, [...new Set(knownEvents(keys).flatMap((e) => e.property_keys))])),
  ];
}

const unheld = (places: readonly PropertyPath[], keys: readonly string[]): readonly string[] =>
  places.slice(0, mostPlaces).map(({ spelled, keys: [first = ''] }) => {
    const close = nearest(
      first,
      keys.filter((key) => key !== first),
    );
    const known = keys.includes(first) ? [] : close;
    return `no event in this project has ${spelled}; ${known.length > 0 ? `nearest: ${listed(known)}` : 'the resource schema://events lists the keys in use'}`;
  });

/** Empty is not an error: says what was searched, and which from and to would show something. */
function whereDataIs(
  { asking: { period } }: Resolved,
  { events }: Spoken,
  ever: ReturnType<typeof occurrences> | undefined,
  isExplained: boolean,
): readonly string[] {
  const { from, to } = period;
  const nothing = `Nothing matched between ${new Date(from).toISOString()} and ${new Date(to).toISOString()}.`;
  if (ever === undefined)
    return [
      `${nothing} Which events exist could not be looked up as well; the resource schema://events lists them.`,
    ];
  if (ever.all === undefined) return [`${nothing} No event was ever received here.`];
  const outside = ({ first, last }: Sent): boolean => Date.parse(last) < from || Date.parse(first) >= to;
  const elsewhere = events.flatMap((name) => {
    const sent = ever.named.get(name);
    return sent === undefined || !outside(sent) ? [] : [`${quoted(name)} was sent ${shownBy(sent)}`];
  });
  if (elsewhere.length > 0) return [nothing, ...elsewhere.slice(0, mostPlaces)];
  if (outside(ever.all)) return [nothing, `All events of this project were sent ${shownBy(ever.all)}`];
  return isExplained
    ? [nothing]
    : [
        nothing,
        `This project’s events were sent between ${ever.all.first} and ${ever.all.last}; where, event or a name may be too narrow.`,
      ];
}

const minute = 60_000;

/** When it was, and the whole minutes around it as a period. */
const shownBy = ({ events, first, last }: Sent): string => {
  const from = new Date(Math.floor(Date.parse(first) / minute) * minute).toISOString();
  const to = new Date((Math.floor(Date.parse(last) / minute) + 1) * minute).toISOString();
  return `between ${first} and ${last} (${events.toLocaleString('en-US')} events): from=${from} and to=${to} show it.`;
};

/** Properties split by that no row has a value for: lists, objects, or none at all in what was counted. */
async function unseenKeys(
  engine: Engine,
  { asking }: Resolved,
  { rows, truncated }: Shaped,
  explained: ReadonlySet<string>,
  limits: () => Limits,
): Promise<readonly string[]> {
  if (rows.length === 0 || truncated !== undefined) return [];
  const places = asking.groups.flatMap(({ spelled }): readonly PropertyPath[] => {
    const field = fieldFrom(spelled);
    return field !== undefined && 'keys' in field && rows.every((row) => row[spelled] === null)
      ? [field]
      : [];
  });
  const open = places.filter(({ spelled }) => !explained.has(spelled));
  if (open.length === 0) return [];
  const held = await besides(engine, heldAt(asking, open), readsOf(asking), limits());
  const holds = heldIn(held?.[0] ?? {}, open);
  return open.map(
    ({ spelled }, i) => `${spelled} is null in every row: ${holds[i] ?? 'no event that was counted has it'}.`,
  );
}

/** Properties compared with that hold no single values, where nothing was found. */
async function uncomparable(
  engine: Engine,
  { asking }: Resolved,
  limits: () => Limits,
): Promise<readonly string[]> {
  const places = placesCompared(asking.where).slice(0, mostPlaces);
  if (places.length === 0) return [];
  const held = await besides(engine, heldAt({ ...asking, where: [] }, places), asking, limits());
  const holds = heldIn(held?.[0] ?? {}, places);
  return places.flatMap(({ spelled }, i) =>
    holds[i] === undefined ? [] : [`where compares ${spelled}: ${holds[i]}.`],
  );
}

/** More are not looked at: a hint must not cost more than the question. */
const mostPlaces = 3;

/** What is asked beside the question: its answer is known, that this could not be looked up as well takes nothing from it. */
const besides = (
  engine: Engine,
  text: Sql,
  { reading, period }: Reads,
  limits: Limits,
): Promise<readonly Row[] | undefined> =>
  engine.ask(text, { reading, period }, limits).then(
    ({ rows }) => rows,
    (thrown: unknown) => {
      if (thrown instanceof Problem) return undefined;
      throw thrown;
    },
  );
