import { describe, expect, test } from 'vitest';
import { prelude } from '../../src/local/query/prelude.ts';
import { disagreements, slips } from './agreement.ts';
import { openDuck } from './duck.ts';
import { phrasebook, unknownWords } from './phrasebook.ts';

const taught = await openDuck();
const bare = await openDuck('bare');

describe('DuckDB, taught by the prelude, means what Trino means by', () => {
  test.each(phrasebook)('$word', async ({ rows }) => {
    expect(await disagreements(rows, taught.worth)).toEqual([]);
  });
});

test('the prelude may be run twice', async () => {
  for (const statement of prelude) await taught.run(statement);
  expect(await taught.worth('7 / 2')).toBe(3);
});

test.each([
  "date_diff('month', timestamp '2026-01-01 00:00:00', timestamp '2026-03-01 00:00:00')",
  "date_add('year', 1, timestamp '2026-01-01 00:00:00')",
])('a unit the engines disagree on is refused: %s', async (expression) => {
  await expect(taught.worth(expression)).rejects.toThrow('not a unit both engines agree on');
});

test('a property that DuckDB calls malformed JSON is no text and stops no question', async () => {
  expect(await taught.worth(`json_extract_scalar('{"a":"\\ud800"}', '$["a"]')`)).toBeNull();
});

test('without the prelude DuckDB gives each slip the value its author expects', async () => {
  expect(await disagreements(slips, bare.worth)).toEqual([]);
});

test('the prelude mends what a macro can mend', async () => {
  const left = new Set(Object.keys(slips).filter((text) => /^'|try_cast/.test(text)));
  const noticed = await disagreements(slips, taught.worth);
  expect(noticed.map(({ expression }) => expression).toSorted()).toEqual(
    Object.keys(slips)
      .filter((text) => !left.has(text))
      .toSorted(),
  );
});

describe('words outside the phrasebook are named:', () => {
  test.each([
    ["select concat(lower(x), 'now()') from t where y in (1, 2) and (z) = 1", []],
    ['with a as (select 1 as x) select cast(x as timestamp(3)) from a as t(x)', []],
    ['select "list_sort"(x), count(*) over (partition by x) from (values (1)) as t(x)', ['list_sort']],
    ['select list_sort(x), STRFTIME (y), list_sort(z) from t', ['list_sort', 'strftime']],
    ['select x from t where ts < current_timestamp and now() > ts', ['now', 'current_timestamp']],
    ["select url_decode('x'), reverse(lower('y'))", ['url_decode', 'reverse']],
  ])('%s', (text, unknown) => {
    expect(unknownWords(text)).toEqual(unknown);
  });
});
