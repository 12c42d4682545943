import type { Cell } from '../ports.ts';

/** A value of an Athena result, which is always text (none: NULL), as the cell its column’s type says. Times beyond what ISO 8601 can say are null; lists and the like stay text. */
export const cellOf = (text: string | undefined, type: string): Cell => {
  if (text === undefined) return null;
  const read = readers[type.replace(/\(.*?\)/g, '').trim()];
  return read === undefined ? text : read(text);
};

const whole = (text: string): Cell => (Number.isSafeInteger(Number(text)) ? Number(text) : text);
const real = (text: string): Cell => (Number.isFinite(Number(text)) ? Number(text) : text);
const decimal = (text: string): Cell => (text.includes('.') ? Number(text) : whole(text));

/** `2026-03-02 09:00:00.007`, with or without UTC behind it; finer parts are cut. No question of ours has another zone in its answer. */
const time = (text: string): Cell => {
  const [, day = '', clock = '', fraction = ''] =
    /^(\S+) (\d\d:\d\d:\d\d)(?:\.(\d+))?(?: UTC)?$/.exec(text) ?? [];
  const date = new Date(`${day}T${clock}.${fraction.slice(0, 3).padEnd(3, '0')}Z`);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
};

const readers: Readonly<Record<string, (text: string) => Cell>> = {
  boolean: (text) => text === 'true',
  tinyint: whole,
  smallint: whole,
  integer: whole,
  int: whole,
  bigint: whole,
  float: real,
  real,
  double: real,
  decimal,
  timestamp: time,
  'timestamp with time zone': time,
};
