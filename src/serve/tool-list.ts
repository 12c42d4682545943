import type { McpTool } from '../mcp/host.ts';
import { Problem } from '../problems.ts';
import { actionNamed, actions, questions } from '../tools/index.ts';
import { wordsOf } from '../tools/inputs.ts';
import { menu } from '../tools/menu.ts';
import { nearest } from '../tools/nearest.ts';
import type { ToolAction } from '../tools/question.ts';
import { quoted } from '../tools/visible.ts';
import { listed } from '../tools/vocabulary.ts';
import { toolInputSchema, toolOf } from './tool-schemas.ts';

/** Which tools a connection may see, by name. */
export type Chosen = (name: string) => boolean;

/** The tools as `tools/list` shows them: the questions, and what writes for a key that may write. */
export const toolsFor = (mayWrite: boolean, chosen: Chosen = () => true): readonly McpTool[] => [
  ...questions.filter(({ name }) => chosen(name)).map(toolOf),
  ...(mayWrite ? actions.filter(({ name }) => chosen(name)).map(toolOfAction) : []),
];

/**
 * What the query of `/mcp?tools=get_stats,funnel`, `?groups=web,people`, `?readonly=1` leaves of the tools. Problem
 * `invalid_params` where it names what does not exist: a client learns so when it connects.
 */
export function chosenBy(query: Readonly<Record<string, string>>): Chosen {
  const there = [...questions, ...actions].map(({ name }) => name);
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
  return (name) => isNamed(name) && !(isReadOnly && actionNamed(name) !== undefined);
}

const toolOfAction = ({ name, title, answers, input, output, annotations }: ToolAction): McpTool => ({
  name,
  title,
  description: answers,
  inputSchema: toolInputSchema(input),
  outputSchema: output,
  annotations,
});
