import * as z from 'zod/mini';
import { Problem } from '../problems.ts';
import { jsonInPieces } from './json-in-pieces.ts';
import {
  batchBody,
  eventsPerBatch,
  identifyBody,
  publicBatchBody,
  publicTrackBody,
  type Track,
  trackBody,
} from './schema.ts';

/** Beyond this many, wrong fields are counted, not listed. */
const fieldsListed = 100;

/** Batches are read by compiled code, three times as fast. It is made at the first one (5 ms, which some 300 events win back), so what only reads single events never pays for it. */
const batches: { secret?: typeof batchBody; public?: typeof publicBatchBody } = {};

/** A track body; `trusted`: it came with a secret key, which may speak for a visitor. Throws `invalid_payload` that names each field. */
export const parseTrack = (body: unknown, trusted: boolean): Track =>
  read(trusted ? trackBody : publicTrackBody, body);

/** So many events are read at a stretch. */
const pieceOf = 100;

/**
 * The events of a batch body, in their order. Rejects with `invalid_payload` whose fields are named `events.<i>.<field>`. `breathe` is waited for between pieces, so that a large
 * batch holds up nobody.
 */
export const parseBatch = async (
  body: unknown,
  trusted: boolean,
  breathe: () => Promise<void>,
): Promise<readonly Track[]> => {
  // Looked at before the events are: millions of empty ones fit into 4 MiB.
  const sent = eventsIn(body).length;
  if (sent > eventsPerBatch) {
    const wrong = `must be a list of 1–${eventsPerBatch} events; ${sent} came. Send several batches`;
    throw new Problem('invalid_payload', `The body does not fit: \`events\` ${wrong}.`, {
      details: { formErrors: [], fieldErrors: { events: [wrong] } },
    });
  }
  if (trusted) batches.secret ??= z.compile(batchBody);
  else batches.public ??= z.compile(publicBatchBody);
  const schema = (trusted ? batches.secret : batches.public) ?? batchBody;
  if (sent <= pieceOf) return read(schema, body).events;
  const all = eventsIn(body);
  const events: Track[] = [];
  const issues: z.core.$ZodIssue[] = [];
  for (let from = 0; from < sent; from += pieceOf) {
    await breathe();
    const piece = schema.safeParse({ events: all.slice(from, from + pieceOf) });
    if (piece.success) events.push(...piece.data.events);
    else for (const issue of piece.error.issues) issues.push({ ...issue, path: placed(issue.path, from) });
  }
  if (issues.length > 0) throw misfit(issues);
  return events;
};

/** Where a piece’s issue lies in the whole batch. */
const placed = ([list = 'events', at, ...rest]: readonly PropertyKey[], from: number): PropertyKey[] => [
  list,
  ...(typeof at === 'number' ? [at + from] : []),
  ...rest,
];

const eventsIn = (body: unknown): readonly unknown[] =>
  typeof body === 'object' && body !== null && 'events' in body && Array.isArray(body.events)
    ? body.events
    : [];

/** Does a beacon’s body hold several events rather than one? */
export const isBatch = (body: unknown): body is { readonly events: unknown } =>
  typeof body === 'object' && body !== null && 'events' in body && !('event' in body);

/** An identify body as the event it is kept as. */
export const parseIdentify = (body: unknown): Track => {
  const { traits, ...ids } = read(identifyBody, body);
  return { event: '$identify', ...ids, ...(traits === undefined ? {} : { properties: traits }) };
};

/**
 * Any JSON text, numbers with the digits they were sent with (`exactJson`), a long one in pieces between which `breathe`
 * is waited for. Rejects with `invalid_payload` that says where it ends to be JSON.
 */
export const parseJson = async (text: string, breathe: () => Promise<void>): Promise<unknown> => {
  if (text.trim() === '')
    throw new Problem('invalid_payload', 'The body is empty: send a JSON object.', {
      details: flat(['The body is empty.']),
    });
  try {
    return await jsonInPieces(text, breathe);
  } catch (thrown) {
    const said = thrown instanceof SyntaxError ? thrown.message : 'it cannot be read';
    const where = `${said}${unseenAt(text, said)}`;
    throw new Problem('invalid_payload', `The body is not JSON: ${where}. Send one JSON object, in UTF-8.`, {
      details: flat([where]),
    });
  }
};

/** What stands at the position that a message of the language names, where one would look for it in vain. */
const unseenAt = (text: string, said: string): string => {
  const [, position = ''] = / at position (\d+)/.exec(said) ?? [];
  const found = position === '' ? '' : String.fromCodePoint(text.codePointAt(Number(position)) ?? 32);
  return /(?! )[\p{Cc}\p{Cf}\p{Z}]/u.test(found) ? `, where ${found} stands` : '';
};

const read = <T>(schema: z.ZodMiniType<T>, body: unknown): T => {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw misfit(result.error.issues);
};

const flat = (
  formErrors: readonly string[],
  fieldErrors: Readonly<Record<string, readonly string[]>> = {},
) => ({ formErrors, fieldErrors });

/** zod’s flattened form, with whole paths as keys. */
const misfit = (issues: readonly z.core.$ZodIssue[]): Problem => {
  const form: string[] = [];
  const fields = new Map<string, string[]>();
  for (const { path, message } of issues) {
    if (path.length === 0) form.push(message);
    else fields.set(path.join('.'), [...(fields.get(path.join('.')) ?? []), message]);
  }
  const [first] = fields;
  const more =
    fields.size > 1
      ? ` ${fields.size - 1} more ${fields.size === 2 ? 'field does' : 'fields do'} not fit: see details.fieldErrors.`
      : '';
  const [whole] = form;
  const said = whole === undefined ? `\`${first?.[0]}\` ${first?.[1].join('; ')}` : `it ${whole}`;
  return new Problem('invalid_payload', `The body does not fit: ${said}.${more}`, {
    details: flat(
      form.map((message) => `The body ${message}.`),
      Object.fromEntries([...fields].slice(0, fieldsListed)),
    ),
  });
};
