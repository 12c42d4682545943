import * as z from 'zod';
import { nextStart, startOf } from '../sql/zone.ts';
import { chart } from './chart.ts';
import type { Command } from './command.ts';
import type { Given } from './flags.ts';
import { type Installation, installationFlags, installationOf } from './installation.ts';
import { mcpRequest } from './mcp.ts';
import { printable } from './printable.ts';
import { exits, failed, wrongUsage } from './stop.ts';
import { swallowed } from './swallowed.ts';
import { csv, textTable } from './table.ts';
import type { Terminal } from './terminal.ts';
import { type Grain, periodText, timeWriter } from './times.ts';
import { toolHelp } from './tools.ts';
import { argumentsOf } from './typed-value.ts';

/** What a tool answers, as far as a table needs it. */
const answer = z
  .object({
    rows: z.array(z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())])).optional(),
    columns: z.array(z.looseObject({ name: z.string(), type: z.string().optional() })).optional(),
    period: z.looseObject({ from: z.string(), to: z.string(), timezone: z.string().nullish() }).optional(),
    notes: z.array(z.string()).optional(),
    truncated: z.looseObject({ shown: z.number(), of: z.number().nullable(), what: z.string() }).nullish(),
    next_cursor: z.string().nullish(),
    partial_buckets: z.array(z.string()).nullish(),
    resolved: z.looseObject({ interval: z.string().nullish() }).optional(),
  })
  .transform(({ rows, ...said }) => ({
    ...said,
    ...(rows === undefined ? {} : { rows: rows.map((row) => fieldsOf(row, said.columns ?? [])) }),
  }));
/** A row by the names of its columns: of a table it is the list of its cells. */
const fieldsOf = (row: readonly unknown[] | Row, columns: readonly { readonly name: string }[]): Row =>
  isList(row) ? Object.fromEntries(columns.map(({ name }, n) => [name, row[n]])) : row;
const isList = (row: readonly unknown[] | Row): row is readonly unknown[] => Array.isArray(row);
type Answer = z.output<typeof answer>;
type Row = Readonly<Record<string, unknown>>;
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
    csv: {
      does: 'The rows as CSV; what a spreadsheet would take for a formula has an apostrophe before it.',
    },
    raw: { does: 'With --csv: values exactly as they are.' },
    chart: { does: 'The rows drawn: bars, or a sparkline for each group over time.' },
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
    if (given.has('help')) {
      terminal.out(await toolHelp(terminal, name));
      return exits.done;
    }
    const forms = ['json', 'csv', 'chart'].filter(given.has);
    if (forms.length > 1) throw wrongUsage('Choose one of `--json`, `--csv` and `--chart`.');
    if (given.has('raw') && !given.has('csv')) throw wrongUsage('`--raw` belongs to `--csv`.');
    const args = argumentsOf(given.others);
    swallowed(args);
    const installation = await installationOf(given, terminal, 'rk');
    const { isError, structuredContent, content } = await answered(installation, name, args, terminal);
    const text = content.map((part) => part.text ?? '').join('\n');
    // Below its sentence a refusal repeats itself as JSON, for machines.
    if (isError === true) throw failed(text.replace(/\n\{.*\}$/s, ''));
    if (structuredContent === undefined) terminal.out(`${text}\n`);
    else if (given.has('json')) terminal.out(`${JSON.stringify(structuredContent, null, 2)}\n`);
    else show(name, structuredContent, given, terminal);
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
  const said = result.safeParse(
    await mcpRequest(installation, 'tools/call', { name, arguments: given }, terminal),
  );
  if (!said.success) throw unreadable(name, said.error);
  const running = stillRunning.safeParse(said.data.structuredContent);
  if (!running.success) return said.data;
  terminal.err('Still running; waiting for the answer. Ctrl-C leaves it.\n');
  return answered(installation, name, { ...given, query_id: running.data.query_id }, terminal);
}

