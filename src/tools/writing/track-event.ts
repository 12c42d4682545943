import { trackBody } from '../../events/schema.ts';
import type { ToolAction } from '../question.ts';

/** The one tool that writes: a track body as an agent sends it. Only sk_ keys see it. */
export const trackEvent = {
  name: 'track_event',
  title: 'Track an event',
  answers:
    'Stores one event of this project. Give event_id when you may call twice: repeats count once. Give anonymous_id or user_id so that it belongs to somebody. Use it to record what the agent itself did or what a user asked to log; not to correct past data.',
  input: trackBody,
  does: 'track',
  route: 'POST /v1/track',
  takes: 'Takes a track body, as `POST /v1/track` does. Only `sk_` keys see it.',
  output: {
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
} as const satisfies ToolAction;
