import { termsOf } from '../access/plans.ts';
import type { Counters, Ledger, World } from '../ports.ts';
import { Problem } from '../problems.ts';
import type { Account } from './accounts.ts';
import { questionsId } from './budget.ts';
import { projectRows } from './project-rows.ts';
import { eventsId } from './quota.ts';
import { comeBack, dayOf, endOfDay, endOfMonth, monthOf } from './spans.ts';

const dayMs = 86_400_000;
/** The most days one look shows. */
export const mostDays = 92;

/** What a project had on a UTC day. */
export interface UsageRow {
  readonly day: string;
  readonly project_id: string;
  /** Null where the project is no longer listed. */
  readonly slug: string | null;
  /** Accepted events; repeats that the store knew are not among them. */
  readonly events: number;
  /** Questions that read it. */
  readonly questions: number;
}

/** Where an account stands with its plan; null is without end. */
export interface Standing {
  readonly plan: string;
  readonly month: {
    readonly month: string;
    readonly events: number;
    readonly allowed: number | null;
    readonly remaining: number | null;
    readonly resets_at: string;
  };
  readonly today: {
    readonly day: string;
    readonly questions: number;
    readonly questions_allowed: number | null;
    readonly bytes: number;
    readonly bytes_allowed: number | null;
    readonly resets_at: string;
  };
}

/** Days of a span (UTC, `to` exclusive), each with its instant. */
const daysIn = (from: string, to: string): readonly string[] => {
  const first = Date.parse(from);
  const count = Math.max(0, Math.round((Date.parse(to) - first) / dayMs));
  return Array.from({ length: count }, (_, i) => dayOf(first + i * dayMs));
};

/** What each project of an account had on each day that has anything, by day and slug. */
export const usageOf = async (
  { ledger, counters }: { readonly ledger: Ledger; readonly counters: Counters },
  accountId: string,
  { from, to, projectId }: { readonly from: string; readonly to: string; readonly projectId?: string },
): Promise<readonly UsageRow[]> => {
  const days = daysIn(from, to);
  const months = [...new Set(days.map((day) => day.slice(0, 7)))];
  const slugs = new Map<string, string>();
  for await (const { project_id, slug } of projectRows(ledger).all(`PRJ#${accountId}`))
    slugs.set(project_id, slug);
  const taken = new Map(
    await Promise.all(
      months.map(async (month) => [month, await counters.read(eventsId(accountId, month))] as const),
    ),
  );
  const rows = await Promise.all(
    days.map(async (day) => {
      const events = behind(taken.get(day.slice(0, 7)) ?? {}, `${day.slice(8)}#`);
      const questions = behind(await counters.read(questionsId(accountId, day)), 'project#');
      return [...new Set([...events.keys(), ...questions.keys()])]
        .filter((id) => projectId === undefined || id === projectId)
        .map((project_id) => ({
          day,
          project_id,
          slug: slugs.get(project_id) ?? null,
          events: events.get(project_id) ?? 0,
          questions: questions.get(project_id) ?? 0,
        }))
        .sort((a, b) => ((a.slug ?? a.project_id) < (b.slug ?? b.project_id) ? -1 : 1));
    }),
  );
  return rows.flat().filter(({ events, questions }) => events > 0 || questions > 0);
};

const behind = (numbers: Readonly<Record<string, number>>, prefix: string): ReadonlyMap<string, number> =>
  new Map(
    Object.entries(numbers).flatMap(([name, n]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), n] as const] : [],
    ),
  );

/** How much of its plan an account has used, at present. */
export const standingOf = async (
  { ledger, counters, clock }: Pick<World, 'ledger' | 'counters' | 'clock'>,
  { account_id, plan }: Account,
): Promise<Standing> => {
  const now = clock();
  const terms = await termsOf(ledger, plan);
  const { all: events = 0 } = await counters.read(eventsId(account_id, monthOf(now)));
  const { questions = 0, bytes = 0 } = await counters.read(questionsId(account_id, dayOf(now)));
  const allowed = terms.events_per_month;
  return {
    plan,
    month: {
      ...{ month: monthOf(now), events, allowed },
      remaining: allowed === null ? null : Math.max(0, allowed - events),
      resets_at: new Date(endOfMonth(now)).toISOString(),
    },
    today: {
      ...{ day: dayOf(now), questions, questions_allowed: terms.questions_per_day.account },
      ...{ bytes, bytes_allowed: terms.bytes_per_day.account },
      resets_at: new Date(endOfDay(now)).toISOString(),
    },
  };
};

/** So many things an account may make in a UTC day: far more than people do, far fewer than a script with a stolen key. */
export const madeADay = 2_000;

/** Makes something for an account, and counts it where it is made: an account, a project, a key, a plan. Throws `rate_limited` where too many were made today. */
export const countMade = async <T>(
  { counters, clock }: Pick<World, 'counters' | 'clock'>,
  accountId: string,
  make: () => Promise<T>,
): Promise<T> => {
  const now = clock();
  const ends = endOfDay(now);
  const id = `MINT#${accountId}#${dayOf(now)}`;
  const terms = { atMost: { made: madeADay }, expiresAt: ends + dayMs };
  const { done } = await counters.add(id, { made: 1 }, terms);
  if (done)
    return make().catch(async (thrown: unknown) => {
      await counters.add(id, { made: -1 });
      throw thrown;
    });
  const { headers, retry_after_s } = comeBack(ends, now);
  const resets_at = new Date(ends).toISOString();
  throw new Problem(
    'rate_limited',
    `This account made ${madeADay} keys, projects, accounts and plans today, which is as many as a day allows. It begins anew at ${resets_at}; if it was not you, revoke the key that did (millimetric audit list says which).`,
    { headers, details: { budget: 'made_per_day', allowed: madeADay, resets_at, retry_after_s } },
  );
};
