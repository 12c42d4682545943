import type { Answer, Limits, Row, World } from '../ports.ts';
import { compared, comparedColumns } from '../tools/compare.ts';
import { cursorText } from '../tools/cursor.ts';
import { partialBuckets } from '../tools/period.ts';
import type { AnswerColumn, Question, Shaped } from '../tools/question.ts';
import type { Resolved } from '../tools/resolve.ts';
import { aboutNames } from './names.ts';

/** An answer: the numbers and what they mean. The same over REST and MCP. */
export interface Envelope {
  /** What the rows are of, where that is one thing, such as a person. */
  readonly profile?: Row;
  readonly rows: readonly Row[];
  readonly columns: readonly AnswerColumn[];
  readonly period: {
    readonly from: string;
    readonly to: string;
    readonly timezone: string;
    /** The period it is compared with. */
    readonly before?: { readonly from: string; readonly to: string };
  };
  /** Everything acknowledged before this instant is in the answer. */
  readonly complete_until: string;
  /** Starts of buckets that are not wholly inside the period, or of which not everything is known yet. */
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
  /** How rows are to be written: as the caller said, and over MCP, where tables are usual. */
  readonly format: { readonly asked: 'rows' | 'table'; readonly overMcp: 'rows' | 'table' };
  readonly first: (n: number) => Envelope;
}

/** What the engine said, with its meaning. `query_id`: that of a question which ran on, else a new one. `limits`: what is left for a look at the names in use where nothing was found. */
export async function answered(
  world: Pick<World, 'engine' | 'counters' | 'random'>,
  { question, understood }: { readonly question: Question; readonly understood: Resolved },
  answer: Answer,
  {
    query_id = hex(world.random(8)),
    limits,
  }: { readonly query_id?: string | undefined; readonly limits: () => Limits },
): Promise<CuttableAnswer> {
  const { asking, resolved } = understood;
  const columns = question.columns(asking);
  const { before } = understood;
  const { completeUntil } = answer;
  const shaped =
    before === null
      ? question.shape(answer.rows, asking, completeUntil)
      : compared(question, asking, before, answer.rows, completeUntil);
  const rows = shaped.rows.slice(understood.skip);
  const { until = isFollowed(world) ? undefined : completeUntil } = asking.reading;
  const envelope: Envelope = {
    ...(shaped.profile === undefined ? {} : { profile: shaped.profile }),
    rows,
    columns: before === null ? columns : comparedColumns(columns),
    period: {
      from: String(resolved.from),
      to: String(resolved.to),
      timezone: asking.tz,
      ...(before === null
        ? {}
        : { before: { from: new Date(before.from).toISOString(), to: new Date(before.to).toISOString() } }),
    },
    complete_until: new Date(answer.completeUntil).toISOString(),
    partial_buckets: partialBuckets(asking.period, asking.tz, asking.interval, {
      now: asking.now,
      known: answer.completeUntil,
    }),
    additive: question.additive(asking),
    truncated: shaped.truncated ?? null,
    notes: [
      ...understood.notes,
      ...goesOn(understood),
      ...(shaped.notes ?? []),
      ...cutBy(shaped),
      ...answer.notes,
      ...(await aboutNames(world, { question, understood, shaped, columns, rows }, limits)),
    ],
    resolved,
    cost: {
      bytes_scanned: answer.cost.bytes,
      ms: Math.round(answer.cost.ms * 10) / 10,
      cached: answer.cost.cached,
    },
    query_id,
    next_cursor: shaped.more === true ? cursorBelow(question, understood, shaped, rows.length, until) : null,
  };
  return {
    envelope,
    head: question.head?.(asking.own) ?? {},
    format: {
      asked: understood.format ?? 'rows',
      overMcp: understood.format ?? (question.bare === true ? 'rows' : 'table'),
    },
    first: (n) =>
      n >= rows.length
        ? envelope
        : {
            ...envelope,
            rows: rows.slice(0, n),
            truncated: partOf(shaped, n, rows.length),
            notes: [
              ...envelope.notes,
              `Only the first ${n} rows fit; next_cursor goes on below them, or ask for fewer.`,
            ],
            next_cursor: cursorBelow(question, understood, shaped, n, until),
          },
  };
}

/** The first n of a page’s rows: of all groups where each is one row, of the rows there are otherwise. */
const partOf = ({ truncated, more }: Shaped, n: number, rows: number): NonNullable<Shaped['truncated']> =>
  truncated !== undefined && truncated.shown === rows
    ? { ...truncated, shown: n }
    : { shown: n, of: more === true ? null : rows, what: 'rows' };

/** What a limit left out, and what to do. */
const cutBy = ({ truncated }: Shaped): readonly string[] =>
  truncated === undefined || truncated.of === null
    ? []
    : [
        `limit shows ${truncated.shown.toLocaleString('en-US')} of ${truncated.of.toLocaleString('en-US')} ${truncated.what}: raise it, or narrow the question with where${truncated.what === 'buckets' ? ', from and to' : ''}.`,
      ];

/** Where each question is an own scan of what was delivered, what arrives late cannot be told from what is new. */
const isFollowed = ({ engine }: Pick<World, 'engine'>): boolean => engine.follow !== undefined;

/** What holds the pages of an answer together that are told apart by their rows’ numbers. */
const goesOn = ({ skip, asking: { reading } }: Resolved): readonly string[] => {
  if (skip === 0) return [];
  return reading.until === undefined
    ? [
        'This page was computed anew: where events arrived since the first, a row may stand on two or on none.',
      ]
    : [
        `This page goes on in the answer of ${new Date(reading.until).toISOString()}: what arrived since is left out.`,
      ];
};

const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

function cursorBelow(
  question: Question,
  { given, resolved, skip }: Resolved,
  shaped: Shaped,
  n: number,
  until: number | undefined,
): string {
  const page = { tool: question.name, given, resolved };
  return shaped.places === undefined
    ? cursorText({ ...page, skip: skip + n, after: null, until })
    : cursorText({ ...page, skip: 0, after: shaped.places[n - 1] ?? null });
}
