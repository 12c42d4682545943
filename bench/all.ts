import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { backfill } from './backfill.ts';
import { weighDoors } from './doors.ts';
import { takeIn } from './ingest.ts';
import { askQuestions } from './questions.ts';
import { markdown, type Section, writePage } from './report.ts';
import { isFullSize, settings } from './settings.ts';

const parts: Readonly<Record<string, () => Promise<Section>>> = {
  questions: askQuestions,
  ingest: takeIn,
  backfill,
  doors: weighDoors,
};

const wanted = process.argv.slice(2);
const strange = wanted.find((part) => !Object.hasOwn(parts, part));
if (strange !== undefined) {
  process.stderr.write(
    `There is no part ${JSON.stringify(strange)}; there are ${Object.keys(parts).join(', ')}. None named: all.\n`,
  );
  process.exit(1);
}

mkdirSync(settings.data, { recursive: true });
const sections: Section[] = [];
for (const [name, run] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const section = await run();
  process.stdout.write(`${markdown(section)}\n`);
  sections.push(section);
}
if (isFullSize) writePage(join(import.meta.dirname, '../docs/bench.md'), sections);
else process.stderr.write('Sizes were reduced by the environment, so docs/bench.md stays as it is.\n');
