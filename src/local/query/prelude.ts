import { readFileSync } from 'node:fs';

const file = readFileSync(new URL('./trino.sql', import.meta.url), 'utf8');

/** Statements that teach a DuckDB instance Trino's meaning: run once per instance, in order. Running them again changes nothing. */
export const prelude: readonly string[] = file
  .replaceAll(/^--.*$/gm, '')
  .split(/;\s*$/m)
  .map((statement) => statement.trim())
  .filter((statement) => statement !== '');

/** Settings that each DuckDB connection needs before it may run a question, after `prelude` and before the configuration is locked. */
export const perConnection: readonly string[] = [
  "set search_path = 'trino,main'",
  'set integer_division = true',
  "set TimeZone = 'UTC'",
];
