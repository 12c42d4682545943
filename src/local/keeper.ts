/** Who brings events from the journal to few, sorted files while nobody waits for it. */
export interface Keeper {
  /** Brings a long journal of an earlier process to the lake before anything waits for it. */
  begin(): Promise<void>;
  /** All that was acknowledged until now is Parquet when it resolves. */
  flush(): Promise<void>;
  /** One file per project and day (a very large day: few; days with few events: one together) when it resolves. */
  compact(): Promise<void>;
  /** All that was acknowledged of a project until now is in files of its own when it resolves. */
  part(project: string): Promise<void>;
  /** Runs while nothing else changes the files, with a way to bring all event ids of the flushed journal into files, and to wait until no file is left that nobody reads any more. */
  alone<T>(work: (inside: Alone) => Promise<T>): Promise<T>;
  /** Waits a little where more comes than can be brought to the lake, so that what waits for that stays bounded. */
  room(): Promise<void> | undefined;
  /** What answers must say of this work, e.g. that it fails again and again. */
  troubles(): readonly string[];
  close(): Promise<void>;
}

/** What one may do who works on the files alone. */
export interface Alone {
  /** Writes event ids down; while `act` runs nobody else does. */
  remembered<T>(act: () => Promise<T>): Promise<T>;
  settled(): Promise<void>;
}
