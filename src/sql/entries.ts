import { join, name, type Sql, sql } from './sql.ts';

/**
 * A row for each key of the JSON object in the column `json` of the relation `from`: the columns `kept`, `pairs` (the
 * whole as a map), `key`, and `held`, its value as JSON. Each value is taken from its place among the values: looked up
 * in the text by its key, an object of 800 keys would be read 800 times. Trino writes numbers anew when it does so
 * (1.10 as 1.1, 1e+21 as 1.0E21), so what must be shown or grouped as it was sent is looked up by its path instead.
 */
export const entriesOf = (from: Sql, json: 'properties', kept: readonly Sql[]): Sql => {
  const columns = join(
    kept.map((column) => sql`${column}, `),
    '',
  );
  return sql`
    select ${columns}pairs, key, element_at(all_held, nth) as held
    from (
      select ${columns}pairs, map_keys(pairs) as all_keys, map_values(pairs) as all_held
      from (select ${columns}cast(json_parse(${name(json)}) as map(varchar, json)) as pairs from ${from}) as read
    ) as parsed
    cross join unnest(all_keys) with ordinality as entry (key, nth)`;
};

/** A JSON value as text; objects, arrays and null have none. */
export const scalarText = (value: Sql): Sql => sql`json_extract_scalar(${value}, '$')`;
/** What a `held` is as text. */
export const heldText = scalarText(sql`held`);
