import type { Answer, Engine, Row, World } from '../ports.ts';
import { Problem } from '../problems.ts';
import { cursorText } from '../tools/cursor.ts';
import { nearest } from '../tools/nearest.ts';
import { partialBuckets } from '../tools/period.ts';
import type { AnswerColumn, Question, Shaped } from '../tools/question.ts';
import type { Resolved } from '../tools/resolve.ts';
import { knownEvents, vocabulary, vocabularyMs } from '../tools/vocabulary.ts';

/** An answer: the numbers and what they mean. The same over REST and MCP. */
export interface Envelope {
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
export interface Asked {
  readonly envelope: Envelope;
  readonly head: Readonly<Record<string, unknown>>;
  readonly first: (n: number) => Envelope;
}

/** What the engine said, with its meaning. `query_id`: that of a question which ran on, else a new one. `timeLeft`: ms for a look at the names in use where nothing was found. */
export async function answered(
  world: Pick<World, 'engine' | 'random'>,
  { question, understood }: { readonly question: Question; readonly understood: Resolved },
  answer: Answer,
  { query_id = hex(world.random(8)), timeLeft }: { readonly query_id?: string | undefined; readonly timeLeft: () => number },
): Promise<Asked> {
  const { asking, resolved } = understood;
  const shaped = question.shape(answer.rows, asking);
  const rows = shaped.rows.slice(understood.skip);
  const unheard = isEmpty(rows) ? await unheardNames(world.engine, question, understood, timeLeft()) : [];
  const envelope: Envelope = {
    rows,
    columns: question.columns(asking),
    period: { from: String(resolved.from), to: String(resolved.to), timezone: asking.tz },
    complete_until: new Date(answer.completeUntil).toISOString(),
    partial_buckets: partialBuckets(asking.period, asking.tz, asking.interval),
    additive: question.additive(asking),
    truncated: shaped.truncated ?? null,
    notes: [...understood.notes, ...(shaped.notes ?? []), ...answer.notes, ...unheard],
    resolved,
    cost: { bytes_scanned: answer.cost.bytes, ms: Math.round(answer.cost.ms * 10) / 10, cached: answer.cost.cached },
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
            notes: [...envelope.notes, `Only the first ${n} rows fit; next_cursor goes on below them, or ask for fewer.`],
            next_cursor: cursorBelow(question, understood, shaped, n),
          },
  };
}

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

function cursorBelow(question: Question, { given, resolved, skip }: Resolved, shaped: Shaped, n: number): string {
  const page = { tool: question.name, given, resolved };
  return shaped.places === undefined
    ? cursorText({ ...page, skip: skip + n, after: null })
    : cursorText({ ...page, skip: 0, after: shaped.places[n - 1] ?? null });
}

/** Nothing to show: no rows, or only zeros. */
const isEmpty = (rows: readonly Row[]): boolean =>
  rows.every((row) => (row.value ?? row.people ?? (Object.hasOwn(row, 'value') || Object.hasOwn(row, 'people') ? 0 : 1)) === 0);

/** Empty is not an error: says what was searched, and for names nobody sent which ones exist. */
async function unheardNames(engine: Engine, question: Question, { asking }: Resolved, timeMs: number): Promise<readonly string[]> {
  const { from, to } = asking.period;
  const period = { from: Math.min(from, to - vocabularyMs), to };
  const nothing = `Nothing matched between ${new Date(from).toISOString()} and ${new Date(to).toISOString()}.`;
  // The answer is known; that the names could not be looked up as well takes nothing from it.
  const answer = await engine.ask(vocabulary(asking.reading, period), { reading: asking.reading, period }, { timeMs }).catch((thrown: unknown) => {
    if (thrown instanceof Problem) return undefined;
    throw thrown;
  });
  if (answer === undefined) return [`${nothing} Which events exist could not be looked up as well; the resource schema://events lists them.`];
  const known = knownEvents(answer.rows).map(({ event }) => event);
  if (known.length === 0) return [`${nothing} No events at all arrived in that time or the 30 days before its end.`];
  const strange = (question.speaksOf?.(asking.own) ?? []).filter((name) => !known.includes(name));
  const hints = strange.map((name) => {
    const close = nearest(name, known);
    return `no event ${JSON.stringify(name)} in this project; ${close.length > 0 ? 'nearest' : 'there are'}: ${(close.length > 0 ? close : known.slice(0, 10)).map((n) => JSON.stringify(n)).join(', ')}`;
  });
  return [
    nothing,
    ...(hints.length > 0
      ? hints
      : [
          `Events in this project: ${known
            .slice(0, 10)
            .map((n) => JSON.stringify(n))
            .join(', ')}.`,
        ]),
  ];
}
