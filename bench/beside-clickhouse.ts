import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder } from '../src/local/disk/data-folder.ts';
import type { LakeFile } from '../src/local/parquet/kinds.ts';
import { filesFor, questions, understood } from './asked.ts';
import { openClickhouse } from './clickhouse.ts';
import { median, quantile, shown } from './figures.ts';
import { asked } from './put.ts';
import type { Table } from './report.ts';
import { settings } from './settings.ts';
import type { World } from './world.ts';

/** ClickHouse on the same files, where it is installed. */
export const besideClickhouse = (world: World, files: readonly LakeFile[]): Table => {
  const title = 'ClickHouse (chdb) on the same files, ms';
  const chdb =
    settings.chdb === undefined || !existsSync(settings.chdb) ? undefined : openClickhouse(settings.chdb);
  if (chdb === undefined) {
    process.stderr.write(
      '\n!!! chdb is not installed: no ClickHouse figures. Install it apart and name that folder in MILLIMETRIC_BENCH_CHDB.\n\n',
    );
    return {
      title,
      columns: ['ABSENT: chdb is not installed, set MILLIMETRIC_BENCH_CHDB to a folder that has it'],
      rows: [],
    };
  }
  const rows: string[][] = [];
  for (const timed of questions) {
    if (timed.clickhouse === undefined) continue;
    for (const project of asked) {
      const { period } = understood(timed, project).resolved.asking;
      const paths = filesFor(timed, project, files).map(({ path }) =>
        join(world.dir, inFolder.events, 'parquet', path),
      );
      const times = chdb(paths, project, period, timed.clickhouse, settings.rounds);
      rows.push([timed.name, project, shown(median(times)), shown(quantile(times, 0.9))]);
    }
  }
  return { title, columns: ['question', 'project', 'median', 'p90'], rows };
};
