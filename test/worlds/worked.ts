import type { Event } from '../../src/events/columns.ts';
import { anEvent, type Said, sent } from './event.ts';

/** `A@13:00 B(x)@13:05` on Monday: letters are events of `a1`, with `item` x, in the order they were sent in one request; without times a minute apart from 9:00. */
export const story = (text: string, more: Said = {}): readonly Event[] =>
  sent(
    ...text.split(' ').map((word, place) => {
      const [, event_name = '', hold = '', time = `09:${String(place).padStart(2, '0')}`] =
        /^([^@(]+)(?:\((\w+)\))?(?:@(.+))?$/.exec(word) ?? [];
      const at = /^\d\d:/.test(time) ? `2026-03-02T${time}:00Z` : `2026-03-02T09:00:0${time}Z`;
      return anEvent({
        event_name,
        at,
        received_at: 0,
        ...(hold === '' ? {} : { properties: JSON.stringify({ item: hold }) }),
        ...more,
      });
    }),
  );

/** A funnel worked by hand: `steps` within an hour, and how many of the one person reach each. */
export interface Worked {
  readonly does: string;
  readonly text: string;
  readonly steps: string;
  readonly more?: Readonly<Record<string, unknown>>;
  readonly reaches: readonly number[];
}

/** The funnels of analytics.md, and some that its words decide. */
export const worked: readonly Worked[] = [
  {
    does: 'the attempt of 13:30 reaches C within the hour',
    text: 'A@13:00 A@13:30 B@13:45 C@14:15',
    steps: 'ABC',
    reaches: [1, 1, 1],
  },
  { does: 'B before A is no B after A', text: 'B@0 A@1', steps: 'AB', reaches: [1, 0] },
  {
    does: 'at one instant what was sent first is earlier',
    text: 'A@10:00 B@10:00',
    steps: 'AB',
    reaches: [1, 1],
  },
  {
    does: 'at one instant what was sent later is later',
    text: 'B@10:00 A@10:00',
    steps: 'AB',
    reaches: [1, 0],
  },
  { does: 'other events may come between', text: 'A B F C D E', steps: 'ABCDE', reaches: [1, 1, 1, 1, 1] },
  { does: 'without D there is no E', text: 'A B C E', steps: 'ABCDE', reaches: [1, 1, 1, 0, 0] },
  {
    does: 'twenty steps, of which R was not done',
    text: 'A B C D E F G H I J K L M N O P Q S T',
    steps: 'ABCDEFGHIJKLMNOPQRST',
    reaches: [...Array(17).fill(1), 0, 0, 0],
  },
  {
    does: 'an excluded event between the steps ends the attempt',
    text: 'A X B',
    steps: 'AB',
    more: { exclude: ['X'] },
    reaches: [1, 0],
  },
  {
    does: 'or between later ones of many',
    text: 'A B C D E F G H I X J K',
    steps: 'ABCDEFGHIJK',
    more: { exclude: ['X'] },
    reaches: [1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0],
  },
  {
    does: 'an attempt after the excluded one converts',
    text: 'A X A B',
    steps: 'AB',
    more: { exclude: ['X'] },
    reaches: [1, 1],
  },
  {
    does: 'the attempt with item y converts',
    text: 'A(x) A(y) B(y)',
    steps: 'AB',
    more: { hold: ['properties.item'] },
    reaches: [1, 1],
  },
  {
    does: 'an attempt with another item does not',
    text: 'A(x) B(y)',
    steps: 'AB',
    more: { hold: ['properties.item'] },
    reaches: [1, 0],
  },
  {
    does: 'an excluded event ends the attempt even if it is a later step',
    text: 'B A C A',
    steps: 'BCA',
    more: { exclude: ['A'] },
    reaches: [1, 0, 0],
  },
  {
    does: 'or was an earlier one',
    text: 'B C B A',
    steps: 'BCA',
    more: { exclude: ['B'] },
    reaches: [1, 1, 0],
  },
  {
    does: 'the next step itself is never excluded',
    text: 'B C A',
    steps: 'BCA',
    more: { exclude: ['C', 'A'] },
    reaches: [1, 1, 1],
  },
];
