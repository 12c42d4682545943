import type { Principal } from '../access/kinds.ts';
import type { McpContents, McpResource, McpTemplate } from '../mcp/host.ts';
import type { World } from '../ports.ts';
import { type KnownEvent, knownEvents, vocabulary, vocabularyMs } from '../tools/vocabulary.ts';
import { askQuestion } from './ask.ts';
import { scopeOf } from './scope.ts';

const mimeType = 'application/json';

/** What an agent may read without a tool (contract §6). */
export const resources: readonly McpResource[] = [
  { uri: 'events://recent', name: 'recent', title: 'Recent events', description: 'The newest 100 events, as query_events shows them.', mimeType },
  {
    uri: 'schema://events',
    name: 'schema',
    title: 'Event names',
    description: 'The distinct event names of the last 30 days with counts and property keys. Read this first.',
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

/** A resource’s contents as this key may see it; undefined when there is no such thing. */
export async function readResource(world: World, principal: Principal, uri: string): Promise<readonly McpContents[] | undefined> {
  const contents = (value: unknown): readonly McpContents[] => [{ uri, mimeType, text: JSON.stringify(value) }];
  if (uri === 'events://recent') {
    const from = new Date(world.clock() - vocabularyMs).toISOString();
    return contents((await askQuestion(world, principal, 'query_events', { from, limit: 100 })).rows);
  }
  if (uri === 'schema://events') return contents({ events: await vocabularyOf(world, principal) });
  if (!uri.startsWith(one) || uri.length === one.length) return undefined;
  const event = decoded(uri.slice(one.length));
  const known = (await vocabularyOf(world, principal)).find((found) => found.event === event);
  return known === undefined ? undefined : contents(known);
}

/** The event names this key may see, of the last 30 days, most frequent first. */
export async function vocabularyOf(world: World, principal: Principal): Promise<readonly KnownEvent[]> {
  const { now, projects, env, lake } = await scopeOf(world, principal, {});
  const reading = { projects, env, lake, bots: false };
  const period = { from: now - vocabularyMs, to: now + 1 };
  return knownEvents((await world.engine.ask(vocabulary(reading, period), { reading, period }, { timeMs: world.questionTimeMs })).rows);
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