const unreadable = (tool: string, why: z.ZodError) =>
  failed(`The answer of ${tool} cannot be shown (${z.prettifyError(why)}); \`--json\` shows it as it came.`);

function show(tool: string, came: Readonly<Record<string, unknown>>, given: Given, terminal: Terminal): void {
  const read = answer.safeParse(came);
  if (!read.success) throw unreadable(tool, read.error);
  const { columns = [], rows = [came], period, notes = [], truncated, next_cursor: cursor } = read.data;
  const names = read.data.columns?.map(({ name }) => name) ?? [...new Set(rows.flatMap(Object.keys))];
  if (given.has('csv')) {
    terminal.out(csv(names, rows, given.has('raw')));
    return;
  }
  const below = [
    ...(period === undefined ? [] : [periodText(period.from, period.to, period.timezone)]),
    ...(truncated
      ? [
          `Only ${truncated.shown} of ${truncated.of ?? 'more'} ${truncated.what} are shown; --limit shows more.`,
        ]
      : []),
    ...notes.filter((note) => !truncated || !limitNote.test(note)),
    ...(cursor ? [`More rows: --cursor ${cursor}`] : []),
  ];
  const drawing = given.has('chart') && rows.length > 0 ? drawingOf(names, read.data, terminal) : undefined;
  const shown = timesShown(rows, read.data);
  terminal.out(drawing ?? textTable(names, shown, terminal.outIsTty ? terminal.columns : undefined));
  if (given.has('chart') && drawing === undefined && columns.length > 0)
    below.push('There is no number to draw in these rows.');
  if (below.length > 0) terminal.out(`\n${below.map((line) => printable(line)).join('\n')}\n`);
}

/** The note of an answer that a limit cut, which a terminal says in its own words. */
const limitNote = /^limit shows \d/;

const grains: readonly Grain[] = ['hour', 'day', 'week', 'month'];

/** The rows with times as their bucket needs, on the clock of the answer’s zone. */
function timesShown(rows: readonly Row[], { columns = [], period, resolved }: Answer): readonly Row[] {
  const times = columns
    .filter(({ type }) => type === 'time')
    .map(({ name }) => {
      const grain = grains.find((one) => name === 'bucket' && one === resolved?.interval) ?? 'instant';
      return [
        name,
        timeWriter(period?.timezone, grain, grain === 'hour' ? rows.map((row) => row[name]) : []),
      ] as const;
    });
  if (times.length === 0) return rows;
  return rows.map((row) => {
    const shown: Record<string, unknown> = { ...row };
    for (const [name, write] of times) {
      const value = row[name];
      if (typeof value === 'string') shown[name] = write(value);
    }
    return shown;
  });
}

function drawingOf(names: readonly string[], said: Answer, terminal: Terminal): string | undefined {
  const { columns = [], rows = [], period, resolved, partial_buckets: partial } = said;
  const grain = grains.find((one) => one === resolved?.interval) ?? 'instant';
  return chart(names, rows, {
    columns,
    width: terminal.columns,
    timeText: timeWriter(
      period?.timezone,
      grain,
      rows.map(({ bucket }) => bucket),
    ),
    buckets: bucketsOf(period, grain),
    partial: partial ?? [],
  });
}

const mostBuckets = 1000;

/** The starts of all buckets of a period, so that empty ones are drawn; undefined where there are too many, or none. */
function bucketsOf(period: Answer['period'], grain: Grain): readonly string[] | undefined {
  if (period === undefined || grain === 'instant') return undefined;
  const zone = period.timezone ?? 'UTC';
  const to = Date.parse(period.to);
  const starts: string[] = [];
  for (let at = startOf(zone, grain, Date.parse(period.from)); at < to; at = nextStart(zone, grain, at)) {
    if (starts.length === mostBuckets) return undefined;
    starts.push(new Date(at).toISOString());
  }
  return starts;
}
