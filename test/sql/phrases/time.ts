import { type Phrase, phrase } from '../phrase.ts';

const t = (text: string) => `timestamp '${text}'`;
const gap = (unit: string, since: string, until: string) => `date_diff('${unit}', ${t(since)}, ${t(until)})`;
const start = (unit: string) => `date_trunc('${unit}', ${t('2026-11-21 13:14:15.678')})`;

/** Time: UTC timestamps of millisecond precision. */
export const timePhrases: readonly Phrase[] = [
  phrase('date_trunc', 'functions/datetime', {
    [start('second')]: '2026-11-21T13:14:15.000Z',
    [start('minute')]: '2026-11-21T13:14:00.000Z',
    [start('hour')]: '2026-11-21T13:00:00.000Z',
    [start('day')]: '2026-11-21T00:00:00.000Z',
    [start('week')]: '2026-11-16T00:00:00.000Z',
    [start('month')]: '2026-11-01T00:00:00.000Z',
    [start('year')]: '2026-01-01T00:00:00.000Z',
  }),
  phrase('date_diff', 'functions/datetime', {
    [gap('millisecond', '1970-01-01 00:00:00.000', '2026-11-21 13:14:15.678')]: 1795266855678,
    [gap('second', '2026-01-01 00:00:00.900', '2026-01-01 00:00:01.100')]: 0,
    [gap('second', '2026-01-01 00:00:02.900', '2026-01-01 00:00:01.100')]: -1,
    [gap('minute', '2026-01-01 00:00:59.000', '2026-01-01 00:01:58.999')]: 0,
    [gap('hour', '2026-01-01 00:59:00.000', '2026-01-01 01:58:00.000')]: 0,
    [gap('day', '2026-01-01 23:00:00.000', '2026-01-02 01:00:00.000')]: 0,
    [gap('day', '2026-01-01 23:00:00.000', '2026-01-02 23:00:00.000')]: 1,
    [`date_diff('millisecond', null, ${t('2026-01-01 00:00:00.000')})`]: null,
  }),
  phrase('date_add', 'functions/datetime', {
    [`date_add('millisecond', -1, ${t('2026-01-01 00:00:00.000')})`]: '2025-12-31T23:59:59.999Z',
    [`date_add('second', 5, ${t('2026-01-01 00:00:00.000')})`]: '2026-01-01T00:00:05.000Z',
    [`date_add('day', 1, ${t('2026-02-28 00:00:00.000')})`]: '2026-03-01T00:00:00.000Z',
    [`date_add('week', -1, ${t('2026-01-08 00:00:00.000')})`]: '2026-01-01T00:00:00.000Z',
    [`date_add('month', 1, ${t('2026-01-31 06:00:00.000')})`]: '2026-02-28T06:00:00.000Z',
  }),
  phrase('year', 'functions/datetime', {
    [`year(${t('2026-11-21 13:14:15.678')})`]: 2026,
    [`year(${t('1969-12-31 23:59:59.999')})`]: 1969,
  }),
  phrase('month', 'functions/datetime', {
    [`month(${t('2026-11-21 13:14:15.678')})`]: 11,
    "month(cast('2026-02-01' as date))": 2,
  }),
  phrase('hour', 'functions/datetime', {
    [`hour(${t('2026-11-21 13:14:15.678')})`]: 13,
  }),
  phrase('day_of_week', 'functions/datetime', {
    [`day_of_week(${t('2026-11-22 00:00:00.000')})`]: 7,
    [`day_of_week(${t('2026-11-16 00:00:00.000')})`]: 1,
  }),
  phrase('to_unixtime', 'functions/datetime', {
    [`to_unixtime(${t('2026-01-01 00:00:00.500')})`]: 1767225600.5,
  }),
  phrase('from_unixtime', 'functions/datetime', {
    'cast(from_unixtime(1767225600.5) as timestamp(3))': '2026-01-01T00:00:00.500Z',
  }),
  phrase('with_timezone', 'functions/datetime', {
    [`to_unixtime(with_timezone(${t('2026-03-08 01:30:00.000')}, 'America/New_York'))`]: 1772951400,
  }),
  phrase('at_timezone', 'functions/datetime', {
    [`cast(at_timezone(with_timezone(${t('2026-03-08 07:30:00.000')}, 'UTC'), 'America/New_York') as timestamp(3))`]:
      '2026-03-08T03:30:00.000Z',
  }),
];
