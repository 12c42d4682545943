import type { DatabaseSync } from 'node:sqlite';
import { type LakeFile, lakeKinds } from './kinds.ts';

const columns = [
  'id',
  'path',
  'kind',
  'level',
  'projects',
  'dt',
  'rows',
  'bytes',
  'min_ts',
  'max_ts',
  'crc',
  'footer_crc',
  'columns',
  'aside',
] as const;

/** The tables of the manifest: marks by name, files of events (also those set aside), files of event ids. */
export const tables = {
  marks: {
    definition: 'create table if not exists marks (name text primary key, value integer not null) strict',
    columns: ['name', 'value'],
  },
  files: {
    definition: `create table if not exists files (
      id integer primary key, path text not null, kind text not null, level integer not null, projects text not null, dt text not null, rows integer not null, bytes integer not null,
      min_ts integer not null, max_ts integer not null, crc integer not null, footer_crc integer not null, columns text not null, aside integer not null) strict`,
    columns,
  },
  /** About how many bytes the rows of a file take where they are sorted; of an earlier version’s files not known. */
  weights: {
    definition: 'create table if not exists weights (id integer primary key, weight integer not null) strict',
    columns: ['id', 'weight'],
  },
  seen: {
    definition:
      'create table if not exists seen (id integer primary key, path text not null, keys integer not null) strict',
    columns: ['id', 'path', 'keys'],
  },
} as const;

/** What changes them. */
export const statements = (db: DatabaseSync) => ({
  addFile: db.prepare('insert into files values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)'),
  dropFile: db.prepare('delete from files where id = ?'),
  addWeight: db.prepare('insert or replace into weights values (?, ?)'),
  dropWeight: db.prepare('delete from weights where id = ?'),
  setAside: db.prepare('update files set aside = ? where id = ?'),
  addSeen: db.prepare('insert into seen values (?, ?, ?)'),
  dropSeen: db.prepare('delete from seen where id = ?'),
  setMark: db.prepare(
    'insert into marks values (?, ?) on conflict (name) do update set value = excluded.value',
  ),
  dropMark: db.prepare('delete from marks where name = ?'),
  overwrite: db.prepare(
    "insert into marks values ('doubts', 1) on conflict (name) do update set value = value + 1",
  ),
});

/** The mark with the rows of a segment. */
export const segmentMark = (segment: number): string => `segment ${segment}`;

/** The segment whose rows a mark tells; undefined for another. */
export const segmentOf = (mark: string): number | undefined =>
  mark.startsWith('segment ') ? Number(mark.slice(8)) : undefined;

/** The mark of a file whose events are erased. */
export const doomMark = (id: number): string => `doomed ${id}`;

/** The file that such a mark is about; undefined for another. */
export const doomOf = (mark: string): number | undefined =>
  mark.startsWith('doomed ') ? Number(mark.slice(7)) : undefined;

/** A row as a file. */
export function fileOf(row: Record<string, unknown>): LakeFile {
  const projects: unknown = JSON.parse(String(row.projects));
  return {
    id: Number(row.id),
    path: String(row.path),
    kind: lakeKinds.find((kind) => kind === row.kind) ?? 'events',
    level: row.level === 0 ? 0 : 1,
    projects: Array.isArray(projects) ? projects.map(String) : [],
    dt: String(row.dt),
    rows: Number(row.rows),
    bytes: Number(row.bytes),
    weight: typeof row.weight === 'number' ? row.weight : null,
    minTs: Number(row.min_ts),
    maxTs: Number(row.max_ts),
    crc: Number(row.crc),
    footerCrc: Number(row.footer_crc),
    columns: String(row.columns),
  };
}
