import type { Principal } from '../access/principal.ts';
import type { Period, Reading } from '../lake/events-of.ts';
import type { Json, McpContents, McpResource, McpTemplate } from '../mcp/host.ts';
import type { QuestionWorld, Row } from '../ports.ts';
import type { Sql } from '../sql/sql.ts';
import { whatIsAbsent } from '../tools/reading/describe-data.ts';
import { answerRoom, fittingRows } from '../tools/shown.ts';
import { meant, visible } from '../tools/visible.ts';
import {
  type KnownEvent,
  knownEvents,
  lastMoment,
  type Names,
  namesFrom,
  namesInUse,
  type Sought,
  unheard,
  vocabulary,
  vocabularyMs,
} from '../tools/vocabulary.ts';
import { askQuestion } from './ask.ts';
import { scopeOf } from './scope.ts';
import { limitsFor } from './time-left.ts';

const mimeType = 'application/json';

/** What an agent may read without a tool (contract §6). */
export const resources: readonly McpResource[] = [
  {
    uri: 'events://recent',
    name: 'recent',
    title: 'Recent events',
    description: 'The newest 100 events, as query_events shows them.',
    mimeType,
  },
  {
    uri: 'schema://events',
    name: 'schema',
    title: 'Event names',
    description:
      'The distinct event names of the last 30 days with counts and property keys (of the 30 days before the newest event where nothing is newer). Read this first.',
    mimeType,
  },
];
/** The same for one event name, percent-encoded. */
export const templates: readonly McpTemplate[] = [
  {
    uriTemplate: 'schema://events/{event}',
    name: 'event',
    title: 'One event',
    description: 'Count and property keys of one event name in the last 30 days.',
    mimeType,
  },
];

const one = 'schema://events/';

/** Whoever reads: the world, the key, and the signal that its caller left. */
export interface Reader {
  readonly world: QuestionWorld;
  readonly principal: Principal;
  readonly signal?: AbortSignal | undefined;
}

/** A resource’s contents as this key may see it; undefined when there is no such thing, a hint where it is an event nobody sent. */
export async function readResource(
  reader: Reader,
  uri: string,
): Promise<readonly McpContents[] | { readonly hint: string } | undefined> {
  const contents = (value: unknown): readonly McpContents[] => [
    { uri: visible(uri), mimeType, text: JSON.stringify(value) },
  ];
  if (uri === 'events://recent') {
    const all = await newest(reader);
    const { rows, cut } = fittingRows(all, answerRoom - roomForMore);
    const more = [
      ...(rows.length === all.length
        ? []
        : [`These are the newest ${rows.length} of ${all.length}; query_events goes on below them.`]),
      ...cut,
    ];
    return [
      ...contents(rows),
      ...(more.length === 0 ? [] : [{ uri: `${uri}#more`, mimeType: 'text/plain', text: more.join(' ') }]),
    ];
  }
  if (uri === 'schema://events') return contents(shortSchema(await schemaOf(reader)));
  if (!uri.startsWith(one) || uri.length === one.length) return undefined;
  const spelled = spellings(uri.slice(one.length));
  const look = lookFor(reader);
  const known = knownEvents((await look((reading, period) => vocabulary(reading, period, spelled))).rows);
  const found = spelled.map((event) => known.find((one) => one.event === event)).find((one) => one);
  if (found !== undefined) return contents(shortKeys(found, answerRoom - roomForMore));
  const names = namesFrom((await look(namesInUse)).rows);
  const hint = unheard([(spelled[0] ?? '').slice(0, 128)], names).join(' ');
  return names.names.length === 0 ? undefined : { hint };
}

/** Characters kept for saying that there is more. */
const roomForMore = 1_000;
/** Characters of one name with its keys in the list of all. */
const roomForOne = 1_500;

