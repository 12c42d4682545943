import { logReader } from '../log-reader.ts';
import type { LineReading, ReaderSettings } from '../reading.ts';
import { caddy } from './caddy.ts';
import { cloudfront } from './cloudfront.ts';
import { combined } from './combined.ts';
import { common } from './common.ts';
import { elb } from './elb.ts';
import { jsonLog } from './json-log.ts';
import type { LogFormat, LogLine, Said } from './log-line.ts';
import { isTrackLine, ndjsonReader, ndjsonTime } from './ndjson.ts';
import { s3Log } from './s3.ts';
import { traefik } from './traefik.ts';
import { vhostCombined } from './vhost-combined.ts';
import { w3c } from './w3c.ts';

const logs = {
  vhost_combined: vhostCombined,
  combined,
  common,
  cloudfront,
  w3c,
  elb,
  s3: s3Log,
  caddy,
  traefik,
  json: jsonLog,
} as const satisfies Record<string, LogFormat>;

/** The formats by name: a file is read as the one that reads most of its first lines, of equals as the one that stands first. */
export type FormatName = keyof typeof logs | 'ndjson';
export const formatNames: readonly FormatName[] = [...keysOf(logs), 'ndjson'];

/** Who writes it. */
export const formatOfWhom = (name: FormatName): string =>
  name === 'ndjson' ? 'this product’s own events: track bodies, one JSON object a line' : logs[name].of;

/** Reads the lines of one file in their order; made anew for each file, because lines are told apart within theirs. */
export const readerOf = (name: FormatName, settings: ReaderSettings): ((line: string) => LineReading) =>
  name === 'ndjson' ? ndjsonReader(settings) : logReader(name, logs[name].lines(settings.fields), settings);

/** When each line of one file happened, milliseconds since 1970; undefined where it does not say. */
export const timesOf = (
  name: FormatName,
  fields: ReaderSettings['fields'],
): ((line: string) => number | undefined) => {
  if (name === 'ndjson') return ndjsonTime;
  const read = logs[name].lines(fields);
  return (line) => timeIn(read(line));
};

const timeIn = (said: Said): number | undefined => (typeof said === 'object' ? said.at : undefined);

/** The requests of a log’s first lines; none for events. */
export const requestsIn = (
  name: FormatName,
  lines: readonly string[],
  fields: ReaderSettings['fields'],
): readonly LogLine[] => {
  if (name === 'ndjson') return [];
  const read = logs[name].lines(fields);
  return lines.flatMap((line) => {
    const said = read(line);
    return typeof said === 'object' ? [said] : [];
  });
};

/** The format of a file with these first lines; undefined where they are of none. A line of the format that is no request counts less than one that is. */
export const formatOf = (
  lines: readonly string[],
  fields: ReaderSettings['fields'],
): FormatName | undefined => {
  const scored = formatNames.map((name) => ({ name, score: scoreOf(name, lines, fields) }));
  const best = Math.max(...scored.map(({ score }) => score));
  return best === 0 ? undefined : scored.find(({ score }) => score === best)?.name;
};

function scoreOf(name: FormatName, lines: readonly string[], fields: ReaderSettings['fields']): number {
  if (name === 'ndjson') return lines.filter(isTrackLine).length;
  const read = logs[name].lines(fields);
  return lines.reduce((sum, line) => {
    const said = read(line);
    return sum + (said === undefined ? 0 : said === 'no request' ? 0.001 : 1);
  }, 0);
}

function keysOf<K extends string>(table: Readonly<Record<K, unknown>>): readonly K[] {
  const isKey = (name: string): name is K => Object.hasOwn(table, name);
  return Object.keys(table).filter(isKey);
}
