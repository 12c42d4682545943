import { isPrivate } from './formats/client.ts';
import { exportOf, foreignOf, likelyMeaning, toolOfLine } from './formats/foreign.ts';
import { type FormatName, formatNames, formatOf, requestsIn } from './formats/index.ts';
import { fieldsNamed } from './formats/ndjson.ts';
import { clientOf } from './log-reader.ts';
import { counted } from './printable.ts';
import type { ReaderSettings, VisitorChoice } from './reading.ts';
import { failed } from './stop.ts';

/** Lines that are looked at for the format. */
const seen = 100;
/** From so many requests on, one address that has nine tenths of them is no coincidence. */
const enough = 20;

/** How a file is read, and what its reader should be told about that. */
export interface Choice {
  readonly format: FormatName;
  readonly visitor: VisitorChoice;
  readonly notes: readonly string[];
}

/** Sees from a file’s first lines how to read it; what was asked for goes before. A file that no format fits is refused in one sentence that says what it looks like. */
export const chosen = (
  source: string,
  sample: readonly string[],
  asked: {
    readonly format: FormatName | undefined;
    readonly visitor: VisitorChoice | undefined;
    readonly fields: ReaderSettings['fields'];
  },
): Choice => {
  const first = sample.slice(0, seen);
  const own = Object.keys(asked.fields).length > 0 ? 'json' : undefined;
  const format = asked.format ?? own ?? formatOf(first, asked.fields);
  const isArray = format === 'ndjson' && /^\s*\[\s*$/.test(first[0] ?? '');
  if (format === undefined || isArray) throw failed(unknown(source, first));
  if (format === 'ndjson' && asked.format === undefined) refuseForeign(source, sample);
  return { format, ...visitorOf(source, sample, format, asked) };
};

const unknown = (source: string, lines: readonly string[]): string => {
  const looks = foreignOf(lines);
  return looks === undefined
    ? `${source}: no line could be read: they are of no format that is known here. Known are ${formatNames.join(', ')}; \`--format\` chooses one.`
    : `${source}: ${looks}`;
};

/** Events of which no line says when it was or whose would all be one visitor’s, now. */
function refuseForeign(source: string, lines: readonly string[]): void {
  const names = lines.map(fieldsNamed);
  const tool = names.some(({ whose }) => whose)
    ? undefined
    : lines
        .slice(0, seen)
        .map(toolOfLine)
        .find((found) => found !== undefined);
  if (tool !== undefined) throw failed(`${source}: ${exportOf(tool)}`);
  const foreign = [...new Set(names.flatMap((line) => line.foreign))];
  if (names.some(({ told }) => told) || foreign.length === 0) return;
  const meant = foreign.slice(0, 10).map((name) => {
    const ours = likelyMeaning(name);
    return ours === undefined ? name : `${name} (probably ${ours})`;
  });
  throw failed(
    `${source}: no line has a time or an id that is known here (timestamp, event_id, user_id, anonymous_id), so it looks like an export of another tool. It has ${meant.join(', ')}; rename them, or say \`--format ndjson\` to import it as it is, all of it now.`,
  );
}

function visitorOf(
  source: string,
  sample: readonly string[],
  format: FormatName,
  { visitor, fields }: Parameters<typeof chosen>[2],
): Pick<Choice, 'visitor' | 'notes'> {
  if (visitor !== undefined) return { visitor, notes: [] };
  const requests = requestsIn(format, sample, fields);
  const proxy = mostly(requests.map((line) => clientOf(line, 'address')));
  if (requests.length < enough || proxy === undefined) return { visitor: 'address', notes: [] };
  const known = requests.filter(({ forwarded }) => forwarded.length > 0).length;
  const so = `${source}: of the first ${counted(requests.length)} requests at least nine tenths come from ${proxy}, a private address: a proxy’s.`;
  return known * 2 >= requests.length
    ? {
        visitor: 'last-forwarded',
        notes: [
          `${so} The visitor is taken from the forwarded addresses instead, as with \`--visitor last-forwarded\`; \`--visitor address\` takes the first column.`,
        ],
      }
    : {
        visitor: 'address',
        notes: [
          `${so} The lines name no forwarded address, so all these visitors are told apart by their user agents alone: let the server log X-Forwarded-For last on the line, and import with \`--visitor last-forwarded\`.`,
        ],
      };
}

/** The private address that nine tenths of them are. */
function mostly(addresses: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const address of addresses) counts.set(address, (counts.get(address) ?? 0) + 1);
  const [most] = [...counts].sort(([, n], [, m]) => m - n);
  return most !== undefined && most[1] >= addresses.length * 0.9 && isPrivate(most[0]) ? most[0] : undefined;
}