/** A name with as many of its keys as fit, all shown; `property_keys_of` says of how many where it is not all. */
function shortKeys({ event, events, property_keys: all }: KnownEvent, room: number): Json {
  const keys: string[] = [];
  let left = room - visible(event).length;
  for (const key of all) {
    const shown = visible(key);
    left -= JSON.stringify(shown).length + 1;
    if (left < 0) break;
    keys.push(shown);
  }
  return {
    event: visible(event),
    events,
    property_keys: keys,
    ...(keys.length === all.length ? {} : { property_keys_of: all.length }),
  };
}

/** The most frequent names that fit, and how to see more where that is not all. */
function shortSchema({ events: all, of, period }: Schema): Json {
  const events: Json[] = [];
  let left = answerRoom - roomForMore;
  for (const known of all) {
    const short = shortKeys(known, roomForOne);
    left -= JSON.stringify(short).length + 1;
    if (left < 0) break;
    events.push(short);
  }
  const isWhole = events.every((known) => !('property_keys_of' in known));
  const notes = [
    ...(events.length === of
      ? []
      : [
          `These are the ${counted(events.length)} most frequent of ${counted(of)} names. Of any other: ${one}{event}, or get_stats with group_by=event_name.`,
        ]),
    ...(isWhole ? [] : [`Where property_keys_of is larger than the list, ${one}{event} shows more.`]),
  ];
  return { events, period, ...(notes.length === 0 ? {} : { notes }), not_here: whatIsAbsent };
}

const counted = (n: number): string => n.toLocaleString('en-US');

/** What an event’s name in a URI may mean, likeliest first: decoded, as `visible` showed it, decoded twice (older clients encode what is encoded), as it stands. */
const spellings = (text: string): readonly string[] => {
  const once = decoded(text);
  return [meant(once), once, meant(decoded(once)), text];
};

/** The newest 100 events: looked for in the last 30 days, and in all of time only where those hold fewer. */
async function newest({ world, principal, signal }: Reader): Promise<readonly Row[]> {
  const since = async (from: number) => {
    const args = { from: new Date(from).toISOString(), limit: 100 };
    return (await askQuestion(world, principal, 'query_events', args, signal)).rows;
  };
  const lately = await since(world.clock() - vocabularyMs);
  return lately.length === 100 ? lately : since(0);
}

/** The event names this key may see, of the last 30 days, most frequent first: at most 300. */
export const vocabularyOf = async (reader: Reader): Promise<readonly KnownEvent[]> =>
  (await schemaOf(reader)).events;

/** The names this key may see that begin with these letters, without case, most frequent first. */
export const namesMatching = async (reader: Reader, sought: Sought): Promise<Names> =>
  namesFrom((await lookFor(reader)((reading, period) => namesInUse(reading, period, sought))).rows);

interface Schema {
  readonly events: readonly KnownEvent[];
  readonly of: number;
  readonly period: { readonly from: string; readonly to: string };
}

/** The names in use, of how many, and the 30 days they were looked for in. */
async function schemaOf(reader: Reader): Promise<Schema> {
  const { rows, period } = await lookFor(reader)(vocabulary);
  return {
    events: knownEvents(rows),
    of: Number(rows[0]?.of_all ?? 0),
    period: { from: new Date(period.from).toISOString(), to: new Date(period.to).toISOString() },
  };
}

/** Asks in the 30 days before now or, where nothing happened lately, before the newest event. All that one reader asks shares the time of one question. */
const lookFor = (reader: Reader) => {
  const { world, principal, signal } = reader;
  const limits = limitsFor(world, signal);
  return async (asking: (reading: Reading, period: Period) => Sql) => {
    const { now, projects, env, lake } = await scopeOf(world, principal, {});
    const reading = { projects, env, lake, bots: false };
    const ask = (text: Sql, period: Period) => world.engine.ask(text, { reading, period }, limits());
    const during = async (to: number) => {
      const period = { from: to - vocabularyMs, to };
      return { rows: (await ask(asking(reading, period), period)).rows, period };
    };
    const lately = await during(now + 1);
    if (lately.rows.length > 0) return lately;
    const always = { from: 0, to: now + 1 };
    const last = (await ask(lastMoment(reading, always), always)).rows[0]?.last;
    return typeof last === 'string' ? during(Date.parse(last) + 1) : lately;
  };
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
