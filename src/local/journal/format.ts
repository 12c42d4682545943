import { crc32 } from 'node:zlib';
import { type ColumnName, columnNames, columns, type Event } from '../../events/columns.ts';

// A segment begins with a line that names its columns. Every other line is an event: its values in that order, as a JSON array. A request is one
// or more lines; the last of them ends with one value more, `[lines, CRC-32]`, of the columns’ names and of the request without this mark, so
// that half a request is never mistaken for a whole one, nor a value for that of another column.

/** Beside an event's own columns, the last: 1 where it came from a secret key after a browser's copy of it was kept, which it overrules, else 0. One digit, so that it can be set where the line lies. */
const overrules = 'overrules';
const journalColumns = [...columnNames, overrules] as const;
const names = JSON.stringify(journalColumns);

/** Which value of a line, from 1, says that it overrules a browser’s copy. */
export const overrulesAt = journalColumns.length;

/** The first line of a segment written now, with its end. */
export const heading: Uint8Array = Buffer.from(`${names}\n`);

/** An event as one line, without its line end. Text that Parquet's UTF-8 cannot hold is mended. */
export const lineOf = (event: Event): string => lineFrom([...columnNames.map((column) => event[column]), 0]);

const lineFrom = (values: readonly unknown[]): string => {
  const line = JSON.stringify(values);
  return line.includes('\\ud')
    ? JSON.stringify(values, (_, value: unknown) =>
        typeof value === 'string' ? value.toWellFormed() : value,
      )
    : line;
};

/** What goes between a request’s last value and its last bracket. `body`: the request up to and with that bracket. */
export const markOf = (lines: number, body: Uint8Array): string => `,[${lines},${crc32(body, current.seed)}]`;

/** An event as a line holds it: the value of each column, undefined where the version that wrote it had none. */
export type LineCells = (column: ColumnName | typeof overrules) => unknown;

/** How the lines of a segment are to be read. */
export interface Form {
  readonly mark: RegExp;
  readonly close: string;
  readonly seed: number;
  readonly read: (line: string) => LineCells;
}

const listed = (text: string, held: readonly string[]): Form => {
  const places = new Map(held.map((column, place) => [column, place]));
  return {
    mark: /,\[(\d+),(\d+)\]\]$/,
    close: ']',
    seed: crc32(text),
    read: (line) => {
      const values: unknown = JSON.parse(line);
      return (column) => (Array.isArray(values) ? values[places.get(column) ?? -1] : undefined);
    },
  };
};

/** The form that is written now. */
export const current: Form = listed(names, journalColumns);

/** The first form: no heading, each event an object, the mark its last field. */
const named: Form = {
  mark: /,"end":\[(\d+),(\d+)\]\}$/,
  close: '}',
  seed: 0,
  read: (line) => {
    const event = new Map(Object.entries(JSON.parse(line)));
    return (column) => event.get(column);
  },
};

/** How a segment says it is to be read, and where its lines begin. */
const opening = (bytes: Buffer): { readonly form: Form; readonly begin: number } => {
  const end = bytes.indexOf(10) + 1;
  const first = bytes.toString('utf8', 0, Math.max(0, end - 1));
  if (first === names) return { form: current, begin: end };
  if (first.startsWith('{')) return { form: named, begin: 0 };
  try {
    const held: unknown = JSON.parse(first);
    if (Array.isArray(held) && held.every((column) => typeof column === 'string'))
      return { form: listed(first, held), begin: end };
  } catch {}
  return { form: current, begin: 0 };
};

/** A line of any form as a line of today’s. */
export const renewed = (event: LineCells): string =>
  lineFrom([...columnNames.map((column) => event(column) ?? absent(column)), isOverruling(event) ? 1 : 0]);

/** Does this event stand in the place of a browser’s copy that is kept too? */
export const isOverruling = (event: LineCells): boolean => event(overrules) === 1;

const absent = (column: ColumnName): string | null => {
  const about = columns[column];
  return 'absent' in about ? about.absent : null;
};

/** What a segment holds. */
export interface Contents {
  readonly form: Form;
  /** The whole requests, as runs of bytes [from, to). */
  readonly whole: readonly (readonly [from: number, to: number])[];
  readonly rows: number;
  /** Where the last whole request ends. */
  readonly end: number;
  /** Bytes before `end` that are neither heading nor whole request: damage, not a torn tail. */
  readonly damaged: number;
}

/** Finds the whole requests of a segment. `onRequest` is called with the lines of each, as `form.read` takes them. */
export const readSegment = (
  bytes: Buffer,
  onRequest: (lines: readonly string[], form: Form) => void,
): Contents => {
  const { form, begin } = opening(bytes);
  const contents = readAs(form, begin, bytes, onRequest);
  // A damaged heading is a line like others: today's form is as good a guess as any, for the requests’ CRCs tell whether it is right.
  return contents.rows > 0 || form === current ? contents : readAs(current, 0, bytes, onRequest);
};

const readAs = (
  form: Form,
  begin: number,
  bytes: Buffer,
  onRequest: (lines: readonly string[], form: Form) => void,
): Contents => {
  const whole: [number, number][] = [];
  const starts: number[] = [];
  let rows = 0;
  let kept = begin;
  for (let from = begin; from < bytes.length; ) {
    const newline = bytes.indexOf(10, from);
    if (newline === -1) break;
    starts.push(from);
    const mark = markAt(bytes.subarray(from, newline), form);
    from = newline + 1;
    if (mark === undefined) continue;
    const start = starts[starts.length - mark.lines];
    const lastLine = starts.at(-1);
    if (start !== undefined && lastLine !== undefined) {
      const body = bytes.subarray(start, lastLine + mark.at);
      if (crc32(form.close, crc32(body, form.seed)) === mark.crc) {
        const previous = whole.at(-1);
        if (previous !== undefined && previous[1] === start) previous[1] = from;
        else whole.push([start, from]);
        rows += mark.lines;
        kept += from - start;
        onRequest(`${body.toString()}${form.close}`.split('\n'), form);
      }
    }
    starts.length = 0;
  }
  const end = whole.at(-1)?.[1] ?? begin;
  return { form, whole, rows, end, damaged: end - kept };
};

const markAt = (
  line: Buffer,
  { mark }: Form,
): { readonly at: number; readonly lines: number; readonly crc: number } | undefined => {
  const tail = line.toString('latin1', Math.max(0, line.length - 40));
  const found = mark.exec(tail);
  return found === null
    ? undefined
    : { at: line.length - found[0].length, lines: Number(found[1]), crc: Number(found[2]) };
};
