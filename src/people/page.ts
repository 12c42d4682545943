import { type Sql, sql } from '../sql/sql.ts';

/** The page an event is about, where `/pricing` and `/pricing/` are one; null where it has no path. */
export const pageOf = (path: Sql): Sql =>
  sql`case when length(${path}) > 1 and substr(${path}, -1) = '/' then substr(${path}, 1, length(${path}) - 1) else ${path} end`;
