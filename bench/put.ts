import * as z from 'zod';
import { pathOf, type Timed } from './asked.ts';
import type { Caller } from './call.ts';
import type { World } from './world.ts';
import { projectName } from './world-rows.ts';

const answered = z.looseObject({
  rows: z.array(z.record(z.string(), z.unknown())),
  cost: z.object({ bytes_scanned: z.number(), ms: z.number() }),
});
export type Answered = z.infer<typeof answered>;

/** The two projects that are asked about: a large share of all events, and a small one. */
export const big = projectName(0);
export const small = projectName(10);
export const asked = [big, small] as const;

export const keyOf = ({ keys }: World, project: string): string => keys[project] ?? '';

/** Asks the product over HTTP; ms until the whole answer is here, not yet read. */
export const put = async (
  client: Caller,
  timed: Timed,
  key: string,
): Promise<{ readonly ms: number; readonly answer: Answered }> => {
  const began = performance.now();
  const { status, body } = await client.get(pathOf(timed), key);
  const ms = performance.now() - began;
  if (status !== 200) throw new Error(`${timed.name}: ${status} ${body.slice(0, 500)}`);
  return { ms, answer: answered.parse(JSON.parse(body)) };
};
