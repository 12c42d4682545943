import * as z from 'zod';
import { trackBody } from '../../events/schema.ts';
import { parsedJson } from '../parsed-json.ts';
import { cutToLength, type LineReading, lineNames, type ReaderSettings } from '../reading.ts';

const trackLine = z.looseObject({ event: z.string() });
const known: ReadonlySet<string> = new Set(Object.keys(trackBody.shape));

/** When a line says it happened, milliseconds since 1970. */
export const ndjsonTime = (line: string): number | undefined => {
  const at = Date.parse(
    z.object({ timestamp: z.string() }).safeParse(parsedJson(line)).data?.timestamp ?? '',
  );
  return Number.isNaN(at) ? undefined : at;
};

/** Is it a track body? */
export const isTrackLine = (line: string): boolean => trackLine.safeParse(parsedJson(line)).success;

/** Reads the lines of one file of track bodies. */
export const ndjsonReader = ({
  shiftMs,
}: Pick<ReaderSettings, 'shiftMs'>): ((line: string) => LineReading) => {
  const nameLine = lineNames();
  return (line) => {
    const read = trackLine.safeParse(parsedJson(line));
    if (!read.success) return { skip: 'unparseable', why: 'not a JSON object with an `event`' };
    const body: Record<string, unknown> = { ...read.data };
    const ignored = Object.keys(body).filter((name) => !known.has(name));
    const named = body.event_id === undefined ? nameLine(line) : undefined;
    if (named !== undefined) body.event_id = named.id;
    const at = typeof body.timestamp === 'string' ? Date.parse(body.timestamp) : Number.NaN;
    if (shiftMs !== 0 && !Number.isNaN(at)) body.timestamp = new Date(at + shiftMs).toISOString();
    const cut = cutToLength(body);
    const json = written(body);
    if (json === undefined) return { skip: 'unparseable', why: 'nested too deep' };
    return { event: read.data.event, json, shortened: cut, equal: named?.equal ?? false, ignored };
  };
};

/** JSON text; undefined where a value is nested deeper than the language’s own writer can follow. */
function written(body: Record<string, unknown>): string | undefined {
  try {
    return JSON.stringify(body);
  } catch {
    return undefined;
  }
}

/** Which names of a line say when it happened or whose it was, and which mean nothing to us. */
export const fieldsNamed = (
  line: string,
): { readonly told: boolean; readonly whose: boolean; readonly foreign: readonly string[] } => {
  const names = Object.keys(trackLine.safeParse(parsedJson(line)).data ?? {});
  return {
    told: names.some(
      (name) => name === 'timestamp' || name === 'event_id' || (name.endsWith('_id') && known.has(name)),
    ),
    whose: names.some((name) => name === 'user_id' || name === 'anonymous_id'),
    foreign: names.filter((name) => !known.has(name)),
  };
};
