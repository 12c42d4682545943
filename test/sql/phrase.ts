import type { Cell } from '../../src/ports.ts';

/** A word that questions may use, the page of Trino’s documentation (trino.io/docs/current/<page>.html) that defines it, and what it must mean. */
export interface Phrase {
  readonly word: string;
  readonly page: string;
  /** SQL expressions and their values; times as ISO 8601. */
  readonly rows: Readonly<Record<string, Cell>>;
}

/** One entry of the phrasebook. */
export const phrase = (word: string, page: string, rows: Readonly<Record<string, Cell>>): Phrase => ({
  word,
  page,
  rows,
});
