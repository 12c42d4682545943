import { type Phrase, phrase } from '../phrase.ts';

/** Numbers. */
export const numbersPhrases: readonly Phrase[] = [
  phrase('abs', 'functions/math', {
    'abs(-3)': 3,
  }),
  phrase('round', 'functions/math', {
    'round(2.5e0)': 3,
    'round(-2.5e0)': -3,
    'cast(round(0.5e0) as bigint)': 1,
  }),
  phrase('floor', 'functions/math', {
    'floor(-0.5e0)': -1,
    'floor(1.9e0)': 1,
  }),
  phrase('ceil', 'functions/math', {
    'ceil(1.1e0)': 2,
  }),
];
