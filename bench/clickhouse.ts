import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Period } from '../src/lake/events-of.ts';

/** Runs a query over a project’s files so many times, after one that does not count; ms each. */
export type Clickhouse = (
  paths: readonly string[],
  project: string,
  period: Period,
  query: string,
  rounds: number,
) => readonly number[];

/** ClickHouse out of the package chdb in a folder’s node_modules; undefined where it is not. */
export const openClickhouse = (folder: string): Clickhouse | undefined => {
  const query = queryOf(folder);
  if (query === undefined) return undefined;
  const settings = `settings max_threads = ${availableParallelism()}`;
  return (paths, project, { from, to }, text, rounds) => {
    const time = (ms: number) => `fromUnixTimestamp64Milli(${ms}, 'UTC')`;
    // A pattern may not begin with the choice itself; a project’s files share their folder.
    const names = paths.map((path) => basename(path)).join(',');
    const files = `file('${dirname(paths[0] ?? '')}/${paths.length === 1 ? names : `{${names}}`}', Parquet)`;
    const events = `(select * from ${files} where project_id = '${project}' and env = 'live' and ts >= ${time(from)} and ts < ${time(to)} and device_type <> 'bot')`;
    const whole = `with events as ${events} ${text} ${settings}`;
    const times: number[] = [];
    for (let round = -1; round < rounds; round++) {
      const began = performance.now();
      query(whole, 'JSONEachRow');
      if (round >= 0) times.push(performance.now() - began);
    }
    return times;
  };
};

const queryOf = (folder: string): ((text: string, format: string) => unknown) | undefined => {
  try {
    const found: unknown = createRequire(join(folder, 'package.json'))('chdb');
    if (
      typeof found !== 'object' ||
      found === null ||
      !('query' in found) ||
      typeof found.query !== 'function'
    )
      return undefined;
    const { query } = found;
    return (text, format) => query(text, format);
  } catch {
    return undefined;
  }
};
