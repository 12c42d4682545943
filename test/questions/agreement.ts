import * as fc from 'fast-check';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Row } from '../../src/ports.ts';
import type { Context } from '../oracle/stored.ts';
import { type QuestionName, truth } from '../oracle/truth.ts';
import { type Case, moved } from '../worlds/worlds.ts';
import { type Asker, cleanAsker, rawAsker } from './asker.ts';

/** How many worlds each property meets; a nightly run sets it to 1000. */
export const worlds = Number(process.env.MILLIMETRIC_WORLDS ?? 100);

/** Time in which so many worlds certainly end, however busy the machine, ms. */
export const patience = 600_000 + worlds * 10_000;

/** A case in projects of its own in a lake that other cases share. */
export interface Placed extends Omit<Case, 'env'> {
  readonly project: string;
  readonly context: Context;
}

let placed = 0;

/** Gives the case a project that nobody else in this process has. */
export const place = ({ env, ...world }: Case): Placed => {
  const project = `w${process.pid}-${++placed}`;
  const requests = world.requests.map((request) => moved(request, project));
  return { ...world, requests, events: requests.flat(), project, context: { projects: [project], env } };
};

/** The product on both lakes, open while the tests of the calling file run. */
export const askers = (): { readonly clean: () => Asker; readonly raw: () => Asker } => {
  const open: { clean?: Asker; raw?: Asker } = {};
  beforeAll(async () => {
    open.clean = await cleanAsker();
    open.raw = await rawAsker();
  });
  afterAll(async () => {
    await open.clean?.close();
    await open.raw?.close();
  });
  const opened = (asker: Asker | undefined): Asker => {
    if (asker === undefined) throw new Error('the lake is not open');
    return asker;
  };
  return { clean: () => opened(open.clean), raw: () => opened(open.raw) };
};

/** Meets `n` worlds; a failure shows the smallest that fails, its seed and the SQL. */
export const inWorlds = async (
  cases: fc.Arbitrary<Case>,
  n: number,
  asker: Asker,
  check: (world: Placed) => Promise<void>,
): Promise<void> => {
  const property = fc.asyncProperty(cases, async (world) => {
    try {
      await check(place(world));
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : error}\n\nSQL:\n${asker.sql()}\n`, {
        cause: error,
      });
    }
  });
  const seed = process.env.MILLIMETRIC_SEED;
  await fc.assert(property, {
    numRuns: n,
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  });
};

/** What must come out of a world, by the oracle. */
export const expected = (question: QuestionName, { events, args, context, asking }: Placed): readonly Row[] =>
  truth(question, events, args, context, asking);

/** The same rows, keys and order; counts and text exactly, shares and seconds to a billionth. */
export const expectSame = (found: readonly Row[], wanted: readonly Row[]): void => {
  const keys = (row: Row | undefined): readonly string[] => Object.keys(row ?? {});
  const same =
    found.length === wanted.length &&
    wanted.every(
      (row, n) =>
        keys(found[n]).join('\n') === keys(row).join('\n') &&
        keys(row).every((key) => alike(found[n]?.[key], row[key])),
    );
  if (!same) expect(found).toEqual(wanted);
  expect(same, 'the rows are equal but their keys are in another order').toBe(true);
};

const alike = (found: unknown, wanted: unknown): boolean =>
  found === wanted ||
  (typeof found === 'number' &&
    typeof wanted === 'number' &&
    !(Number.isInteger(found) && Number.isInteger(wanted)) &&
    Math.abs(found - wanted) <= 1e-9 * Math.max(Math.abs(found), Math.abs(wanted)));
