import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { questions } from '../oracle/truth.ts';
import { agrees } from './properties.ts';

const files = readdirSync(import.meta.dirname);
const hasFile = (name: string): boolean => files.includes(`${name.replaceAll('_', '-')}.test.ts`);

// A question meets its generated worlds here until something about it alone wants a file of its own.
for (const name of questions) if (!hasFile(name)) agrees(name);

test('every other question has a file', () => {
  expect(files.filter((file) => file.endsWith('.test.ts')).length).toBeGreaterThan(1);
});
