import type { Principal } from '../access/principal.ts';
import type { QuestionWorld, Reads } from '../ports.ts';
import { Problem } from '../problems.ts';
import type { Sql } from '../sql/sql.ts';
import { comparison, readsOver } from '../tools/compare.ts';
import { questionNamed, questions } from '../tools/index.ts';
import { queryIdOf, type RunningQuestion, runningQuestion, strangeQueryId } from '../tools/query-id.ts';
import type { Question } from '../tools/question.ts';
import { inputOf, type Resolved, resolve } from '../tools/resolve.ts';
import { meantFields } from '../tools/shown.ts';
import { understood } from '../tools/spellings.ts';
import { answered, type CuttableAnswer, type Envelope } from './envelope.ts';
import { scopeOf } from './scope.ts';
import { limitsFor } from './time-left.ts';

type Arguments = Readonly<Record<string, unknown>>;

/** A question that takes longer than a request may, and how to come back for its answer. */
export interface Running {
  readonly status: 'running';
  /** Sent with the same arguments it leads back to this very question. */
  readonly query_id: string;
  readonly notes: readonly string[];
  readonly resolved: Envelope['resolved'];
}

/**
 * Asks a question for a key: scope, arguments (names also as they were shown), SQL, engine, meaning. When `signal` aborts its caller has left, and it is stopped. With a `query_id` among the arguments the question that ran on is waited for again. Problems: those of
 * `resolve`, the scope and the engine.
 */
export async function ask(
  world: QuestionWorld,
  principal: Principal,
  tool: string,
  given: Arguments,
  signal?: AbortSignal,
): Promise<CuttableAnswer | Running> {
  const { engine } = world;
  const args = meantFields(readBy(tool, given));
  if (engine.follow === undefined) {
    if (args.query_id === undefined) return askToTheEnd(world, principal, tool, args, signal);
    throw strangeQueryId(
      'questions end with their request here, so there is none to come back to; leave it out',
    );
  }
  const limits = limitsFor(world, signal);
  const back: Partial<RunningQuestion> =
    args.query_id === undefined ? {} : runningQuestion(args.query_id, world.clock());
  const plan = await planOf(world, principal, tool, args, back.now);
  const answer = await engine.follow(plan.text, plan.reads, limits(), back.ticket);
  if (!('ticket' in answer)) return answered(world, plan, answer, { query_id: back.id, limits });
  const { asking, resolved, notes } = plan.understood;
  const query_id = queryIdOf({ now: asking.now, ticket: answer.ticket });
  return { status: 'running', query_id, notes: [...notes, stillRunning(tool, query_id)], resolved };
}

/** The whole answer: what takes too long is stopped, with `query_timeout`. */
export const askQuestion = async (
  world: QuestionWorld,
  principal: Principal,
  tool: string,
  args: Arguments,
  signal?: AbortSignal,
): Promise<Envelope> => (await askToTheEnd(world, principal, tool, readBy(tool, args), signal)).envelope;

/** The arguments as they are meant, however a client spells them. */
const readBy = (tool: string, args: Arguments): Arguments => {
  const question = questionNamed(tool);
  return question === undefined ? args : understood(inputOf(question).shape, args);
};

async function askToTheEnd(
  world: QuestionWorld,
  principal: Principal,
  tool: string,
  args: Arguments,
  signal?: AbortSignal,
): Promise<CuttableAnswer> {
  const limits = limitsFor(world, signal);
  const plan = await planOf(world, principal, tool, args);
  return answered(world, plan, await world.engine.ask(plan.text, plan.reads, limits()), {
    limits,
  });
}

interface Plan {
  readonly question: Question;
  readonly understood: Resolved;
  readonly text: Sql;
  readonly reads: Reads;
}

/** What to ask the engine. `now`: when the question was first asked, so that asked again it is the same. */
async function planOf(
  world: QuestionWorld,
  principal: Principal,
  tool: string,
  args: Arguments,
  now?: number,
): Promise<Plan> {
  const question = questionNamed(tool);
  if (question === undefined)
    throw new Problem(
      'not_found',
      `no question ${JSON.stringify(tool.slice(0, 64))}; there are ${questions.map((q) => q.name).join(', ')}`,
    );
  const asker = await scopeOf(world, principal, args);
  const understood = resolve(question, args, now === undefined ? asker : { ...asker, now });
  const { asking, before } = understood;
  const text = before === null ? question.ask(asking) : comparison(question, asking, before);
  if (Buffer.byteLength(text.text) > longestText)
    throw new Problem(
      'invalid_params',
      `${tool}: the conditions are too long for one question (${Math.ceil(Buffer.byteLength(text.text) / 1024)} KB of SQL, at most ${longestText / 1024}): send fewer or shorter values in where, steps and exclude, or choose fewer projects.`,
    );
  return {
    question,
    understood,
    text,
    reads: readsOver(question, understood),
  };
}

/** Bytes of SQL: so much the engine of the cloud takes, and so much a question that waits may hold. */
const longestText = 262_144;

const stillRunning = (tool: string, id: string): string =>
  `Not answered yet: this question is still running. Ask ${tool} again with the same arguments and query_id ${JSON.stringify(id)} to wait for its answer.`;
