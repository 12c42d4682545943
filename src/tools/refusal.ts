import type * as z from 'zod/mini';
import { Problem } from '../problems.ts';

type Issue = z.core.$ZodIssue;

/** Problem `invalid_params` about one argument: the sentence, and the contract’s flattened form of it. */
export const invalidParam = (name: string, message: string): Problem =>
  new Problem('invalid_params', message, { details: { formErrors: [], fieldErrors: { [name]: [message] } } });

/** What was wrong with arguments, as the contract’s flattened form and one sentence. Unknown columns to group by have a code of their own. */
export function argumentsProblem(
  tool: string,
  found: readonly Issue[],
  given: Readonly<Record<string, unknown>>,
): Problem {
  const plain = found.flatMap(plainest);
  const at = ({ path }: Issue) => JSON.stringify(path);
  const ofAnotherKind = new Set(plain.filter(({ code }) => code === 'invalid_type').map(at));
  // What is no list has no length worth a word.
  const issues = plain.filter((issue) => issue.code === 'invalid_type' || !ofAnotherKind.has(at(issue)));
  const fieldErrors: Record<string, string[]> = {};
  for (const issue of issues) {
    const input = String(issue.path[0] ?? 'arguments');
    const place = issue.path.slice(1).join('.');
    fieldErrors[input] = [
      ...(fieldErrors[input] ?? []),
      `${place === '' ? '' : `${place}: `}${sentence(issue, given)}`,
    ];
  }
  const said = Object.entries(fieldErrors).map(([input, messages]) => `${input}: ${messages[0]}`);
  const allowed = issues.flatMap((issue) =>
    issue.path[0] === 'group_by' && issue.code === 'custom' && Array.isArray(issue.params?.allowed)
      ? [issue.params.allowed]
      : [],
  )[0];
  const message = `${tool}: ${said.slice(0, 3).join('; ')}`;
  return allowed === undefined
    ? new Problem('invalid_params', message, { details: { formErrors: [], fieldErrors } })
    : new Problem('invalid_group_by', message, { details: { formErrors: [], fieldErrors, allowed } });
}

/** Of a union’s branches the one that got furthest, since “invalid input” helps nobody. */
function plainest(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const best = issue.errors.toSorted((a, b) => depth(b) - depth(a))[0] ?? [];
  return best.flatMap((inner) => plainest({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** How far a branch got: what is of another kind altogether did not get far. */
const depth = (branch: readonly Issue[]): number =>
  Math.max(
    ...branch.map(
      (issue) =>
        issue.path.length +
        (issue.code === 'invalid_union'
          ? Math.max(0, ...issue.errors.map(depth))
          : issue.code === 'invalid_type'
            ? 0
            : 10),
    ),
  );

function sentence(issue: Issue, given: Readonly<Record<string, unknown>>): string {
  const value = issue.path.reduce<unknown>(
    (inside, key) => (typeof inside === 'object' && inside !== null ? Reflect.get(inside, key) : undefined),
    given,
  );
  const got = shown(value);
  switch (issue.code) {
    case 'custom':
      return issue.message;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}; got ${got}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${counted(issue.origin, issue.maximum)}; got ${got}`;
    case 'too_small':
      return `must be at least ${issue.minimum}${counted(issue.origin, issue.minimum)}; got ${got}`;
    case 'invalid_type':
      return value === undefined
        ? 'is required'
        : `must be ${kinds[issue.expected] ?? issue.expected}${issue.path.join() === 'where' ? ' such as [{"field":"country","op":"eq","value":"DE"}]' : ''}; got ${got}${value === null ? ' (leave it out instead)' : ''}`;
    case 'unrecognized_keys':
      return `unknown ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}; remove it`;
    case 'invalid_format':
      return `${issue.message}; got ${got}`;
    default:
      return issue.message;
  }
}

const kinds: Readonly<Record<string, string>> = {
  ...{ string: 'text', number: 'a number', int: 'a whole number', boolean: 'true or false' },
  ...{ array: 'a list', object: 'an object' },
};

const units: Readonly<Record<string, readonly [one: string, more: string]>> = {
  string: [' character', ' characters'],
  array: [' entry', ' entries'],
};
const counted = (origin: string, most: number | bigint): string =>
  units[origin]?.[Number(most) === 1 ? 0 : 1] ?? '';

/** The beginning of a value as JSON; what nests too deep for that is only named. */
function shown(value: unknown): string {
  try {
    const text = JSON.stringify(value) ?? 'nothing';
    return text.length > 80 ? `${text.slice(0, 80)}…` : text;
  } catch {
    return 'a value nested too deep to show';
  }
}
