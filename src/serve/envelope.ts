import type { Answer, Engine, Limits, Reads, Row, World } from '../ports.ts';
import { Problem } from '../problems.ts';
import { fieldFrom } from '../sql/field.ts';
import type { Sql } from '../sql/sql.ts';
import { eventsDone } from '../tools/conditions.ts';
import { cursorText } from '../tools/cursor.ts';
import { heldAt, heldIn, type PropertyPath, placesCompared } from '../tools/held.ts';
import { partialBuckets } from '../tools/period.ts';
import type { AnswerColumn, Question, Shaped } from '../tools/question.ts';
import { readsOf } from '../tools/relations.ts';
import type { Resolved } from '../tools/resolve.ts';
import { listed, namesFrom, namesInUse, unheard, vocabularyMs } from '../tools/vocabulary.ts';

/** An answer: the numbers and what they mean. The same over REST and MCP. */
export interface Envelope {
  /** What the rows are of, where that is one thing, such as a person. */
  readonly profile?: Row;
  readonly rows: readonly Row[];
  readonly columns: readonly AnswerColumn[];
  readonly period: { readonly from: string; readonly to: string; readonly timezone: string };
  /** Everything acknowledged before this instant is in the answer. */
  readonly complete_until: string;
  /** Starts of buckets that are not wholly inside the period. */
  readonly partial_buckets: readonly string[];
  /** May the rows’ numbers be added up? False for distinct counts and shares. */
  readonly additive: boolean;
  readonly truncated: Shaped['truncated'] | null;
  readonly notes: readonly string[];
  /** The arguments with every default applied; sent back they give the same answer. */
  readonly resolved: Readonly<Record<string, unknown>>;
  readonly cost: { readonly bytes_scanned: number; readonly ms: number; readonly cached: boolean };
  readonly query_id: string;
  /** Goes on below the last row; null at the end. */
  readonly next_cursor: string | null;
}

/** An answer that can still be cut: `first(n)` is the same answer with only its first n rows and a cursor below them. */
export interface CuttableAnswer {
  readonly envelope: Envelope;
  readonly head: Readonly<Record<string, unknown>>;
  readonly first: (n: number) => Envelope;
}

/** What the engine said, with its meaning. `query_id`: that of a question which ran on, else a new one. `limits`: what is left for a look at the names in use where nothing was found. */
export async function answered(
  world: Pick<World, 'engine' | 'random'>,
  { question, understood }: { readonly question: Question; readonly understood: Resolved },
  answer: Answer,
  {
    query_id = hex(world.random(8)),
    limits,
  }: { readonly query_id?: string | undefined; readonly limits: () => Limits },
): Promise<CuttableAnswer> {
  const { asking, resolved } = understood;
  const shaped = question.shape(answer.rows, asking, answer.completeUntil);
  const rows = shaped.rows.slice(understood.skip);
  const unheard =
    isEmpty(rows) || stopsShort(rows)
      ? await unheardNames(world.engine, question, understood, rows, limits())
      : [];
  const envelope: Envelope = {
    ...(shaped.profile === undefined ? {} : { profile: shaped.profile }),
    rows,
    columns: question.columns(asking),
    period: { from: String(resolved.from), to: String(resolved.to), timezone: asking.tz },
    complete_until: new Date(answer.completeUntil).toISOString(),
    partial_buckets: partialBuckets(asking.period, asking.tz, asking.interval),
    additive: question.additive(asking),
    truncated: shaped.truncated ?? null,
    notes: [
      ...understood.notes,
      ...(shaped.notes ?? []),
      ...answer.notes,
      ...unheard,
      ...(isEmpty(rows) ? await uncomparable(world.engine, understood, limits) : []),
      ...(await unseenKeys(world.engine, understood, shaped, limits)),
    ],
    resolved,
    cost: {
      bytes_scanned: answer.cost.bytes,
      ms: Math.round(answer.cost.ms * 10) / 10,
      cached: answer.cost.cached,
    },
    query_id,
    next_cursor: shaped.more === true ? cursorBelow(question, understood, shaped, rows.length) : null,
  };
  return {
    envelope,
    head: question.head?.(asking.own) ?? {},
    first: (n) =>
      n >= rows.length
        ? envelope
        : {
            ...envelope,
            rows: rows.slice(0, n),
            truncated: { shown: n, of: shaped.more === true ? null : rows.length, what: 'rows' },
            notes: [
              ...envelope.notes,
              `Only the first ${n} rows fit; next_cursor goes on below them, or ask for fewer.`,
            ],
            next_cursor: cursorBelow(question, understood, shaped, n),
          },
  };
}

