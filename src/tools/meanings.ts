import type { Per } from '../people/who.ts';

/** The unit of a column that counts them. */
export const countedUnits = {
  person: 'people',
  visitor: 'visitors',
  session: 'sessions',
} as const satisfies Record<Per, string>;

/** What a note says of whom a question counted. */
export const countedAs = {
  person:
    'people are persons: user_id, else the user_id this anonymous_id was first identified as, else the anonymous_id.',
  visitor: 'people are visitors: distinct anonymous_ids.',
  session:
    'people are sessions: events of one anonymous_id without a gap over 30 minutes, or the session_id that was sent.',
} as const satisfies Record<Per, string>;
