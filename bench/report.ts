import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { markdownTable } from '../src/docs/markdown.ts';

/** What one part of the bench found. */
export interface Section {
  readonly title: string;
  /** How it was measured and what to know of it, a sentence each. */
  readonly notes: readonly string[];
  readonly tables: readonly Table[];
}

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A target of the product and what came out. */
export interface Verdict {
  readonly what: string;
  readonly target: string;
  readonly measured: string;
  readonly met: boolean;
}

/** Targets as a table; a missed one says so in capitals. */
export const verdicts = (title: string, found: readonly Verdict[]): Table => ({
  title,
  columns: ['what', 'target', 'measured', ''],
  rows: found.map(({ what, target, measured, met }) => [what, target, measured, met ? 'met' : 'MISSED']),
});

/** A section as Markdown. */
export const markdown = ({ title, notes, tables }: Section): string =>
  [`## ${title}\n`, ...notes.map((note) => `- ${note}`), ...tables.map(tableText)].join('\n').concat('\n');

const tableText = ({ title, columns, rows }: Table): string =>
  `\n**${title}**\n\n${markdownTable(columns, rows, 'numbers')}`;

const head = '# Speed\n\nWritten by `npm run bench`; how and why: `decisions/0011-speed.md`.\n\n';

/** Puts sections into a page, each in place of the one with its title; the others stay. */
export const writePage = (path: string, sections: readonly Section[]): void => {
  const before = existsSync(path) ? readFileSync(path, 'utf8').split(/^(?=## )/m) : [];
  const page = new Map(
    before.filter((part) => part.startsWith('## ')).map((part) => [titleIn(part), part.trimEnd()]),
  );
  for (const section of sections) page.set(section.title, markdown(section).trimEnd());
  writeFileSync(path, `${head}${[...page.values()].join('\n\n')}\n`);
};

const titleIn = (part: string): string => part.slice(3, part.indexOf('\n')).trim();
