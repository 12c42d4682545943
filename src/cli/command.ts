import type { Flags, Given } from './flags.ts';
import type { Exit } from './stop.ts';
import type { Terminal } from './terminal.ts';

/** One command of the command line. `help` is written from it. */
export interface Command {
  /** After the name, e.g. `FILE… [flags]`. */
  readonly takes: string;
  readonly does: string;
  readonly flags: Flags;
  /** Are flags of other names welcome? `ask` hands them to the tool. */
  readonly others?: 'welcome';
  /** What else a reader should know. */
  readonly more: string;
  readonly run: (given: Given, terminal: Terminal) => Promise<Exit>;
}
