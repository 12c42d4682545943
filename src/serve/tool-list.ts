import type { McpTool } from '../mcp/host.ts';
import { Problem } from '../problems.ts';
import { questions } from '../tools/index.ts';
import { wordsOf } from '../tools/inputs.ts';
import { menu } from '../tools/menu.ts';
import { nearest } from '../tools/nearest.ts';
import { quoted } from '../tools/visible.ts';
import { listed } from '../tools/vocabulary.ts';
import { trackEvent } from '../tools/writing/track-event.ts';
import { toolInputSchema, toolOf } from './tool-schemas.ts';

/** Which tools a connection may see, by name. */
export type Chosen = (name: string) => boolean;

/** The tools as `tools/list` shows them: the questions, and what writes for a key that may write. */
export const toolsFor = (mayWrite: boolean, chosen: Chosen = () => true): readonly McpTool[] => [
  ...questions.filter(({ name }) => chosen(name)).map(toolOf),
  ...(mayWrite && chosen(trackEvent.name) ? [trackEventTool] : []),
];

/**
 * What the query of `/mcp?tools=get_stats,funnel`, `?groups=web,people`, `?readonly=1` leaves of the tools. Problem
 * `invalid_params` where it names what does not exist: a client learns so when it connects.
 */
export function chosenBy(query: Readonly<Record<string, string>>): Chosen {
  const there = [...questions.map(({ name }) => name), trackEvent.name];
  const groups: readonly string[] = [...new Set(there.map((name) => menu[name]?.group ?? ''))];
  const known = { tools: there, groups, readonly: ['1', 'true', '0', 'false'] };
  const wrong = Object.entries(query).flatMap(([name, value]) => {
    if (name !== 'tools' && name !== 'groups' && name !== 'readonly') {
      // What a host adds for itself is not ours to refuse; a slip is.
      const [meant] = nearest(name, Object.keys(known), 1);
      return meant === undefined ? [] : [`${quoted(name.slice(0, 64))} is not known, did you mean ${meant}?`];
    }
    const strange = wordsOf(value).filter((word) => !known[name].includes(word));
    return strange.length === 0
      ? []
      : [`${name}: there is no ${listed(strange)}; there are ${known[name].join(', ')}`];
  });
  if (wrong.length > 0)
    throw new Problem('invalid_params', `The URL narrows the tools wrongly. ${wrong.join('. ')}.`);
  const [tools, families] = [query.tools, query.groups].map((text) => wordsOf(text ?? ''));
  const isReadOnly = query.readonly === '1' || query.readonly === 'true';
  const isNamed = (name: string): boolean =>
    (tools?.length ?? 0) + (families?.length ?? 0) === 0 ||
    tools?.includes(name) === true ||
    families?.includes(menu[name]?.group ?? '') === true;
  return (name) => isNamed(name) && !(isReadOnly && name === trackEvent.name);
}

const trackEventTool = {
  name: trackEvent.name,
  title: trackEvent.title,
  description: trackEvent.answers,
  inputSchema: toolInputSchema(trackEvent.input),
  outputSchema: {
    type: 'object',
    properties: {
      ok: { type: 'boolean' },
      event_id: { type: ['string', 'null'] },
      ignored: { type: 'array', items: { type: 'string' } },
      clock_skewed: { type: 'integer' },
      repeats: { type: 'integer' },
      identified: { type: 'boolean' },
      message: { type: 'string' },
    },
    required: ['ok'],
  },
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
} as const;
