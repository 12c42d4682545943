import * as z from 'zod/mini';
import { derivedRandom, digestOf } from '../access/derived.ts';
import { Problem } from '../problems.ts';
import type { Books } from './books.ts';

/** How long a request’s Idempotency-Key is remembered. */
export const rememberedMs = 24 * 60 * 60 * 1000;

const group = 'IDEM';
const stored = z.object({ nonce: z.string(), request: z.string(), at: z.string() });

/** A request that is to be done once, however often it comes. */
export interface Request {
  /** The key it came with: nobody else’s repeats are ours, and nobody else can make our ids and keys again. */
  readonly secret: string;
  readonly idempotencyKey: string;
  /** Method, path and body. */
  readonly text: string;
}

/**
 * Books whose chance is the same whenever the same request comes within 24 hours, so that what it makes is made once and a repeat, also of one that was cut short, finds it. No answer is
 * kept, so no key is: a minted key is derived again from the caller’s own. Throws `conflict` where the Idempotency-Key stands for another request.
 */
export const booksOnce = async (books: Books, { secret, idempotencyKey, text }: Request): Promise<Books> => {
  const { ledger, clock, random } = books;
  const id = `IDEM#${digestOf(`${secret}\n${idempotencyKey}`)}`;
  const request = digestOf(text);
  const now = clock();
  const item = await ledger.read(id);
  const known = item && stored.parse(item.data);
  if (known === undefined || now - Date.parse(known.at) > rememberedMs) {
    const nonce = Buffer.from(random(18)).toString('base64url');
    const at = new Date(now).toISOString();
    await forget(books, now);
    // Somebody else may have been first; whoever it was, the next look tells.
    await ledger.write(
      { id, group, at, data: { nonce, request, at } },
      item?.version ?? 0,
      now + rememberedMs,
    );
    return booksOnce(books, { secret, idempotencyKey, text });
  }
  if (known.request !== request)
    throw new Problem(
      'conflict',
      'This Idempotency-Key came within 24 hours with another request. Use a new one for each thing that is to be made.',
    );
  return { ...books, random: derivedRandom(secret, known.nonce) };
};

/** Erases what is older than a day, a few at a time: a table that forgets by itself has done so already. */
const forget = async ({ ledger }: Books, now: number): Promise<void> => {
  const { items } = await ledger.list(group, { limit: 20 });
  for (const { id, at = '', version } of items)
    if (now - Date.parse(at) > rememberedMs) await ledger.erase(id, version);
};
