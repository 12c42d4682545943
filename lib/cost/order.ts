import { parseArgs } from 'node:util';
import { billOf } from './bill.ts';
import { cloudOf, templateOf } from './cloud.ts';
import type { Load } from './load.ts';
import { billTable, grounds, lineTable, usual, verdicts, volumes } from './page.ts';

/** What `npm run cost` may be asked. */
export const help = `What a month costs in AWS, from the stack’s own template and list prices.
  --events 1e6,1e8,1e10   events a month, one bill each
  --bytes 700             an event as JSON, as it goes to Firehose
  --per-request 20        events that travel together; the same with one is always shown too
  --preflights 0          preflights of browsers for each request
  --questions 1000        questions a month
  --days 7                a question is about the last so many days
  --months 1              months of such events in the lake
  --buffer SECONDS        as if Firehose gathered for so long (default: as the stack does)
  --waf                   with the firewall of the prop \`waf\`
  --lines                 every line of each bill
  --json                  the bills as JSON
`;
const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

/** What `npm run cost` prints for these arguments. Throws an Error that says what does not fit. */
export const answerTo = (args: readonly string[]): string => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: text,
      bytes: text,
      'per-request': text,
      preflights: text,
      questions: text,
      days: text,
      months: text,
      buffer: text,
      waf: flag,
      lines: flag,
      json: flag,
      help: flag,
    },
  });
  if (values.help === true) return help;
  const given: Readonly<Record<string, string | boolean | undefined>> = values;
  const number = (name: string, otherwise: number, from: number): number => {
    const value = given[name] === undefined ? otherwise : Number(given[name]);
    if (Number.isFinite(value) && value >= from) return value;
    throw new Error(
      `--${name} takes a number from ${from} on, such as ${otherwise}; it was ${JSON.stringify(given[name])}.`,
    );
  };
  const whole = (name: string, otherwise: number, from: number): number =>
    Math.round(number(name, otherwise, from));
  const events = given.events === undefined ? volumes : String(given.events).split(',').map(Number);
  if (!events.every((count) => Number.isFinite(count) && count >= 1))
    throw new Error(`--events takes numbers with commas between, such as 1e6,1e8; it was ${given.events}.`);
  const stack = cloudOf(templateOf(given.waf === true ? { waf: { requestsPerFiveMinutes: 10_000 } } : {}));
  const cloud = { ...stack, bufferSeconds: number('buffer', stack.bufferSeconds, 1) };
  const load: Omit<Load, 'events'> = {
    bytes: whole('bytes', usual.bytes, 1),
    perRequest: whole('per-request', usual.perRequest, 1),
    preflights: number('preflights', usual.preflights, 0),
    questions: whole('questions', usual.questions, 0),
    days: number('days', usual.days, 0),
    months: number('months', usual.months, 0.1),
  };
  const together = events.map((count) => billOf(cloud, { ...load, events: count }));
  const singly = events.map((count) => billOf(cloud, { ...load, perRequest: 1, events: count }));
  if (given.json === true) return `${JSON.stringify({ cloud, together, singly }, null, 1)}\n`;
  return [
    `**${load.perRequest} events a request**`,
    billTable(together),
    '**One event a request**',
    billTable(singly),
    ...(given.lines === true
      ? together.flatMap((bill) => [
          `**Each line: ${bill.load.events.toLocaleString('en-US')} events, ${load.perRequest} a request**`,
          lineTable(bill),
        ])
      : []),
    verdicts(together),
    ...grounds(cloud, together),
    '',
  ].join('\n\n');
};
