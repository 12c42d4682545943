import { dirname } from 'node:path';
import type { Log } from '../../ports.ts';
import { type KeptTwice, openTwice } from '../disk/kept-twice.ts';
import type { Folder } from '../disk/lake-folder.ts';
import type { LakeFile } from './kinds.ts';
import { doomMark, doomOf, fileOf, segmentMark, segmentOf, statements, tables } from './manifest-tables.ts';

/** One file of already seen event ids. */
export interface SeenFile {
  readonly id: number;
  readonly path: string;
  readonly keys: number;
}

/** What becomes true at once or not at all. */
export interface Change {
  readonly add?: readonly LakeFile[];
  readonly drop?: readonly LakeFile[];
  /** Moved out of the lake because it could not be read; answers that miss it say so. */
  readonly aside?: readonly LakeFile[];
  /** Back from there, because it can be read again. */
  readonly restore?: readonly LakeFile[];
  readonly addSeen?: readonly SeenFile[];
  readonly dropSeen?: readonly SeenFile[];
  /** Journal segments up to this one are in the lake. */
  readonly flushed?: number;
  /** The segments that this brought there, so that a start knows whether it has all of one whose event ids are in no file yet. */
  readonly segments?: readonly { readonly number: number; readonly rows: number }[];
  /** The event ids of journal segments up to this one are in files. */
  readonly seenUpTo?: number;
  /** Ids of files whose events are erased: should one still lie there, a start removes it and takes nothing of it. */
  readonly doom?: readonly number[];
  /** Of those, ids of files that are gone. */
  readonly gone?: readonly number[];
}

/** Which files are the lake, now: on disk in SQLite, mirrored in memory. */
export interface Manifest {
  files(): Iterable<LakeFile>;
  /** Those that hold any of these projects, each once. */
  holding(projects: readonly string[]): Iterable<LakeFile>;
  aside(): Iterable<LakeFile>;
  seen(): Iterable<SeenFile>;
  readonly flushed: number;
  readonly seenUpTo: number;
  /** The rows of segments that are flushed and whose event ids are in no file yet, by number. */
  readonly segments: ReadonlyMap<number, number>;
  /** Ids of files whose events are erased and that may still lie there. */
  readonly doomed: ReadonlySet<number>;
  /** How often it was changed since it was opened: while this stays, so does what follows from the files. */
  readonly changes: number;
  /** A number for a new file, above every number that was ever given. */
  nextId(): number;
  /** This number has been given, though the manifest does not know: it is an older one. */
  given(id: number): void;
  /** Durable when it returns; throws having changed nothing. */
  change(change: Change): void;
  /** After a change that failed, a start after a crash might still find it: makes sure that it would not, and gives the files it had added. Throws while the disk does not take even that. */
  certain(): readonly LakeFile[];
  /** Forgets what was set aside under this id. */
  forget(id: number): void;
  close(): void;
}

const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** Opens the manifest and with it locks the folder for this process. `knownAs`: the folder that whoever started it named. */
export const openManifest = (
  { manifest: path, unnamed: aside }: Pick<Folder, 'manifest' | 'unnamed'>,
  log: Log = quiet,
  knownAs = dirname(path),
): Manifest =>
  mirrored(
    openTwice({
      path,
      applicationIds: [0x4d4d4c4b],
      format: 2,
      tables,
      settings: '',
      statements,
      aside,
      log,
      busy: `Another process is using the data folder ${knownAs}: stop it, or choose another folder.`,
    }),
  );

