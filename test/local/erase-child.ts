import { writeSync } from 'node:fs';
import { openLake } from '../../src/local/lake.ts';

// A process that erases a project of a lake, until it is done or killed.
const [dir = '', project = ''] = process.argv.slice(2);
const log = { info: () => {}, warn: () => {}, error: () => {} };
const lake = await openLake({ dir, log, clock: Date.now });
writeSync(1, 'begun\n');
writeSync(1, `erased ${await lake.eraser.erase(project)}\n`);
await lake.close();
