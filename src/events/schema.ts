import * as z from 'zod/mini';
import { address } from './address.ts';
import { came } from './came.ts';
import { instant } from './instant.ts';
import { propertiesBytes, propertiesText } from './properties.ts';

/** The most events of one batch (contract §3). */
export const eventsPerBatch = 1000;

const says = (allowed: string) => (issue: { readonly input?: unknown }) =>
  `${issue.input === undefined ? 'is required and ' : ''}${allowed}; ${came(issue.input)}`;

/** Lengths are in characters as people count code points, not in UTF-16 units. */
const within = (value: string, max: number): boolean =>
  value.length <= max || (value.length <= 2 * max && [...value].length <= max);

const text = (min: 0 | 1, max: number, holds: string, ...more: readonly z.core.$ZodCheck<string>[]) => {
  const error = says(`must be text of ${min === 0 ? 'at most ' : '1–'}${max} characters`);
  const fits = z.refine<string>((value) => value.length >= min && within(value, max), { error });
  return z
    .string({ error })
    .check(fits, ...more)
    .register(z.globalRegistry, {
      description: holds,
      ...(min === 1 ? { minLength: 1 } : {}),
      maxLength: max,
    });
};

/** A text read into something else; what cannot be read is refused in the given words. */
const read = <T>(
  allowed: string,
  reader: (value: string) => T | null,
  meta: { readonly description: string; readonly format?: 'date-time' },
) => {
  const error = says(allowed);
  const reading = z.transform((value: string, { issues }): T => {
    const found = reader(value);
    if (found !== null) return found;
    issues.push({ code: 'custom', message: error({ input: value }), input: value });
    return z.NEVER;
  });
  return z.pipe(z.string({ error }), reading).register(z.globalRegistry, meta);
};

const whole = z.refine<string>((value) => URL.canParse(value), {
  error: says('must be a whole URL such as https://shop.example/cart?x=1'),
});
const seen = z.refine<string>((value) => value === '' || visible.test(value), {
  error: says('must hold more than blanks'),
});
const visible = /[^\s\p{Cc}\p{Cf}\p{Z}]/u;
const url = text(0, 2048, 'The page’s address with its query; utm_* and click ids are read from it.', whole);

const given = z.custom<object>((value) => value !== undefined, { error: () => 'must be a JSON object' });
const asText = z.transform((value: object, { issues }): string => {
  const kept = propertiesText(value);
  if ('text' in kept) return kept.text;
  issues.push({ code: 'custom', message: kept.wrong, input: value });
  return z.NEVER;
});
const properties = (holds: string) =>
  z.pipe(given, asText).register(z.globalRegistry, {
    description: `${holds}: a JSON object of at most ${propertiesBytes} bytes.`,
    type: 'object',
    additionalProperties: true,
  });

const ids = {
  anonymous_id: text(1, 128, 'The browser or device.'),
  user_id: text(1, 256, 'The person, by your own stable id.'),
};

/** One event as a secret key sends it (contract §3). Read: `timestamp` is milliseconds since 1970, `ip` in its one spelling, `properties` JSON text. */
export const trackBody = z.object(
  {
    event: text(
      1,
      128,
      'What happened, in your words; names that start with $ are the system’s by convention.',
      seen,
    ),
    event_id: z.optional(text(1, 128, 'Your own id of the event; repeats count once.')),
    timestamp: z.optional(
      read('must be an ISO 8601 date and time with a zone, such as 2026-03-01T12:00:00Z', instant, {
        description:
          'When it happened, ISO 8601 with a zone; left out: on arrival. More than 5 minutes ahead becomes arrival.',
        format: 'date-time',
      }),
    ),
    anonymous_id: z.optional(ids.anonymous_id),
    user_id: z.optional(ids.user_id),
    session_id: z.optional(text(1, 128, 'Your own session; left out: the anonymous_id and the half hour.')),
    ip: z.optional(
      read('must be an IPv4 or IPv6 address without port', address, {
        description: 'The visitor’s address, from secret keys only; never stored.',
      }),
    ),
    user_agent: z.optional(text(0, 1024, 'The visitor’s user agent, from secret keys only; never stored.')),
    url: z.optional(url),
    path: z.optional(text(0, 2048, 'The page’s path; left out: that of the url.')),
    referrer: z.optional(text(0, 2048, 'Where the visitor came from; need not be a URL.')),
    properties: z.optional(properties('What else you know')),
  },
  { error: says('must be a JSON object') },
);

/** What `trackBody` reads. */
export type Track = z.output<typeof trackBody>;

/** One event as a browser’s key sends it: what it says of `ip` and `user_agent` is not looked at. */
export const publicTrackBody = z.omit(trackBody, { ip: true, user_agent: true });

const several = <T extends z.ZodMiniType>(event: T) => {
  const error = says(`must be a list of 1–${eventsPerBatch} events`);
  return z.object(
    {
      events: z
        .array(event, { error })
        .check(z.minLength(1, { error }), z.maxLength(eventsPerBatch, { error })),
    },
    { error: says('must be a JSON object') },
  );
};

/** Several events, all or none. */
export const batchBody = several(trackBody);
/** The same from a browser’s key. */
export const publicBatchBody = several(publicTrackBody);

/** Who an anonymous id is. `traits` are kept as the properties of a `$identify` event. */
export const identifyBody = z.object(
  { ...ids, traits: z.optional(properties('What you know of the person')) },
  { error: says('must be a JSON object') },
);
