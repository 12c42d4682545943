import { markdownTable } from '../../src/docs/markdown.ts';
import { type Bill, billOf } from './bill.ts';
import type { Cloud } from './cloud.ts';
import { habits } from './habits.ts';
import type { Load } from './load.ts';
import { priceList } from './prices.ts';

/** What README’s table is about. */
export const usual = {
  bytes: 700,
  perRequest: habits.eventsPerRequest,
  preflights: 0,
  questions: 1_000,
  days: 7,
  months: 1,
} as const satisfies Omit<Load, 'events'>;
/** The volumes of README’s table, events a month. */
export const volumes: readonly number[] = [1e6, 1e8, 1e10];
/** What a month was to cost at most, dollars, by its events. */
const goals: Readonly<Record<number, number>> = { 1e6: 0.8, 1e8: 53 };

type Row = readonly string[];

/** Dollars for people: cents below a hundred, whole ones above. */
export const money = (dollars: number): string => {
  if (dollars === 0) return '–';
  if (dollars < 0.005) return '< $0.01';
  return `$${dollars.toLocaleString('en-US', dollars < 99.995 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : { maximumFractionDigits: 0 })}`;
};

const short = (count: number): string =>
  count >= 1e9 ? `${count / 1e9} B` : count >= 1e6 ? `${count / 1e6} M` : count.toLocaleString('en-US');
const questionsOf = ({ questions }: Load): string => `${questions.toLocaleString('en-US')} questions`;
/** Marks what Athena stops at the workgroup’s limit: those questions are refused. */
const marked = ({ readings, parts }: Bill): string =>
  `${money(parts.questions)}${readings.usual.stopped ? ' †' : ''}`;

/** Bills side by side, a row a service. `singly`: the same months with one event a request. */
export const billTable = (bills: readonly Bill[], singly: readonly Bill[] = []): string => {
  const services = [...new Set(bills.flatMap(({ services }) => Object.keys(services)))];
  const [first] = bills;
  const parts: readonly Row[] = [
    ['**sum, at list prices**', ...bills.map(({ total }) => `**${money(total)}**`)],
    ['of it: taking events in', ...bills.map(({ parts }) => `**${money(parts.events)}**`)],
    [`of it: ${first === undefined ? 'questions' : questionsOf(first.load)}`, ...bills.map(marked)],
    ['of it: standing there', ...bills.map(({ parts }) => money(parts.standing))],
    ['less what AWS gives each account every month', ...bills.map(({ free }) => `−${money(free)}`)],
    ...(singly.length === 0
      ? []
      : [['taking events in, one a request', ...singly.map(({ parts }) => money(parts.events))]]),
  ];
  return markdownTable(
    ['a month', ...bills.map(({ load }) => `${short(load.events)} events`)],
    [
      ...services.map((service) => [service, ...bills.map(({ services }) => money(services[service] ?? 0))]),
      ...parts,
    ],
    'numbers',
  );
};

/** What the figures rest on, a sentence each. */
export const grounds = (cloud: Cloud, bills: readonly Bill[]): readonly string[] =>
  bills
    .slice(0, 1)
    .flatMap(({ load, readings: { usual, funnel } }) => [
      `List prices of ${priceList.region}, ${priceList.on}, on demand. Events of ${load.bytes} bytes of JSON, ${load.perRequest} a request, ${load.months} month${load.months === 1 ? '' : 's'} of them kept.`,
      `Questions are about the last ${load.days} days, through /mcp, one in ${1 / habits.funnelShare} a funnel, none answered from an earlier result. There is no compaction: they read the files that Firehose wrote, one each ${cloud.bufferSeconds} s.`,
      `At ${short(load.events)} events a question lists ${Math.round(usual.lists).toLocaleString('en-US')} times (a folder a day, at most 1,000 names a time) and opens ${Math.round(usual.gets).toLocaleString('en-US')} files; a funnel ${Math.round(funnel.lists).toLocaleString('en-US')} times and ${Math.round(funnel.gets).toLocaleString('en-US')} files, since it reads all there are.`,
      ...(bills.some(({ readings }) => readings.usual.stopped)
        ? [
            `† Such a question wants more than ${money(cloud.cutoffBytes * 5e-12)} worth of bytes (the prop \`athenaBytesCutoff\`): it is stopped there, refused, and billed.`,
          ]
        : []),
    ]);

/** The months that had a goal, and what became of it. */
export const verdicts = (bills: readonly Bill[]): string => {
  const rows = bills.flatMap(({ load, parts }): readonly Row[] => {
    const goal = goals[load.events];
    if (goal === undefined) return [];
    const row = (what: string, dollars: number): Row => [
      `${short(load.events)} events: ${what}`,
      `≤ ${money(goal)}`,
      money(dollars),
      dollars <= goal ? 'met' : 'MISSED',
    ];
    return [
      row('taking them in', parts.events),
      row(`and ${questionsOf(load)}`, parts.events + parts.questions),
    ];
  });
  return markdownTable(['goal', 'target', 'computed', ''], rows, 'numbers');
};

/** Each line of a bill. */
export const lineTable = ({ lines }: Bill): string =>
  markdownTable(
    ['service', 'for', 'what', 'units', 'unit', 'a month'],
    lines.map(({ service, of, what, units, unit, dollars }) => [
      service,
      of,
      what,
      units.toLocaleString('en-US', { maximumSignificantDigits: 4 }),
      unit,
      money(dollars),
    ]),
    'numbers',
  );

/** README’s table with what it rests on. */
export const readmeCost = (cloud: Cloud): string => {
  const bills = volumes.map((events) => billOf(cloud, { ...usual, events }));
  const singly = volumes.map((events) => billOf(cloud, { ...usual, events, perRequest: 1 }));
  return `${billTable(bills, singly)}\n\n${grounds(cloud, bills).join(' ')}`;
};
