import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { transferring } from '../clients.ts';
import { type Environment, settingsIn } from '../environment.ts';
import { settingNames } from '../settings.ts';
import { surroundings } from '../surroundings.ts';
import type { CompactionParts } from './compact.ts';
import { openMerging } from './merging.ts';
import { openObjects } from './objects.ts';

/** Lambda says what a function has, MiB; without it this much. */
const memoryMiBElsewhere = 2_048;

/** What compaction needs: the lake’s bucket, and an engine that takes half of the function’s memory, since what it holds beside its own count has been as much as 0.5 GB. */
export const compactionRoom = (environment: Environment = process.env): CompactionParts => {
  const setting = settingsIn(environment);
  const { clock, log } = surroundings();
  const kept = environment[settingNames.keptDays];
  const memoryMiB = Math.floor(Number(environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? memoryMiBElsewhere) / 2);
  return {
    objects: openObjects(transferring(environment), setting('lakeBucket')),
    merging: (temp) => openMerging({ memoryMiB, threads: Math.min(2, availableParallelism()), temp }),
    scratch: join(tmpdir(), 'compaction'),
    log,
    clock,
    keptDays: kept === undefined ? undefined : Number(kept),
  };
};
