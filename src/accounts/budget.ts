import { knownTerms, type Terms } from '../access/plans.ts';
import type { Principal } from '../access/principal.ts';
import type { Answer, Engine, Reads, World } from '../ports.ts';
import { Problem } from '../problems.ts';
import { comeBack, dayOf, endOfDay } from './spans.ts';

/** The counter of an account’s questions on a UTC day: `questions` and `bytes` of all, of each key behind `#`, and the questions that read each project (`project#prj_…`). */
export const questionsId = (accountId: string, day: string): string => `ASK#${accountId}#${day}`;

const keptMs = 400 * 86_400_000;
/** What a question has read that did not end within its request, bytes; what it reads more is charged with its answer. */
export const unknownBytes = 1024 ** 3;

/**
 * The world for one key: each look into the lake is counted as a question of the key and of its account for the UTC day, before it is asked, and the bytes it has read afterwards. Asking throws
 * `rate_limited` once a budget of the plan is used up. Coming back for an answer is no new question. Questions under way together may go beyond the budget of bytes by what they read.
 */
export const metered = <W extends Pick<World, 'engine' | 'counters' | 'clock' | 'log'>>(
  world: W,
  who: Principal,
): W => {
  const { engine } = world;
  const asking = async <T>(reads: Reads, act: () => Promise<T>, bytesOf: (said: T) => number): Promise<T> => {
    const spent = await taken(world, who, reads);
    let bytes = unknownBytes;
    try {
      const said = await act();
      bytes = bytesOf(said);
      return said;
    } finally {
      await spent(bytes);
    }
  };
  const ask: Engine['ask'] = (text, reads, limits) =>
    asking(
      reads,
      () => engine.ask(text, reads, limits),
      ({ cost }) => cost.bytes,
    );
  const { follow } = engine;
  return {
    ...world,
    engine: {
      ask,
      ...(follow !== undefined &&
        ({
          follow: async (text, reads, limits, ticket) => {
            if (ticket === undefined) return asking(reads, () => follow(text, reads, limits), bytesRead);
            const said = await follow(text, reads, limits, ticket);
            if (!('ticket' in said)) await spend(world, who, Math.max(0, said.cost.bytes - unknownBytes));
            return said;
          },
        } satisfies Partial<Engine>)),
    },
  };
};

const bytesRead = (said: Answer | { readonly ticket: string }): number =>
  'ticket' in said ? unknownBytes : said.cost.bytes;

type Counting = Pick<World, 'counters' | 'clock' | 'log'>;

/** Counts a question; throws where a budget is used up. What it gives is to be called with the bytes. */
const taken = async (
  world: Counting,
  { accountId, key, plan, terms = knownTerms(plan) }: Principal,
  { reading }: Reads,
): Promise<(bytes: number) => Promise<void>> => {
  const now = world.clock();
  const id = questionsId(accountId, dayOf(now));
  const limits = budgetsOf(terms, key);
  const { done, numbers } = await world.counters.add(
    id,
    {
      ...{ questions: 1, [`questions#${key}`]: 1, bytes: 0, [`bytes#${key}`]: 0 },
      ...Object.fromEntries(reading.projects.map((project) => [`project#${project}`, 1])),
    },
    {
      expiresAt: endOfDay(now) + keptMs,
      atMost: Object.fromEntries(
        limits.map(({ of, number, allowed }) => [number, of === 'bytes_per_day' ? allowed - 1 : allowed]),
      ),
    },
  );
  if (!done) throw usedUp(plan, limits, numbers, now);
  return (bytes) => counted(world, id, key, bytes);
};

const spend = (world: Counting, { accountId, key }: Principal, bytes: number): Promise<void> =>
  counted(world, questionsId(accountId, dayOf(world.clock())), key, bytes);

/** An answer that is there is given, also where it cannot be counted. */
const counted = async (
  { counters, log }: Counting,
  id: string,
  key: string,
  bytes: number,
): Promise<void> => {
  if (bytes > 0)
    await counters
      .add(id, { bytes, [`bytes#${key}`]: bytes })
      .catch((cause: unknown) =>
        log.warn('what a question has read could not be counted', { cause: String(cause), bytes }),
      );
};

interface Budget {
  readonly of: 'questions_per_day' | 'bytes_per_day';
  readonly whose: 'key' | 'account';
  readonly number: string;
  readonly allowed: number;
}

/** The budgets a plan sets, by the number of the counter that each bounds. */
const budgetsOf = (terms: Terms, key: string): readonly Budget[] =>
  (['questions_per_day', 'bytes_per_day'] as const).flatMap((of) =>
    (['key', 'account'] as const).flatMap((whose) => {
      const allowed = terms[of][whose];
      const number = `${of === 'bytes_per_day' ? 'bytes' : 'questions'}${whose === 'key' ? `#${key}` : ''}`;
      return allowed === null ? [] : [{ of, whose, number, allowed }];
    }),
  );

const usedUp = (
  plan: string,
  budgets: readonly Budget[],
  numbers: Readonly<Record<string, number>>,
  now: number,
): Problem => {
  const [budget] = budgets.filter(({ number, allowed }) => (numbers[number] ?? 0) >= allowed);
  const { of, whose, number, allowed } = budget ?? {
    ...({ of: 'questions_per_day', whose: 'account', number: 'questions', allowed: 0 } as const),
  };
  const ends = endOfDay(now);
  const resets_at = new Date(ends).toISOString();
  const { headers, retry_after_s } = comeBack(ends, now);
  const unit = of === 'bytes_per_day' ? 'bytes read by questions' : 'questions';
  return new Problem(
    'rate_limited',
    `The budget ${of} of this ${whose} is used up: the plan ${plan} allows ${allowed} ${unit} a day, and ${numbers[number] ?? 0} are used. It begins anew at ${resets_at}; whoever runs this installation can raise it in the plan (millimetric plans change ${plan} --set …).`,
    {
      headers,
      details: {
        budget: `${of}.${whose}`,
        plan,
        allowed,
        used: numbers[number] ?? 0,
        resets_at,
        retry_after_s,
      },
    },
  );
};