function mirrored(twice: KeptTwice<ReturnType<typeof statements>>): Manifest {
  const { db } = twice;
  const files = new Map<number, LakeFile>();
  const aside = new Map<number, LakeFile>();
  const seen = new Map<number, SeenFile>();
  const byProject = new Map<string, Set<LakeFile>>();
  const marks = { flushed: 0, seenUpTo: 0 };
  const segments = new Map<number, number>();
  const doomed = new Set<number>();
  let changes = 0;
  let last = 0;
  const enter = (file: LakeFile) => {
    files.set(file.id, file);
    for (const project of file.projects) {
      const own = byProject.get(project);
      if (own === undefined) byProject.set(project, new Set([file]));
      else own.add(file);
    }
  };
  const leave = ({ id }: LakeFile) => {
    const file = files.get(id);
    if (file === undefined) return;
    files.delete(id);
    for (const project of file.projects) byProject.get(project)?.delete(file);
  };
  for (const row of db.prepare('select * from files left join weights using (id)').all()) {
    const file = fileOf(row);
    if (row.aside === 1) aside.set(file.id, file);
    else enter(file);
  }
  for (const row of db.prepare('select * from seen').all())
    seen.set(Number(row.id), { id: Number(row.id), path: String(row.path), keys: Number(row.keys) });
  for (const row of db.prepare('select * from marks').all()) {
    if (row.name === 'flushed') marks.flushed = Number(row.value);
    if (row.name === 'seenUpTo') marks.seenUpTo = Number(row.value);
    const segment = segmentOf(String(row.name));
    if (segment !== undefined) segments.set(segment, Number(row.value));
    const doom = doomOf(String(row.name));
    if (doom !== undefined) doomed.add(doom);
    if (row.name === 'lastId') last = Number(row.value);
  }
  // A failed sync leaves a whole transaction in SQLite’s log, which a start after a crash takes for a good one, until the next is written over it.
  let inDoubt = false;
  const doubted: LakeFile[] = [];
  for (const ids of [files, aside, seen]) for (const id of ids.keys()) last = Math.max(last, id);

  return {
    files: () => files.values(),
    holding: (projects) => new Set(projects.flatMap((project) => [...(byProject.get(project) ?? [])])),
    aside: () => aside.values(),
    seen: () => seen.values(),
    get flushed() {
      return marks.flushed;
    },
    get seenUpTo() {
      return marks.seenUpTo;
    },
    segments,
    doomed,
    get changes() {
      return changes;
    },
    nextId: () => ++last,
    given: (id) => {
      last = Math.max(last, id);
    },
    change: (change) => {
      const done = [...segments.keys(), ...(change.segments ?? []).map(({ number }) => number)].filter(
        (number) => number <= (change.seenUpTo ?? marks.seenUpTo),
      );
      try {
        twice.change((to) => {
          for (const f of change.add ?? [])
            to.addFile.run(
              f.id,
              f.path,
              f.kind,
              f.level,
              JSON.stringify(f.projects),
              f.dt,
              f.rows,
              f.bytes,
              f.minTs,
              f.maxTs,
              f.crc,
              f.footerCrc,
              f.columns,
            );
          for (const { id, weight } of change.add ?? [])
            if (weight !== null) to.addWeight.run(id, Math.round(weight));
          for (const f of change.drop ?? []) {
            to.dropFile.run(f.id);
            to.dropWeight.run(f.id);
          }
          for (const f of change.aside ?? []) to.setAside.run(1, f.id);
          for (const f of change.restore ?? []) to.setAside.run(0, f.id);
          for (const f of change.addSeen ?? []) to.addSeen.run(f.id, f.path, f.keys);
          for (const f of change.dropSeen ?? []) to.dropSeen.run(f.id);
          if (change.flushed !== undefined) to.setMark.run('flushed', change.flushed);
          for (const { number, rows } of change.segments ?? []) to.setMark.run(segmentMark(number), rows);
          if (change.seenUpTo !== undefined) to.setMark.run('seenUpTo', change.seenUpTo);
          for (const id of change.doom ?? []) to.setMark.run(doomMark(id), 1);
          for (const id of change.gone ?? []) to.dropMark.run(doomMark(id));
          for (const number of done) to.dropMark.run(segmentMark(number));
          to.setMark.run('lastId', last);
          return true;
        });
      } catch (error) {
        inDoubt = true;
        doubted.push(...(change.add ?? []));
        throw error;
      }
      inDoubt = false;
      changes++;
      for (const f of [...(change.add ?? []), ...(change.restore ?? [])]) enter(f);
      for (const f of [...(change.drop ?? []), ...(change.aside ?? [])]) leave(f);
      for (const f of change.aside ?? []) aside.set(f.id, f);
      for (const f of change.restore ?? []) aside.delete(f.id);
      for (const f of change.addSeen ?? []) seen.set(f.id, f);
      for (const f of change.dropSeen ?? []) seen.delete(f.id);
      marks.flushed = change.flushed ?? marks.flushed;
      marks.seenUpTo = change.seenUpTo ?? marks.seenUpTo;
      for (const { number, rows } of change.segments ?? []) segments.set(number, rows);
      for (const number of done) segments.delete(number);
      for (const id of change.doom ?? []) doomed.add(id);
      for (const id of change.gone ?? []) doomed.delete(id);
      if (change.drop !== undefined) twice.checkpoint();
    },
    certain: () => {
      if (inDoubt) twice.change((to) => to.overwrite.run());
      inDoubt = false;
      return doubted.splice(0);
    },
    forget: (id) => {
      twice.change((to) => {
        to.dropFile.run(id);
        to.dropWeight.run(id);
        return true;
      });
      aside.delete(id);
    },
    close: twice.close,
  };
}
