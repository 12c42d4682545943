import { insist, mustAnswer } from './call.ts';
import { chosen } from './choose.ts';
import type { Command } from './command.ts';
import { type Delivery, delivery } from './delivery.ts';
import { formatNames, readerOf, timesOf } from './formats/index.ts';
import { type ImportPlan, importFlags, planOf } from './import-plan.ts';
import { counted } from './printable.ts';
import { duration, type Progress, progress } from './progress.ts';
import { CutOff, type Source } from './source.ts';
import { type Exit, exits, failed } from './stop.ts';
import { type Tally, tally } from './tally.ts';
import type { Terminal } from './terminal.ts';
import { type Visit, walk } from './walk.ts';

/** `millimetric import`: server logs and events through /v1/batch; run again it adds nothing. */
export const importLog: Command = {
  takes: 'FILE…',
  does: 'Bring in web server logs or events: plain or gzip, - for standard input.',
  flags: importFlags,
  more: `Log lines become $pageview, file_download and request_failed; assets, redirects, other methods, partial answers and
unreadable lines are counted and left out; a file with a known static ending is an asset, everything else a page. Running the same import again adds nothing (within 7 days), so an interrupted
one is simply run again: an event is named by its line’s content, and equal lines of a file by their number. Equal lines
are told apart while fewer than 100,000 different ones lie between them. Visitors are named by a keyed hash of address
and user agent; the key is random and stays in the data folder.`,
  run: async (given, terminal) => {
    const plan = await planOf(given, terminal);
    if (plan.installation !== undefined) await mustAnswer(plan.installation.url, terminal);
    const stop = terminal.interruption();
    const shiftMs =
      plan.shiftTo === undefined
        ? 0
        : plan.shiftTo - (await latest(plan, stop, progress('looking for the latest line', terminal)));
    const began = terminal.now();
    const counts = tally();
    const trouble = await bring(plan, shiftMs, counts, terminal, stop);
    const seconds = (terminal.now() - began) / 1000;
    const pace = `${duration(seconds)}, ${counted(Math.round(counts.lines / Math.max(seconds, 0.001)))} lines/s`;
    const into =
      plan.installation === undefined
        ? 'would be imported; nothing was sent'
        : `delivered to ${plan.project} at ${plan.installation.url}`;
    // A file that was refused before its first line has nothing to sum up.
    if (counts.lines > 0 || trouble === undefined) {
      terminal.out(
        `${counted(counts.lines)} lines read, ${counted(counts.kept)} events ${into} (${pace}).\n${counts.again()}\n${counts.report()}`,
      );
    }
    return ending(plan, counts, trouble, stop, terminal);
  },
};

/** Reads every line and delivers its event, counting on the way. Gives what went wrong, once all that was on its way has arrived. */
async function bring(
  plan: ImportPlan,
  shiftMs: number,
  counts: Tally,
  terminal: Terminal,
  stop: AbortSignal,
): Promise<unknown> {
  const bar = progress(plan.installation === undefined ? 'reading' : 'importing', terminal);
  const parcel = parcelOf(plan, counts, terminal, bar, stop);
  let trouble: unknown;
  try {
    const visitOf = (source: Source, sample: readonly string[]): Visit => {
      const { format, visitor, notes } = chosen(source.name, sample, plan);
      for (const note of notes) counts.note(note);
      const read = readerOf(format, { ...plan, shiftMs, visitor });
      return (line, number) => {
        counts.lines++;
        counts.readAs(format);
        const reading = read(line);
        if ('skip' in reading) {
          counts.skipped(reading);
          if (reading.why !== '') counts.broke({ line, source: source.name, number }, reading.why);
          return undefined;
        }
        for (const name of reading.ignored ?? []) counts.ignored(name);
        counts.shortened += reading.shortened;
        if (reading.equal) counts.equal++;
        if (parcel !== undefined)
          return parcel.take({ event: reading.event, json: reading.json, line, source: source.name, number });
        counts.keptAs(reading.event);
        return undefined;
      };
    };
    await walk(plan.sources, stop, bar, visitOf, () => counts.latin1++);
  } catch (thrown) {
    trouble = thrown;
  }
  try {
    await parcel?.finish(stop.aborted ? 'leave' : 'send');
  } catch (thrown) {
    trouble ??= thrown;
  }
  bar.end();
  return trouble;
}

function parcelOf(
  { installation }: ImportPlan,
  counts: Tally,
  terminal: Terminal,
  bar: Progress,
  stop: AbortSignal,
): Delivery | undefined {
  if (installation === undefined) return undefined;
  const { url } = installation;
  const onWait = (why: string, ms: number): void =>
    bar.say(`${url}: ${why}; trying again in ${duration(ms / 1000)}`);
  return delivery(
    (body) => insist(installation, '/v1/batch', body, terminal, { signal: stop, onWait }),
    url,
    {
      kept: (items, already) => {
        counts.already += already;
        for (const { event } of items) counts.keptAs(event);
      },
      refused: (item, why) => {
        counts.refused++;
        counts.broke(item, `refused: ${why}`);
      },
    },
  );
}

/** When the latest line of all sources was, in milliseconds since 1970. */
async function latest(plan: ImportPlan, stop: AbortSignal, bar: Progress): Promise<number> {
  let last = Number.NEGATIVE_INFINITY;
  await walk(plan.sources, stop, bar, (source, sample) => {
    const at = timesOf(chosen(source.name, sample, plan).format, plan.fields);
    return (line) => {
      last = Math.max(last, at(line) ?? last);
      return undefined;
    };
  });
  bar.end();
  if (last === Number.NEGATIVE_INFINITY && !stop.aborted)
    throw failed('`--shift-to` finds no line with a time in these files.');
  return last;
}

/** The last words, and how the command ends. */
function ending(
  plan: ImportPlan,
  counts: Tally,
  trouble: unknown,
  stop: AbortSignal,
  terminal: Terminal,
): Exit {
  const same =
    plan.shiftTo === undefined
      ? 'Run the same command again'
      : `Run it again with \`--shift-to ${new Date(plan.shiftTo).toISOString()}\``;
  const again = plan.installation === undefined ? '' : ` ${same}: it goes on, and adds nothing twice.`;
  if (stop.aborted) {
    terminal.err(`\nInterrupted.${again}\n`);
    return exits.interrupted;
  }
  if (trouble instanceof CutOff) throw trouble;
  if (trouble !== undefined)
    throw failed(
      `${trouble instanceof Error ? trouble.message : 'Something went wrong.'}${counts.lines > 0 ? again : ''}`,
    );
  const lost = counts.unparseable() + counts.refused;
  if (lost * 2 > counts.lines)
    throw failed(
      `Most lines were lost: ${counted(lost)} of ${counted(counts.lines)} could not be taken. Are they of another format? \`--format\` takes ${formatNames.join(', ')}.`,
    );
  return counts.refused > 0 ? exits.failed : exits.done;
}
