import { filesFor, pathOf, questions } from './asked.ts';
import { besideBare, type Times } from './beside-bare.ts';
import { besideClickhouse } from './beside-clickhouse.ts';
import { besideIngest } from './beside-ingest.ts';
import { besideNeighbours } from './beside-neighbours.ts';
import { coldStarts } from './cold.ts';
import { median, quantile, ratio, shown } from './figures.ts';
import { noise } from './machine.ts';
import { big, small } from './put.ts';
import { type Section, type Verdict, verdicts } from './report.ts';
import { settings } from './settings.ts';
import { filesIn, worldOf } from './world.ts';
import { projectCount, shares } from './world-rows.ts';

/** How long questions take, beside the same SQL on bare DuckDB over the same files in the same minutes. */
export const askQuestions = async (): Promise<Section> => {
  const world = await worldOf(settings.data, settings.events);
  const files = filesIn(world.dir);
  const around = noise();
  const beside = await besideBare(world, files, around.sample);
  const neighbours = await besideNeighbours(world, around.sample);
  const busy = await besideIngest(world, around.sample);
  const [first] = questions;
  if (first === undefined) throw new Error('there are no questions');
  const cold = await coldStarts(world, pathOf(first), big, filesFor(first, big, files));
  const clickhouse = besideClickhouse(world, files);

  const tiny = beside.filter(({ timed }) => timed.name.startsWith('tiny'));
  const others = beside.filter(({ timed }) => !timed.name.startsWith('tiny'));
  const worst = others.toSorted((a, b) => of(b) - of(a))[0];
  const overheads = tiny.map(({ http, bare }) => median(http) - median(bare));
  const slower = others.filter(
    ({ timed, project, bare }) =>
      median(bare) > (timed.lab?.[project === big ? 0 : 1] ?? Number.POSITIVE_INFINITY),
  );
  const besideLab = others.filter(({ lab }) => lab.length > 0).toSorted((a, b) => ofLab(b) - ofLab(a))[0];
  const found: readonly Verdict[] = [
    {
      what: 'through HTTP against bare DuckDB, the worst question',
      target: '≤ 1.15 ×',
      measured:
        worst === undefined ? '–' : `${of(worst).toFixed(2)} × (${worst.timed.name}, ${worst.project})`,
      met: worst !== undefined && of(worst) <= 1.15,
    },
    {
      what: 'the bare figures against the lab’s table',
      target: 'none slower',
      measured:
        slower.length === 0
          ? 'none slower'
          : slower.map(({ timed, project }) => `${timed.name}, ${project}`).join('; '),
      met: slower.length === 0,
    },
    {
      what: 'our SQL against the lab’s text on the same files, the worst question',
      target: '≤ 1 ×',
      measured:
        besideLab === undefined
          ? '–'
          : `${ofLab(besideLab).toFixed(2)} × (${besideLab.timed.name}, ${besideLab.project})`,
      met: besideLab !== undefined && ofLab(besideLab) <= 1,
    },
    {
      what: 'overhead of the tiny question',
      target: '≤ 3 ms',
      measured: `${shown(Math.max(...overheads))} ms`,
      met: Math.max(...overheads) <= 3,
    },
    {
      what: 'ten times as many events in other projects',
      target: '≤ 1.1 ×',
      measured: `${neighbours.worst.toFixed(2)} ×`,
      met: neighbours.worst <= 1.1,
    },
    {
      what: 'with 10,000 events a second coming in',
      target: '≤ 1.5 ×',
      measured: `${busy.worst.toFixed(2)} ×`,
      met: busy.worst <= 1.5,
    },
    {
      what: 'first answer after a start, files not in the page cache',
      target: '≤ 1.5 s',
      measured: `${shown(median(cold.cold))} ms`,
      met: median(cold.cold) <= 1_500,
    },
  ];
  return {
    title: 'Questions',
    notes: [
      `${shown(world.events)} events, ${projectCount} projects, 90 days, ${shown(world.files)} Parquet files, ${shown(world.bytes / 1e6)} MB; ${big} has ${shown((shares[0] ?? 0) * 100)} %, ${small} ${shown((shares[10] ?? 0) * 100)} % of the events. Questions are about the last 30 days.`,
      `Each figure is the median of ${settings.rounds} rounds, ms; in a round every question is put to the product over HTTP and to bare DuckDB, one after the other, so both meet the same noise; who comes first changes from round to round. Their rows are compared and equal.`,
      'Bare DuckDB: the same SQL text, prelude, memory, threads and files, its views of them made once, before the rounds; rows read into Node. Lab’s text: what the lab asked, put to the same DuckDB over the same files and events in the same rounds (its funnel orders by time alone and gives neither times between steps nor the last of the deepest attempts); ours is the bare figure, of the newest events the engine’s. Lab: the figures of its table, from its own machine and files (one per day, zstd).',
      around.sentence(),
    ],
    tables: [
      verdicts('Targets', found),
      {
        title: 'Product and bare DuckDB, ms',
        columns: [
          'question',
          'project',
          'HTTP',
          'p90',
          'engine',
          'bare',
          'HTTP / bare',
          'HTTP − bare',
          'lab’s text, here',
          'ours / lab’s text',
          'lab',
        ],
        rows: beside.map(({ timed, project, http, bare, engine, lab }) => [
          timed.name,
          project,
          shown(median(http)),
          shown(quantile(http, 0.9)),
          shown(median(engine)),
          shown(median(bare)),
          ratio(median(http), median(bare)),
          shown(median(http) - median(bare)),
          shown(median(lab)),
          lab.length === 0 ? '–' : `${ofLab({ bare, engine, lab }).toFixed(2)} ×`,
          shown(timed.lab?.[project === big ? 0 : 1] ?? Number.NaN),
        ]),
      },
      neighbours.table,
      busy.table,
      {
        title: 'First answer after a start, ms from starting the process',
        columns: ['files', 'median', 'slowest', 'starts'],
        rows: (['warm', 'cold'] as const).map((kind) => [
          kind === 'warm' ? 'in the page cache' : 'taken out of the page cache',
          shown(median(cold[kind])),
          shown(Math.max(...cold[kind])),
          String(cold[kind].length),
        ]),
      },
      clickhouse,
    ],
  };
};

const of = ({ http, bare }: Times): number => median(http) / median(bare);
/** The product asks for the newest events day by day: where that is less than the text over all files at once, it counts. */
const ofLab = ({ bare, engine, lab }: Pick<Times, 'bare' | 'engine' | 'lab'>): number =>
  Math.min(median(bare), median(engine)) / median(lab);
