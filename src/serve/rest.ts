import type { QuestionWorld } from '../ports.ts';
import { Problem } from '../problems.ts';
import { questionNamed } from '../tools/index.ts';
import { spelling } from '../tools/inputs.ts';
import { invalidParam } from '../tools/refusal.ts';
import { inputOf } from '../tools/resolve.ts';
import { ask } from './ask.ts';
import { type Asked, door, type Handler, type Told } from './door.ts';

/** GET /v1/<question>: the query string as arguments, the contract’s fields beside the envelope as answer. */
export const answerQuestions = (world: QuestionWorld): Handler =>
  door(world, (asked) => answer(world, asked));

async function answer(world: QuestionWorld, { route, principal, query, signal }: Asked): Promise<Told> {
  if (principal === null || route.question === undefined)
    throw new Problem('not_found', `${route.path} answers no question.`);
  const said = await ask(world, principal, route.question, argumentsFrom(route.question, query), signal);
  const headers = { 'Cache-Control': 'no-store' } as const;
  // Come back at once: the next request waits as long as this one did.
  if ('status' in said) return { status: 202, headers: { ...headers, 'Retry-After': '0' }, body: said };
  return { status: 200, headers, body: { ...said.head, ...said.envelope } };
}

/** A query string’s texts as the values the question’s inputs want. What cannot be read stays text, for the question to refuse by name. */
function argumentsFrom(tool: string, query: Readonly<Record<string, string>>): Record<string, unknown> {
  const question = questionNamed(tool);
  const shape = question === undefined ? {} : inputOf(question).shape;
  return Object.fromEntries(
    Object.entries(query).map(([name, text]) => {
      const type = Object.hasOwn(shape, name) ? shape[name] : undefined;
      const kind = type === undefined ? undefined : spelling.get(type)?.text;
      return [name, kind === undefined ? text : argumentFrom(name, kind, text)];
    }),
  );
}

function argumentFrom(name: string, kind: 'number' | 'boolean' | 'json', text: string): unknown {
  if (kind === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (kind === 'boolean')
    return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text;
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : '';
    throw invalidParam(name, `${name}: not JSON (${why.slice(0, 120)}); send it as JSON, URL-encoded`);
  }
}
