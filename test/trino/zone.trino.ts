import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketsQuery, oddDays, slowStarts, startsFrom, zoneWorld } from '../sql/zone-worlds.ts';
import { trino } from './client.ts';
import { cellOf, trinoServer } from './engine.ts';

const { url } = trinoServer();
const worlds = fc.sample(zoneWorld, {
  numRuns: Number(process.env.MILLIMETRIC_WORLDS ?? 120),
  seed: 20_261_121,
});

test.each(oddDays.map(([tz]) => tz))(
  'a real Trino puts events into the buckets a wall clock shows in %s',
  async (tz) => {
    const own = worlds.filter((world) => world.tz === tz);
    expect(own.length).toBeGreaterThan(0);
    for (const world of own) {
      const { rows, columns } = await trino(bucketsQuery(world).text, { url });
      const answered = rows.map((row) =>
        Object.fromEntries(columns.map(({ name, type }, i) => [name, cellOf(row[i], type)])),
      );
      expect(startsFrom(answered, tz)).toEqual(slowStarts(world));
    }
  },
);
