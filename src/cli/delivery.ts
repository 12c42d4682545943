import * as z from 'zod';
import { fieldErrors, problemCodeOf, type Reply, refusal } from './call.ts';

/** A line on its way. */
export interface Item {
  readonly event: string;
  /** Its track body. */
  readonly json: string;
  /** The line as it stood and where, for the quote if it is refused. */
  readonly line: string;
  readonly source: string;
  readonly number: number;
}

/** What becomes of items, for the closing summary. */
export interface Outcomes {
  /** `already`: how many of them the server says it had; 0 where it does not say. */
  readonly kept: (items: readonly Item[], already: number) => void;
  readonly refused: (item: Item, why: string) => void;
}

/** Fewer than the contract’s 1000 and 4 MiB, so that a batch never fails for its size. */
const batchEvents = 500;
const batchBytes = 3.5 * 1024 * 1024;
const inFlight = 4;

/** Collects items into batches and keeps a few on their way. A batch that cannot be delivered makes the next `take` or `finish` reject. */
export interface Delivery {
  /** Undefined while there is room, so that nobody waits for nothing. */
  readonly take: (item: Item) => Promise<void> | undefined;
  /** Sends what is left, unless `leave`, and resolves when all answers are there. */
  readonly finish: (rest: 'send' | 'leave') => Promise<void>;
}

/** A delivery through `post`, which has already retried what may be retried. */
export const delivery = (
  post: (body: string) => Promise<Reply>,
  url: string,
  { kept, refused }: Outcomes,
): Delivery => {
  let batch: Item[] = [];
  let bytes = 0;
  const flying = new Set<Promise<void>>();
  const broken: unknown[] = [];

  /** All or nothing is the contract, so what a 400 names is taken out and the rest sent again; where it names nothing, halves find what is wrong. */
  const deliver = async (items: readonly Item[]): Promise<void> => {
    const [first] = items;
    if (first === undefined) return;
    const reply = await post(`{"events":[${items.map(({ json }) => json).join(',')}]}`);
    if (reply.status >= 200 && reply.status < 300) return kept(items, alreadyThere(reply, items.length));
    if (problemCodeOf(reply) !== 'invalid_payload' && problemCodeOf(reply) !== 'payload_too_large')
      throw refusal(reply, url);
    const bad = refusedAt(reply);
    const good = items.filter((_, i) => !bad.has(i));
    if (good.length < items.length) {
      items.forEach((item, i) => {
        const why = bad.get(i);
        if (why !== undefined) refused(item, why);
      });
      return deliver(good);
    }
    if (items.length === 1) return refused(first, refusal(reply, url).message);
    const half = Math.ceil(items.length / 2);
    await deliver(items.slice(0, half));
    await deliver(items.slice(half));
  };

  const dispatch = async (): Promise<void> => {
    if (broken.length > 0) throw broken[0];
    const items = batch;
    batch = [];
    bytes = 0;
    const flight: Promise<void> = deliver(items).then(
      () => void flying.delete(flight),
      (reason: unknown) => {
        flying.delete(flight);
        broken.push(reason);
      },
    );
    flying.add(flight);
    if (flying.size >= inFlight) await Promise.race(flying);
    if (broken.length > 0) throw broken[0];
  };

  return {
    take: (item) => {
      const size = Buffer.byteLength(item.json) + 1;
      const sent = batch.length === batchEvents || bytes + size > batchBytes ? dispatch() : undefined;
      batch.push(item);
      bytes += size;
      return sent;
    },
    finish: async (rest) => {
      if (rest === 'send' && batch.length > 0) await dispatch();
      await Promise.all(flying);
      if (broken.length > 0) throw broken[0];
    },
  };
};

const taken = z.object({ repeats: z.number().optional(), new: z.number().optional() });

/** How many of a batch were there before, as its answer counts them: `repeats`, or what is left beside the `new`. */
function alreadyThere(reply: Reply, sent: number): number {
  const { repeats, new: fresh = sent } = taken.safeParse(reply.body).data ?? {};
  return Math.min(sent, Math.max(0, repeats ?? sent - fresh));
}

/** The elements a refusal names (`events.<i>.<field>`), each with why. */
function refusedAt(reply: Reply): ReadonlyMap<number, string> {
  const bad = new Map<number, string>();
  for (const [field, why] of Object.entries(fieldErrors(reply))) {
    const [, index, name] = /^events\.(\d+)(?:\.(.+))?$/.exec(field) ?? [];
    if (index === undefined) continue;
    const said = `${name === undefined ? '' : `${name}: `}${why.join('; ')}`;
    bad.set(Number(index), bad.has(Number(index)) ? `${bad.get(Number(index))}; ${said}` : said);
  }
  return bad;
}
