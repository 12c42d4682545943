import { trackBody } from '../../events/schema.ts';

/** The one tool that writes: a track body as an agent sends it. Only sk_ keys see it. */
export const trackEvent = {
  name: 'track_event',
  title: 'Track an event',
  answers:
    'Stores one event of this project. Give event_id when you may call twice: repeats count once. Give anonymous_id or user_id so that it belongs to somebody. Use it to record what the agent itself did or what a user asked to log; not to correct past data.',
  input: trackBody,
} as const;
