import type * as z from 'zod/mini';
import { Problem } from '../problems.ts';
import { nearest } from './nearest.ts';

type Issue = z.core.$ZodIssue;

/** What was wrong with arguments, as the contract’s flattened form and one sentence. Unknown columns to group by have a code of their own. */
export function refusalOf(tool: string, error: z.core.$ZodError, given: Readonly<Record<string, unknown>>): Problem {
  const issues = error.issues.flatMap(plainest);
  const fieldErrors: Record<string, string[]> = {};
  for (const issue of issues) {
    const input = String(issue.path[0] ?? 'arguments');
    const place = issue.path.slice(1).join('.');
    fieldErrors[input] = [...(fieldErrors[input] ?? []), `${place === '' ? '' : `${place}: `}${sentence(issue, given)}`];
  }
  const said = Object.entries(fieldErrors).map(([input, messages]) => `${input}: ${messages[0]}`);
  const allowed = issues.flatMap((issue) =>
    issue.path[0] === 'group_by' && issue.code === 'custom' && Array.isArray(issue.params?.allowed) ? [issue.params.allowed] : [],
  )[0];
  const message = `${tool}: ${said.slice(0, 3).join('; ')}`;
  if (allowed !== undefined) {
    const asked =
      typeof given.group_by === 'string'
        ? given.group_by.split(',')
        : Array.isArray(given.group_by)
          ? given.group_by.filter((word) => typeof word === 'string')
          : [];
    const close = asked.flatMap((word) => (allowed.includes(word.trim()) ? [] : nearest(word, allowed.map(String), 1)));
    return new Problem('invalid_group_by', close.length === 0 ? message : `${message}; nearest: ${close.join(', ')}`, {
      details: { formErrors: [], fieldErrors, allowed },
    });
  }
  return new Problem('invalid_params', message, { details: { formErrors: [], fieldErrors } });
}

/** Of a union’s branches the one that got furthest, since “invalid input” helps nobody. */
function plainest(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const depth = (branch: readonly Issue[]) => Math.max(...branch.map((inner) => inner.path.length + (inner.code === 'invalid_type' ? 0 : 10)));
  const best = issue.errors.toSorted((a, b) => depth(b) - depth(a))[0] ?? [];
  return best.flatMap((inner) => plainest({ ...inner, path: [...issue.path, ...inner.path] }));
}

function sentence(issue: Issue, given: Readonly<Record<string, unknown>>): string {
  const value = issue.path.reduce<unknown>((inside, key) => (typeof inside === 'object' && inside !== null ? Reflect.get(inside, key) : undefined), given);
  const got = shown(value);
  switch (issue.code) {
    case 'custom':
      return issue.message;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}; got ${got}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : ''}; got ${got}`;
    case 'too_small':
      return `must be at least ${issue.minimum}${issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : ''}; got ${got}`;
    case 'invalid_type':
      return value === undefined ? 'is required' : `must be ${issue.expected === 'int' ? 'a whole number' : issue.expected}; got ${got}`;
    case 'unrecognized_keys':
      return `unknown ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}; remove it`;
    default:
      return issue.message;
  }
}

/** The beginning of a value as JSON; what nests too deep for that is only named. */
function shown(value: unknown): string {
  try {
    const text = JSON.stringify(value) ?? 'nothing';
    return text.length > 80 ? `${text.slice(0, 80)}…` : text;
  } catch {
    return 'a value nested too deep to show';
  }
}
