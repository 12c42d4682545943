import type { Principal } from '../access/kinds.ts';
import type { Json, McpContents, McpResource, McpTemplate } from '../mcp/host.ts';
import type { QuestionWorld, Row } from '../ports.ts';
import { answerRoom, fittingRows } from '../tools/shown.ts';
import { meant, visible } from '../tools/visible.ts';
import {
  type KnownEvent,
  knownEvents,
  lastMoment,
  unheard,
  vocabulary,
  vocabularyMs,
} from '../tools/vocabulary.ts';
import { askQuestion } from './ask.ts';
import { scopeOf } from './scope.ts';
import { timeFor } from './time-left.ts';

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

/** A resource’s contents as this key may see it; undefined when there is no such thing, a hint where it is an event nobody sent. */
export async function readResource(
  world: QuestionWorld,
  principal: Principal,
  uri: string,
): Promise<readonly McpContents[] | { readonly hint: string } | undefined> {
  const contents = (value: unknown): readonly McpContents[] => [
    { uri: visible(uri), mimeType, text: JSON.stringify(value) },
  ];
  if (uri === 'events://recent') {
    const all = await newest(world, principal);
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
  if (uri === 'schema://events') return contents(shortSchema(await schemaOf(world, principal)));
  if (!uri.startsWith(one) || uri.length === one.length) return undefined;
  const known = await vocabularyOf(world, principal);
  const spelled = spellings(uri.slice(one.length));
  const found = spelled.map((event) => known.find((one) => one.event === event)).find((one) => one);
  if (found !== undefined) return contents(shortKeys(found, answerRoom - roomForMore));
  const names = known.map((one) => one.event);
  return names.length === 0 ? undefined : { hint: unheard((spelled[0] ?? '').slice(0, 128), names) };
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
function shortSchema({ events: all, period }: Schema): Json {
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
    ...(events.length === all.length
      ? []
      : [
          `These are the ${counted(events.length)} most frequent of ${counted(all.length)} names. Of any other: ${one}{event}, or get_stats with group_by=event_name.`,
        ]),
    ...(isWhole ? [] : [`Where property_keys_of is larger than the list, ${one}{event} shows more.`]),
  ];
  return { events, period, ...(notes.length === 0 ? {} : { notes }) };
}

const counted = (n: number): string => n.toLocaleString('en-US');

/** What an event’s name in a URI may mean, likeliest first: decoded, as `visible` showed it, decoded twice (older clients encode what is encoded), as it stands. */
const spellings = (text: string): readonly string[] => {
  const once = decoded(text);
  return [meant(once), once, meant(decoded(once)), text];
};

/** The newest 100 events: looked for in the last 30 days, and in all of time only where those hold fewer. */
async function newest(world: QuestionWorld, principal: Principal): Promise<readonly Row[]> {
  const since = async (from: number) =>
    (await askQuestion(world, principal, 'query_events', { from: new Date(from).toISOString(), limit: 100 }))
      .rows;
  const lately = await since(world.clock() - vocabularyMs);
  return lately.length === 100 ? lately : since(0);
}

/** The event names this key may see, of the last 30 days, most frequent first. */
export const vocabularyOf = async (
  world: QuestionWorld,
  principal: Principal,
): Promise<readonly KnownEvent[]> => (await schemaOf(world, principal)).events;

interface Schema {
  readonly events: readonly KnownEvent[];
  readonly period: { readonly from: string; readonly to: string };
}

/** The names in use and the 30 days they were looked for in: those before now or, where nothing happened lately, before the newest event. */
async function schemaOf(world: QuestionWorld, principal: Principal): Promise<Schema> {
  const timeLeft = timeFor(world);
  const { now, projects, env, lake } = await scopeOf(world, principal, {});
  const reading = { projects, env, lake, bots: false };
  const during = async (to: number) => {
    const period = { from: to - vocabularyMs, to };
    const { rows } = await world.engine.ask(
      vocabulary(reading, period),
      { reading, period },
      { timeMs: timeLeft() },
    );
    return {
      events: knownEvents(rows),
      period: { from: new Date(period.from).toISOString(), to: new Date(to).toISOString() },
    };
  };
  const lately = await during(now + 1);
  if (lately.events.length > 0) return lately;
  const always = { from: 0, to: now + 1 };
  const { rows } = await world.engine.ask(
    lastMoment(reading, always),
    { reading, period: always },
    { timeMs: timeLeft() },
  );
  const last = rows[0]?.last;
  return typeof last === 'string' ? during(Date.parse(last) + 1) : lately;
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