const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

function cursorBelow(
  question: Question,
  { given, resolved, skip }: Resolved,
  shaped: Shaped,
  n: number,
): string {
  const page = { tool: question.name, given, resolved };
  return shaped.places === undefined
    ? cursorText({ ...page, skip: skip + n, after: null })
    : cursorText({ ...page, skip: 0, after: shaped.places[n - 1] ?? null });
}

/** Nothing to show: no rows, or only zeros. A cohort of some who never came back is something. */
const isEmpty = (rows: readonly Row[]): boolean =>
  rows.every(
    (row) =>
      (row.value ??
        row.size ??
        row.people ??
        (Object.hasOwn(row, 'value') || Object.hasOwn(row, 'people') ? 0 : 1)) === 0,
  );

/** A step that nobody reached in any group: perhaps a name that nobody sends. */
const stopsShort = (rows: readonly Row[]): boolean => {
  const reached = new Set(rows.flatMap(({ step, people }) => (people === 0 ? [] : [step])));
  return rows.some(({ step, people }) => people === 0 && !reached.has(step));
};

/** Properties split by that no row has a value for: lists, objects, or more likely a slip than a finding. */
async function unseenKeys(
  engine: Engine,
  { asking }: Resolved,
  { rows, truncated }: Shaped,
  limits: () => Limits,
): Promise<readonly string[]> {
  if (rows.length === 0 || truncated !== undefined) return [];
  const places = asking.groups.flatMap(({ spelled }): readonly PropertyPath[] => {
    const field = fieldFrom(spelled);
    return field !== undefined && 'keys' in field && rows.every((row) => row[spelled] === null)
      ? [field]
      : [];
  });
  if (places.length === 0) return [];
  const held = await besides(engine, heldAt(asking, places), readsOf(asking), limits());
  const holds = heldIn(held?.[0] ?? {}, places);
  return places.map(
    ({ spelled }, i) =>
      `${spelled} is null in every row: ${holds[i] ?? 'perhaps no event has such a property; the resource schema://events lists the keys in use'}.`,
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

/** Empty is not an error: says what was searched, and for names nobody sent which ones exist. */
async function unheardNames(
  engine: Engine,
  question: Question,
  { asking }: Resolved,
  rows: readonly Row[],
  limits: Limits,
): Promise<readonly string[]> {
  const { from, to } = asking.period;
  const period = {
    from: Math.min(from, to - vocabularyMs),
    to: Math.max(to, asking.judged.reach.to),
  };
  const nothing = `Nothing matched between ${new Date(from).toISOString()} and ${new Date(to).toISOString()}.`;
  const { reading } = asking;
  const spoken = [...new Set([...(question.speaksOf?.(asking.own) ?? []), ...eventsDone(asking.where)])];
  const names = namesInUse(reading, period, { also: spoken });
  const found = await besides(engine, names, { reading, period }, limits);
  const known = found && namesFrom(found);
  const heard = new Set(known?.names);
  const strange = known === undefined ? [] : spoken.filter((name) => !heard.has(name));
  const hints = known === undefined ? [] : unheard(strange, known);
  if (!isEmpty(rows)) return hints;
  if (known === undefined)
    return [
      `${nothing} Which events exist could not be looked up as well; the resource schema://events lists them.`,
    ];
  if (known.names.length === 0)
    return [`${nothing} No events at all arrived in that time or the 30 days before its end.`];
  return [nothing, ...(hints.length > 0 ? hints : [`Events in this project: ${listed(known.names)}.`])];
}
