import { hash } from 'node:crypto';
import { recent } from '../events/recent.ts';
import { shortened } from './printable.ts';

/** What one line comes to: a track body as JSON text, or the reason why it is none. `what`: what was asked for, to be shown as a sample; `extension`: of an asset. */
export type LineReading =
  | {
      readonly event: string;
      readonly json: string;
      readonly shortened: number;
      readonly equal: boolean;
      /** Names of the line that no event has. */
      readonly ignored?: readonly string[];
    }
  | { readonly skip: string; readonly why: string; readonly what?: string; readonly extension?: string };

/** Which of the addresses of a line is the visitor’s: the first column, or an address of X-Forwarded-For. */
export const visitorChoices = ['address', 'first-forwarded', 'last-forwarded'] as const;
export type VisitorChoice = (typeof visitorChoices)[number];

/** What a reader needs to know beside the lines. */
export interface ReaderSettings {
  /** Origin of the site the log is of; undefined: events carry a path and no url, unless the line names its site. */
  readonly site: string | undefined;
  /** Added to every timestamp. */
  readonly shiftMs: number;
  /** Visitors’ ids are made with it. */
  readonly visitorKey: Uint8Array;
  readonly visitor: VisitorChoice;
  /** What a JSON log calls its fields. */
  readonly fields: Readonly<Record<string, string>>;
}

/** The contract’s lengths of what may be cut without changing who did what. */
export const lengths = { url: 2048, path: 2048, referrer: 2048, user_agent: 1024 } as const;

/** How many different lines may lie between two equal ones that are still told apart. */
const equalWithin = 100_000;

/** Names each line by its content, equal ones by their number too: the same file gives the same names again, so sending it twice adds nothing. */
export const lineNames = (): ((line: string) => { readonly id: string; readonly equal: boolean }) => {
  const seen = recent<number>(equalWithin);
  return (line) => {
    const content = hash('sha256', line, 'base64url').slice(0, 32);
    const occurrence = (seen.get(content) ?? 0) + 1;
    seen.set(content, occurrence);
    return { id: `line_${content}_${occurrence}`, equal: occurrence > 1 };
  };
};

/** Cuts what is too long, and says how many values were. */
export const cutToLength = (body: Record<string, unknown>): number => {
  let cut = 0;
  for (const [field, longest] of Object.entries(lengths)) {
    const value = body[field];
    if (typeof value !== 'string' || value.length <= longest) continue;
    body[field] = shortened(value, longest);
    cut++;
  }
  return cut;
};
