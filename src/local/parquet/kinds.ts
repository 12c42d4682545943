/** What files hold: events, the identifications among them once more, and once more those that overrule a browser’s copy, which is among the events too. */
export const lakeKinds = ['events', 'identifies', 'overrules'] as const;
export type LakeKind = (typeof lakeKinds)[number];

/** One Parquet file of the lake. */
export interface LakeFile {
  readonly id: number;
  /** Below the lake folder. */
  readonly path: string;
  readonly kind: LakeKind;
  /** Level 0: as flushed, several projects in one file. Level 1: one project, one day or several with few rows (of other kinds than events: all days). */
  readonly level: 0 | 1;
  readonly projects: readonly string[];
  /** UTC day, `yyyy-mm-dd`, or what the dates of its days begin with: nothing, where they may be any. */
  readonly dt: string;
  readonly rows: number;
  readonly bytes: number;
  /** About how many bytes its rows take where they are sorted; null in files of an earlier version. */
  readonly weight: number | null;
  /** Smallest and largest `ts`, ms. */
  readonly minTs: number;
  readonly maxTs: number;
  /** CRC-32 of all bytes, and of those from the footer on. */
  readonly crc: number;
  readonly footerCrc: number;
  /** The names of its columns, comma between. */
  readonly columns: string;
}
