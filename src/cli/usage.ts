import * as z from 'zod';
import { account, adminCommand, at, ofAccount } from './admin.ts';

const amount = z.number().nullable();
const standing = z.object({
  plan: z.string(),
  month: z.object({ month: z.string(), events: z.number(), allowed: amount, resets_at: z.string() }),
  today: z.object({
    questions: z.number(),
    questions_allowed: amount,
    bytes: z.number(),
    bytes_allowed: amount,
    resets_at: z.string(),
  }),
});

const of = (allowed: number | null): string => (allowed === null ? '' : ` of ${allowed}`);

/** `millimetric usage`: what an account used, by project and day, and where it stands with its plan. */
export const usageCommand = adminCommand('usage', {
  does: 'Events and questions by project and day, and how much of the plan is used.',
  flags: {
    from: { value: 'DAY', does: 'From this UTC day on. Default: the first of the month.' },
    to: { value: 'DAY', does: 'Up to this UTC day, without it. Default: tomorrow.' },
    project: { value: 'SLUG|ID', does: 'Of one project only.' },
    ...account,
  },
  columns: ['day', 'slug', 'events', 'questions'],
  verbs: {
    list: {
      ...{ takes: '[--from DAY] [--to DAY]', does: 'By project and day.', words: [0, 0] },
      request: (given) => ({
        method: 'GET',
        path: at('usage', undefined, {
          ...ofAccount(given),
          ...{ project_id: given.text('project'), from: given.text('from'), to: given.text('to') },
        }),
      }),
    },
  },
  below: (came) => {
    const read = standing.safeParse(came);
    if (!read.success) return '';
    const { plan, month, today } = read.data;
    return `
Plan ${plan}. Month ${month.month}: ${month.events}${of(month.allowed)} events, anew at ${month.resets_at}.
Today: ${today.questions}${of(today.questions_allowed)} questions, ${today.bytes}${of(today.bytes_allowed)} bytes read, anew at ${today.resets_at}.
`;
  },
  more: `
  millimetric usage
  millimetric usage --project shop --from 2026-11-01 --to 2026-12-01
  millimetric usage --account acc_…`,
});
