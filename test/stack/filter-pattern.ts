import * as z from 'zod';

type Line = Readonly<Record<string, unknown>>;
type Test = (line: Line) => boolean;

const object = z.record(z.string(), z.unknown());

/**
 * Does a line of a log fit a filter pattern of CloudWatch? Knows the part of the language that the stack uses: one object in braces, `$.name = "text"` where the text may
 * have `*` for anything, joined by && and ||, in parentheses; && binds first. A line that is no JSON object fits nothing. Throws at any other pattern.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export const matches = (pattern: string, line: string): boolean => {
  const tokens = pattern.match(/"[^"]*"|&&|\|\||\$\.\w+|[(){}=]|\S+/g) ?? [];
  const next = (expected: RegExp): string => {
    const token = tokens.shift() ?? 'its end';
    if (!expected.test(token))
      throw new Error(`${token} in the filter pattern ${pattern} is not understood here`);
    return token;
  };
  const joined = (word: string, part: () => Test, holds: (all: readonly boolean[]) => boolean): Test => {
    const parts = [part()];
    while (tokens[0] === word) {
      next(/./);
      parts.push(part());
    }
    return (its) => holds(parts.map((each) => each(its)));
  };
  const compared = (): Test => {
    const name = next(/^\$\.\w+$/).slice(2);
    next(/^=$/);
    const text = next(/^"[^"]*"$/).slice(1, -1);
    const like = new RegExp(`^${text.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
    return (its) => typeof its[name] === 'string' && like.test(its[name]);
  };
  const one = (): Test => {
    if (tokens[0] !== '(') return compared();
    next(/^\($/);
    const inside = any();
    next(/^\)$/);
    return inside;
  };
  const all = (): Test => joined('&&', one, (each) => each.every(Boolean));
  const any = (): Test => joined('||', all, (each) => each.some(Boolean));
  next(/^\{$/);
  const fits = any();
  next(/^\}$/);
  if (tokens.length > 0) next(/^$/);
  const its = object.safeParse(parsed(line)).data;
  return its !== undefined && fits(its);
};

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};
