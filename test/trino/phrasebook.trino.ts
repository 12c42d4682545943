import { describe, expect, test } from 'vitest';
import { disagreements, slips } from '../sql/agreement.ts';
import type { Worth } from '../sql/duck.ts';
import { phrasebook } from '../sql/phrasebook.ts';
import { trino } from './client.ts';
import { cellOf, trinoServer } from './engine.ts';

const { url } = trinoServer();
const worth: Worth = async (expression) => {
  const { rows, columns } = await trino(`select ${expression} as v`, { url });
  return cellOf(rows[0]?.[0], columns[0]?.type ?? '');
};

describe('a real Trino agrees with the phrasebook on', () => {
  test.each(phrasebook)('$word', async ({ rows }) => {
    expect(await disagreements(rows, worth)).toEqual([]);
  });
});

test.each(Object.entries(slips))(
  'it notices what only DuckDB says: %s is not %j',
  async (expression, slipped) => {
    expect(await disagreements({ [expression]: slipped }, worth)).toHaveLength(1);
  },
);
