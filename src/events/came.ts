import './exact-json.ts';

/** What a caller sent in place of what is allowed, in words: “the number 42 came”. Long texts are cut and counted. */
export const came = (value: unknown): string => {
  if (value === undefined) return 'nothing came';
  if (value === null) return 'null came (leave the field out instead)';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list came' : 'a list came';
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number') return `the number ${value} came`;
  if (JSON.isRawJSON(value)) return `the number ${value.rawJSON.slice(0, 40)} came`;
  return typeof value === 'boolean' ? `${value} came` : 'an object came';
};

const text = (value: string): string => {
  if (value === '') return 'an empty text came';
  if (value.length <= 40) return `“${value}” came`;
  const count = value.length > 10_000 ? 'more than 10,000' : [...value].length;
  return `${count} characters came: “${value.slice(0, 40).toWellFormed()}…”`;
};
