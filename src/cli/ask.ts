import * as z from 'zod';
import type { Command } from './command.ts';
import { type Installation, installationFlags, installationOf } from './installation.ts';
import { ask } from './mcp.ts';
import { printable } from './printable.ts';
import { exits, failed, wrongUsage } from './stop.ts';
import { csv, table } from './table.ts';
import type { Terminal } from './terminal.ts';
import { listing } from './tools.ts';
import { argumentsOf } from './typed-value.ts';

/** What a tool answers, as far as a table needs it. */
const answer = z.object({
  rows: z.array(z.record(z.string(), z.unknown())).optional(),
  columns: z.array(z.looseObject({ name: z.string() })).optional(),
  period: z.looseObject({ from: z.string(), to: z.string(), timezone: z.string().nullish() }).optional(),
  notes: z.array(z.string()).optional(),
  truncated: z.looseObject({ shown: z.number(), of: z.number().nullable(), what: z.string() }).nullish(),
  next_cursor: z.string().nullish(),
});
const result = z.object({
  isError: z.boolean().optional(),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
  content: z.array(z.looseObject({ text: z.string().optional() })).default([]),
});

const stillRunning = z.object({ status: z.literal('running'), query_id: z.string() });

/** `millimetric ask`: any tool of the installation, as an agent would call it. */
export const askTool: Command = {
  takes: 'TOOL [--ARGUMENT VALUE…]',
  does: 'Ask a question: any tool the key may call.',
  flags: {
    json: { does: 'The whole answer as JSON: rows, columns, period, notes, resolved arguments, cost.' },
    csv: { does: 'The rows as CSV.' },
    ...installationFlags,
  },
  others: 'welcome',
  more: `All other flags are the tool’s arguments; \`millimetric tools TOOL\` explains them. --group-by is group_by. A value that is a
JSON list, object, number or boolean is sent as such, else as text; '"42"' is the text 42. A flag given twice is a list.
  millimetric ask get_stats --metric uniques --group-by country --from last:7d
  millimetric ask funnel --steps '["$pageview","sign_up"]' --csv`,
  run: async (given, terminal) => {
    const [name, ...surplus] = given.words;
    if (name === undefined) throw wrongUsage('Which tool? `millimetric tools` lists them.');
    if (surplus.length > 0)
      throw wrongUsage(`\`${surplus[0]}\` belongs to no flag: arguments are written \`--name value\`.`);
    if (given.has('json') && given.has('csv')) throw wrongUsage('Choose one of `--json` and `--csv`.');
    const installation = await installationOf(given, terminal, 'rk');
    if (given.has('help')) {
      terminal.out(await listing(installation, terminal, name));
      return exits.done;
    }
    const { isError, structuredContent, content } = await answered(
      installation,
      name,
      argumentsOf(given.others),
      terminal,
    );
    const text = content.map((part) => part.text ?? '').join('\n');
    // Below its sentence a refusal repeats itself as JSON, for machines.
    if (isError === true) throw failed(text.replace(/\n\{.*\}$/s, ''));
    if (structuredContent === undefined) terminal.out(`${text}\n`);
    else if (given.has('json')) terminal.out(`${JSON.stringify(structuredContent, null, 2)}\n`);
    else show(name, structuredContent, given.has('csv'), terminal);
    return exits.done;
  },
};

/** The tool’s answer, however long it takes: while the question is still running it is waited for again. */
async function answered(
  installation: Installation,
  name: string,
  given: Readonly<Record<string, unknown>>,
  terminal: Terminal,
): Promise<z.output<typeof result>> {
  const said = result.safeParse(await ask(installation, 'tools/call', { name, arguments: given }, terminal));
  if (!said.success) throw unreadable(name, said.error);
  const running = stillRunning.safeParse(said.data.structuredContent);
  if (!running.success) return said.data;
  terminal.err('Still running; waiting for the answer. Ctrl-C leaves it.\n');
  return answered(installation, name, { ...given, query_id: running.data.query_id }, terminal);
}

const unreadable = (tool: string, why: z.ZodError) =>
  failed(`The answer of ${tool} cannot be shown (${z.prettifyError(why)}); \`--json\` shows it as it came.`);

function show(
  tool: string,
  came: Readonly<Record<string, unknown>>,
  asCsv: boolean,
  terminal: Terminal,
): void {
  const read = answer.safeParse(came);
  if (!read.success) throw unreadable(tool, read.error);
  const { columns, rows = [came], period, notes = [], truncated, next_cursor: cursor } = read.data;
  const names = columns?.map(({ name }) => name) ?? [...new Set(rows.flatMap(Object.keys))];
  if (asCsv) {
    terminal.out(csv(names, rows));
    return;
  }
  const below = [
    ...(period === undefined
      ? []
      : [`${period.from} to ${period.to}${period.timezone ? `, ${period.timezone}` : ''}`]),
    ...(truncated
      ? [
          `Only ${truncated.shown} of ${truncated.of ?? 'more'} ${truncated.what} are shown; --limit shows more.`,
        ]
      : []),
    ...notes,
    ...(cursor ? [`More rows: --cursor ${cursor}`] : []),
  ];
  terminal.out(table(names, rows, terminal.outIsTty ? terminal.columns : undefined));
  if (below.length > 0) terminal.out(`\n${below.map((line) => printable(line)).join('\n')}\n`);
}
