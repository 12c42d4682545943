import { knownTerms } from '../access/plans.ts';
import type { Principal } from '../access/principal.ts';
import type { World } from '../ports.ts';
import { Problem } from '../problems.ts';
import { comeBack, dayOf, endOfMonth, monthOf } from './spans.ts';

/** The counter of an account’s month: `all` its events, and by project and day, `05#prj_…`, those of each. */
export const eventsId = (accountId: string, month: string): string => `USE#${accountId}#${month}`;
/** The name of the number of a project on a day (`2026-12-05`). */
export const eventsOn = (day: string, projectId: string): string => `${day.slice(8)}#${projectId}`;

/** Months are looked back at for so long. */
const keptMs = 800 * 86_400_000;
/** Over its allowance an account is served so far on; then no more until the month ends. */
const grace = 1.1;

/** A request’s events, counted before they are stored. */
export interface Charge {
  /** For the answer: what is left of the month, and a warning over 100 %. Empty where the plan has no allowance. */
  readonly headers: Readonly<Record<string, string>>;
  /** Takes back so many of them: they were not stored, or were there before. */
  giveBack(events: number): Promise<void>;
}

/**
 * Counts events for their account’s UTC month, in one write, before they are stored. Throws `quota_exceeded` where they would go beyond 110 % of the plan’s allowance: then none is counted. A
 * process that ends between counting and storing leaves one request’s events counted, never one uncounted.
 */
export const charge = async (
  { counters, clock }: Pick<World, 'counters' | 'clock'>,
  { accountId, plan, terms = knownTerms(plan) }: Principal,
  projectId: string,
  events: number,
): Promise<Charge> => {
  const now = clock();
  const id = eventsId(accountId, monthOf(now));
  const expiresAt = endOfMonth(now) + keptMs;
  const day = eventsOn(dayOf(now), projectId);
  const allowed = terms.events_per_month;
  const most = allowed === null ? undefined : Math.floor(allowed * grace);
  const { done, numbers } = await counters.add(
    id,
    { all: events, [day]: events },
    { expiresAt, ...(most !== undefined && { atMost: { all: most } }) },
  );
  const used = numbers.all ?? 0;
  if (!done) throw usedUp({ plan, allowed: allowed ?? 0, used, room: (most ?? 0) - used, events, now });
  return {
    headers: allowed === null ? {} : quotaHeaders(plan, allowed, used, now),
    giveBack: async (n) => {
      if (n > 0) await counters.add(id, { all: -n, [day]: -n }, { expiresAt });
    },
  };
};

/** What an answer says of the month. Header text is ASCII. */
const quotaHeaders = (plan: string, allowed: number, used: number, now: number) => ({
  'X-Quota-Remaining': String(Math.max(0, allowed - used)),
  ...(used > allowed && {
    'X-Quota-Warning': `${used} of ${allowed} events of this month are used (plan ${plan}); at ${Math.floor(allowed * grace)} no more are taken until ${new Date(endOfMonth(now)).toISOString()}`,
  }),
});

interface Used {
  readonly plan: string;
  readonly allowed: number;
  readonly used: number;
  readonly room: number;
  readonly events: number;
  readonly now: number;
}
const usedUp = ({ plan, allowed, used, room, events, now }: Used): Problem => {
  const ends = endOfMonth(now);
  const resets_at = new Date(ends).toISOString();
  const { headers, retry_after_s } = comeBack(ends, now);
  const fits = room > 0 && events > 1 ? ` A request of up to ${room} still fits.` : '';
  return new Problem(
    'quota_exceeded',
    `The account’s plan ${plan} takes ${allowed} events a month and a tenth more; ${used} are used and ${events} came, so none of them was taken.${fits} It begins anew at ${resets_at}; whoever runs this installation can change the plan.`,
    {
      headers: { ...headers, 'X-Quota-Remaining': '0' },
      details: { plan, allowed, used, resets_at, retry_after_s },
    },
  );
};
