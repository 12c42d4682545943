import { randomBytes } from 'node:crypto';
import { expect, vi } from 'vitest';
import * as z from 'zod';
import { type Answer, send } from './exchange.ts';
import type { Place } from './place.ts';

/** Stands in every name and id that one run of the suite sends, so that it may run on the same place again. */
export const run = randomBytes(5).toString('hex');

/** A name of this run’s own. */
export const own = (name: string): string => `e2e_${run}_${name}`;

/** An event that somebody tries to bring in by means that are not meant for it. */
export const attempt = (name: string) => ({ event: own(name), anonymous_id: own('attacker') });

/** The user agent of somebody who is no program. */
export const browser = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** How long what was acknowledged may take to be in the answers, and how often that is asked, ms. */
const patienceMs = 25_000;
const pauseMs = 250;

const envelope = z.looseObject({
  rows: z.array(z.record(z.string(), z.unknown())),
  complete_until: z.iso.datetime(),
  notes: z.array(z.string()),
  truncated: z.unknown(),
  next_cursor: z.string().nullable(),
});

/** An answer to a question over REST, every part of its envelope that the suite looks at. */
export type Told = z.infer<typeof envelope>;

/** Asks `/v1/<question>` with the reading key; fails unless it is answered. Lists and objects go as JSON. */
export const ask = async (
  place: Place,
  question: string,
  args: Readonly<Record<string, unknown>>,
  key = place.saved.keys.rk,
): Promise<Told> => {
  const query = Object.entries(args).map(
    ([name, value]) =>
      `${name}=${encodeURIComponent(typeof value === 'object' ? JSON.stringify(value) : String(value))}`,
  );
  const answer = await send(place, { path: `/v1/${question}?${query.join('&')}`, key });
  expect(answer.status, answer.text).toBe(200);
  return envelope.parse(JSON.parse(answer.text));
};

/** Asks again until the rows are these; fails with the difference when they do not become it. Returns the answer that had them. */
export const askUntil = (
  place: Place,
  question: string,
  args: Readonly<Record<string, unknown>>,
  rows: readonly unknown[],
  withinMs = patienceMs,
): Promise<Told> => {
  const asked = async (): Promise<Told> => {
    const told = await ask(place, question, args);
    expect(told.rows).toEqual(rows);
    return told;
  };
  return vi.waitFor(asked, { timeout: withinMs, interval: pauseMs });
};

/** Sends events with the secret key, in one request; fails unless they are acknowledged. */
export const bring = async (place: Place, events: readonly unknown[]): Promise<Answer> => {
  const answer = await send(place, { path: '/v1/batch', key: place.saved.keys.sk, body: { events } });
  expect(JSON.parse(answer.text)).toMatchObject({ ok: true, count: events.length });
  return answer;
};
