const line = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;

/** A table of Markdown; cells may hold anything. Of `numbers` all columns but the first stand to the right. */
export const markdownTable = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
  of: 'words' | 'numbers' = 'words',
): string =>
  [line(head), line(head.map((_, i) => (of === 'words' || i === 0 ? '---' : '--:'))), ...rows.map(line)].join(
    '\n',
  );

/** A page with this text between its markers `<!-- name: generated -->` and `<!-- /name -->`; without them, as it was. */
export const between = (page: string, name: string, text: string): string => {
  const [open, close] = [`<!-- ${name}: generated -->`, `<!-- /${name} -->`];
  const [start, end] = [page.indexOf(open), page.indexOf(close)];
  return start < 0 || end < start
    ? page
    : `${page.slice(0, start + open.length)}\n${text}\n${page.slice(end)}`;
};
