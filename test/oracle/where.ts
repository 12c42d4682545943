import type { Event } from '../../src/events/columns.ts';
import { fieldOf, numberOf, textOf } from './field.ts';
import { compareText } from './order.ts';

type Scalar = string | number | boolean;

/** One thing that must hold of an event. Source: analytics.md, `where`. */
export type Entry =
  | { readonly field: string; readonly op: 'exists' | 'not_exists' }
  | { readonly field: string; readonly op: 'eq' | 'neq'; readonly value: Scalar }
  | { readonly field: string; readonly op: 'in' | 'not_in'; readonly value: readonly Scalar[] }
  | {
      readonly field: string;
      readonly op: 'contains' | 'not_contains' | 'starts_with';
      readonly value: string;
    }
  | { readonly field: string; readonly op: 'gt' | 'gte' | 'lt' | 'lte'; readonly value: string | number };

/** An entry, or several of which one is enough. */
export type Condition = Entry | { readonly any: readonly Entry[] };

/** Does the condition hold of this event? */
export const holds = (event: Event, condition: Condition): boolean =>
  'any' in condition ? condition.any.some((entry) => entryHolds(event, entry)) : entryHolds(event, condition);

const entryHolds = (event: Event, entry: Entry): boolean => valueHolds(fieldOf(event, entry.field), entry);

/** Does what the entry asks hold of this value? Null: there is none. */
export function valueHolds(found: unknown, entry: Entry): boolean {
  switch (entry.op) {
    case 'exists':
      return found !== null;
    case 'not_exists':
      return found === null;
    case 'eq':
      return equals(found, entry.value);
    case 'neq':
      return !equals(found, entry.value);
    case 'in':
      return entry.value.some((value) => equals(found, value));
    case 'not_in':
      return !entry.value.some((value) => equals(found, value));
    case 'contains':
      return lower(textOf(found))?.includes(lower(entry.value) ?? '') ?? false;
    case 'not_contains':
      return !(lower(textOf(found))?.includes(lower(entry.value) ?? '') ?? false);
    case 'starts_with':
      return lower(textOf(found))?.startsWith(lower(entry.value) ?? '') ?? false;
    default:
      return compares(found, entry.op, entry.value);
  }
}

const equals = (found: unknown, value: Scalar): boolean => {
  if (typeof value === 'number') return numberOf(found) === value;
  return typeof value === 'boolean' ? found === value : textOf(found) === value;
};

function compares(found: unknown, op: 'gt' | 'gte' | 'lt' | 'lte', value: string | number): boolean {
  const difference =
    typeof value === 'number' ? minus(numberOf(found), value) : textMinus(textOf(found), value);
  if (difference === null) return false;
  return { gt: difference > 0, gte: difference >= 0, lt: difference < 0, lte: difference <= 0 }[op];
}

const minus = (a: number | null, b: number): number | null => (a === null ? null : a - b);
const textMinus = (a: string | null, b: string): number | null => (a === null ? null : compareText(a, b));

/** Letter by letter, so that no letter’s case depends on its neighbours; a final ς is a σ, whose capital it shares. */
const lower = (text: string | null): string | undefined =>
  text === null
    ? undefined
    : [...text].map((letter) => (letter === 'ς' ? 'σ' : letter.toLowerCase())).join('');
