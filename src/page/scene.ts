import type { Call, Datum, Heard } from './ask.ts';
import { bars } from './charts.ts';
import type { Panel } from './panel.ts';
import { plainTable } from './people-charts.ts';
import { type Named, namedRows, over, type Table, tableOf } from './shown.ts';
import { type State, type Stretch, whereOf } from './state.ts';
import { named } from './words.ts';

/** What views are made from. */
export interface Scene {
  readonly state: State;
  readonly tz: string;
  readonly span: Stretch;
  readonly before: Stretch;
  readonly days: number;
  /** Instants: the last 30 minutes, to the minute. */
  readonly recent: Stretch;
  /** The events there are, most frequent first. */
  readonly names: readonly string[];
  readonly go: (change: Partial<State>) => void;
}

/** A question over the view’s period, with its filters, bots and project where the question takes them. */
export const call = (
  { state, tz, span }: Scene,
  tool: string,
  args: Readonly<Record<string, unknown>> = {},
  { filters = true, bots = true }: { readonly filters?: boolean; readonly bots?: boolean } = {},
): Call =>
  over(
    {
      tool,
      args: {
        ...args,
        tz,
        ...(filters && state.filters.length > 0 && { where: whereOf(state.filters) }),
        ...(bots && state.bots && { include_bots: 'true' }),
        ...(state.about.project && { project_id: state.about.project }),
      },
    },
    span,
  );
/** The same over the days before, where they are compared. */
export const earlier = ({ state, before }: Scene, asked: Call): Call | undefined =>
  state.compare ? over(asked, before) : undefined;
/** Goes on to another thing of the same view. */
export const about = ({ state, go }: Scene, more: Readonly<Record<string, string>>): void =>
  go({ about: { ...state.about, ...more } });
/** Filters by what a row is about. */
export const pickFilter = ({ state, go }: Scene, { filter }: Named): void => {
  if (filter === undefined) return;
  const others = state.filters.filter(({ field }) => field !== filter.field);
  go({ filters: [...others, { ...filter, not: false }] });
};

/** Names with bars. `fields`: what the rows are by; the first is what a click filters. */
export const list = (
  scene: Scene,
  {
    id,
    title,
    asked,
    by,
    value,
    unit,
    field = by[0],
    say,
  }: {
    readonly id: string;
    readonly title: string;
    readonly asked: Call;
    readonly by: readonly string[];
    readonly value: string;
    readonly unit?: string;
    readonly field?: string | undefined;
    readonly say?: (text: string) => string;
  },
): Panel => {
  const rowsOf = (answer: Heard, before: Heard | undefined): readonly Named[] =>
    namedRows(answer, before, { by, value, ...(say && { say }) }).map((row) =>
      field === undefined || row.filter === undefined
        ? { name: row.name, value: row.value, ...(row.before !== undefined && { before: row.before }) }
        : { ...row, filter: { ...row.filter, field } },
    );
  return {
    ...{ id, title: `${title} · ${named(value)}`, call: asked, before: earlier(scene, asked), tall: 330 },
    draw: (answer, before) =>
      bars(rowsOf(answer, before), {
        unit,
        pick: field === undefined ? undefined : (row) => pickFilter(scene, row),
        why:
          field === undefined
            ? undefined
            : (row) => about(scene, { why: `uniques|${row.filter?.field}=${row.filter?.value ?? ''}` }),
      }),
    table: (answer, before) => compared(answer, before, by, value),
  };
};
const compared = (answer: Heard, before: Heard | undefined, by: readonly string[], value: string): Table => {
  const plainOne = tableOf(answer);
  if (before === undefined) return plainOne;
  const rows = namedRows(answer, before, { by, value });
  return {
    heads: [...plainOne.heads, { name: `${value}_before` }],
    rows: plainOne.rows.map((row, i) => [...row, rows[i]?.before ?? null]),
  };
};

/** A table of all columns, a click on its first cell goes on. */
export const rowsPanel = (
  scene: Scene,
  id: string,
  title: string,
  asked: Call,
  pick?: (cells: readonly Datum[]) => void,
  notes: readonly string[] = [],
): Panel => ({
  ...{ id, title, call: asked, wide: true, tall: 330, notes },
  draw: (answer) => plainTable(tableOf(answer), scene.tz, pick),
  table: (answer) => tableOf(answer),
});
