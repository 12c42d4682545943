import type { Cell } from '../../src/ports.ts';
import type { Worth } from './duck.ts';

/** A row of the phrasebook that an engine reads differently, or refuses. */
export interface Disagreement {
  readonly expression: string;
  readonly expected: Cell;
  readonly got: Cell;
}

/** The rows whose value on this engine is another than the expected one. */
export async function disagreements(
  rows: Readonly<Record<string, Cell>>,
  worth: Worth,
): Promise<readonly Disagreement[]> {
  const found: Disagreement[] = [];
  for (const [expression, expected] of Object.entries(rows)) {
    const got = await worth(expression).catch((error: unknown) => `refused: ${String(error)}`);
    if (got !== expected) found.push({ expression, expected, got });
  }
  return found;
}

/** What an author who only knows DuckDB might rely on: the value that DuckDB, untaught, gives. Trino says otherwise or refuses, so the suite must notice each. */
export const slips: Readonly<Record<string, Cell>> = {
  '7 / 2': 3.5,
  "concat('a', null)": 'a',
  "date_diff('day', timestamp '2026-01-01 23:00:00', timestamp '2026-01-02 01:00:00')": 1,
  'greatest(1, null)': 1,
  "try_cast('1.5' as bigint)": 2,
  "try_cast('yes' as boolean)": true,
  "regexp_extract('abc', '[0-9]+')": '',
  "substr('abc', 0, 2)": 'a',
  "'a' || 1": 'a1',
  "(select max_by(x, y) from (values ('a', 1), (null, 2)) as t(x, y))": 'a',
  "'2026-01-01' < timestamp '2026-01-02 00:00:00'": true,
};
