import { metered } from '../accounts/budget.ts';
import type { QuestionWorld } from '../ports.ts';
import { Problem } from '../problems.ts';
import { ask } from './ask.ts';
import type { RoutedRequest } from './asked.ts';
import { door, type Handler, type Told } from './door.ts';
import { asLists } from './table.ts';

/** GET /v1/<question>: the query string as arguments, the contract’s fields beside the envelope as answer. */
export const answerQuestions = (world: QuestionWorld): Handler =>
  door(world, (asked) => answer(world, asked));

async function answer(
  world: QuestionWorld,
  { route, principal, query, signal }: RoutedRequest,
): Promise<Told> {
  if (principal === null || route.question === undefined)
    throw new Problem('not_found', `${route.path} answers no question.`);
  const said = await ask(metered(world, principal), principal, route.question, query, signal);
  const headers = { 'Cache-Control': 'no-store' } as const;
  // Come back at once: the next request waits as long as this one did.
  if ('status' in said) return { status: 202, headers: { ...headers, 'Retry-After': '0' }, body: said };
  const { envelope, head, format } = said;
  const rows = format.asked === 'table' ? asLists(envelope.rows, envelope.columns) : envelope.rows;
  return { status: 200, headers, body: { ...head, ...envelope, rows } };
}
