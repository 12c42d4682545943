import type { Terminal } from './terminal.ts';

/** What is piped somewhere is read in an editor or a pager. */
const elsewhere = 100;
const narrowest = 30;

/** Text whose lines fit the terminal: broken between words, a row of the help below the column where its explanation begins. */
export const wrapped = (
  text: string,
  { outIsTty, columns }: Pick<Terminal, 'outIsTty' | 'columns'>,
): string => {
  const wide = Math.max(narrowest, outIsTty ? columns : elsewhere);
  return text
    .split('\n')
    .map((line) => fitted(line, wide))
    .join('\n');
};

function fitted(line: string, wide: number): string {
  if (line.length <= wide) return line;
  const [indent = ''] = /^ */.exec(line) ?? [];
  // `  --flag VALUE   What it does.`: the explanation goes on below itself.
  const [row] = /^ +\S.*? {2,}(?=\S)/.exec(line) ?? [];
  const under = ' '.repeat(row === undefined || row.length > wide / 2 ? indent.length : row.length);
  const lines: string[] = [];
  let rest = line;
  while (rest.length > wide) {
    const from = under.length;
    const space = rest.lastIndexOf(' ', wide);
    const cut = space > from ? space : rest.indexOf(' ', from + 1);
    if (cut === -1) break;
    lines.push(rest.slice(0, cut).trimEnd());
    rest = under + rest.slice(cut + 1);
  }
  return [...lines, rest].join('\n');
}

/** Lines that were broken for the source’s sake as the paragraphs they are; an indented line (a command) stays where it is. */
export const paragraph = (text: string): string => text.replace(/(?<=\S)\n(?=\S)/g, ' ');
