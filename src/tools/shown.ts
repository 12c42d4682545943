import { capped, isPlain, meant, visible, visibleJson } from './visible.ts';

/** The columns whose text is JSON: it stays JSON, so that programs read from it what was sent. */
const isJson = (column: string): boolean =>
  column === 'properties' || column === 'traits' || column === 'ids' || column === 'examples';

type Fields = Readonly<Record<string, unknown>>;

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/** Everything in an answer, names of fields too, as it is shown (see `visible`). */
export const shownFields = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      visible(name),
      isJson(name) && typeof value === 'string' ? visibleJson(value) : shown(value),
    ]),
  );

/** The same of any JSON value. */
export const shown = (value: unknown): unknown => {
  if (typeof value === 'string') return visible(value);
  if (isList(value)) return value.map(shown);
  return isFields(value) ? shownFields(value) : value;
};

// JSON writes control characters and halves of a pair as escapes of its own.
const written = /\\[bfnrtu]/;

/** A body as JSON text in which everything is shown. What is ordinary is only looked through once. */
export const shownText = (body: unknown): string => {
  const text = JSON.stringify(body);
  return isPlain(text) && !written.test(text) ? text : JSON.stringify(shown(body));
};

/** Arguments nest no deeper where they are right. */
const mostLevels = 16;

/** Arguments with every text as it was meant: names may be asked for as they were shown. */
export const meantFields = (fields: Fields, levels = mostLevels): Fields =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, meantIn(value, levels)]));

const meantIn = (value: unknown, levels: number): unknown => {
  if (typeof value === 'string') return meant(value);
  if (levels === 0) return value;
  if (isList(value)) return value.map((inner) => meantIn(inner, levels - 1));
  return isFields(value) ? meantFields(value, levels - 1) : value;
};

/** The most characters of what a host shows the model of one tool result (the object or the text) or resource (spec/mcp.md §5). */
export const answerRoom = 24_000;
/** The most characters of a cell that a model is shown, of one that is JSON, and of a note. */
const cellRoom = { text: 500, json: 2_000, note: 1_500 } as const;

/** Notes as they are shown to a model. */
export const cappedNotes = (notes: readonly string[]): readonly string[] =>
  notes.map((note) => capped(visible(note), cellRoom.note, note.length));

/** The first rows that fit into `room` characters as a model is shown them, at least one; a row alone is whole where it fits. `written`: how a row is, where that is not an object. `cut`: what to say where cells are not whole. */
export const fittingRows = (
  rows: readonly Fields[],
  room: number,
  written: (row: Fields) => unknown = (row) => row,
): { readonly rows: readonly Fields[]; readonly cut: readonly string[] } => {
  const [only] = rows;
  if (only !== undefined && rows.length === 1 && JSON.stringify(written(shownFields(only))).length < room)
    return { rows: rows.map(shownFields), cut: [] };
  const fitting: Fields[] = [];
  let left = room;
  let isCut = false;
  for (const row of rows) {
    const short = cappedRow(row);
    const { length } = JSON.stringify(short);
    left -= (JSON.stringify(written(short)) ?? '').length + 1;
    if (left < 0 && fitting.length > 0) break;
    isCut ||= length !== JSON.stringify(shownFields(row)).length;
    fitting.push(short);
  }
  return { rows: fitting, cut: isCut ? [cutCells] : [] };
};

const cutCells = `Cells over ${cellRoom.text} characters (properties: ${cellRoom.json.toLocaleString('en-US')}) are cut and say how long they are; for a whole one ask so that only its row is left (limit 1), or ask over REST.`;

/** A row as it is shown to a model: its cells capped. */
const cappedRow = (row: Fields): Fields =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (typeof value !== 'string') return [visible(name), value];
      return [
        visible(name),
        isJson(name)
          ? cappedJson(visibleJson(value), value.length)
          : capped(visible(value), cellRoom.text, value.length),
      ];
    }),
  );

/** JSON text that is still JSON: its first members as far as they fit, and a last one that says of how many. */
function cappedJson(json: string, length: number): string {
  if (json.length <= cellRoom.json) return json;
  const read: unknown = JSON.parse(json);
  if (isList(read))
    return JSON.stringify([`${read.length} entries, ${length.toLocaleString('en-US')} characters in all`]);
  const members = Object.entries(isFields(read) ? read : {});
  const kept: string[] = [];
  let room = cellRoom.json;
  for (const [key, value] of members) {
    const member = visibleJson(`${JSON.stringify(capped(key, cellRoom.text))}:${cappedValue(value)}`);
    room -= member.length + 1;
    if (room < 0) break;
    kept.push(member);
  }
  const cut = `${kept.length} of ${members.length} properties, ${length.toLocaleString('en-US')} characters in all`;
  return `{${[...kept, `"…":${JSON.stringify(cut)}`].join(',')}}`;
}

/** A property’s value as JSON text: a long text is capped, a long list or object only counted. */
const cappedValue = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(capped(value, cellRoom.text));
  const text = JSON.stringify(value);
  return text.length <= cellRoom.text
    ? text
    : JSON.stringify(`… (${text.length.toLocaleString('en-US')} characters)`);
};
