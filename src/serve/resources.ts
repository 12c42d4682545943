import type { Principal } from '../access/kinds.ts';
import type { McpContents, McpResource, McpTemplate } from '../mcp/host.ts';
import type { QuestionWorld, Row } from '../ports.ts';
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
    { uri, mimeType, text: JSON.stringify(value) },
  ];
  if (uri === 'events://recent') return contents(await newest(world, principal));
  if (uri === 'schema://events') return contents(await schemaOf(world, principal));
  if (!uri.startsWith(one) || uri.length === one.length) return undefined;
  const event = decoded(uri.slice(one.length));
  const known = await vocabularyOf(world, principal);
  const found = known.find((one) => one.event === event);
  if (found !== undefined) return contents(found);
  const names = known.map((one) => one.event);
  return names.length === 0 ? undefined : { hint: unheard(event.slice(0, 128), names) };
}

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

/** The names in use and the 30 days they were looked for in: those before now or, where nothing happened lately, before the newest event. */
async function schemaOf(
  world: QuestionWorld,
  principal: Principal,
): Promise<{
  readonly events: readonly KnownEvent[];
  readonly period: { readonly from: string; readonly to: string };
}> {
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
