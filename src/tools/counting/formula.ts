/** An arithmetic expression over labels, understood. */
export interface Formula {
  readonly labels: readonly string[];
  /** Its value where the labels have these; null where one has none, or where it divides by 0. */
  readonly value: (of: (label: string) => number | null) => number | null;
}

type Value = Formula['value'];

/** What cannot be read, in words. */
export interface Unread {
  readonly problem: string;
}

/** So deep parentheses and signs may lie in one another. */
const deepest = 50;
const token = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z]\w*)|([-+*/()×÷−–]))/y;
const plain: Readonly<Record<string, string>> = { '×': '*', '÷': '/', '−': '-', '–': '-' };

/** Reads `A / B * 100`: numbers, labels, `+ − × ÷` (also `- * /`) and parentheses; × and ÷ before + and −, from the left. */
export const formulaFrom = (text: string): Formula | Unread => {
  const words = wordsIn(text);
  if ('problem' in words) return words;
  const labels = new Set<string>();
  let at = 0;
  const next = (): string => words.words[at] ?? '';
  const wanted = (): Unread => ({
    problem:
      next() === ''
        ? 'it ends where a number, a label or ( is expected'
        : `a number, a label or ( is expected, not ${next()}`,
  });

  const part = (depth: number): Value | Unread => {
    const word = next();
    if (depth > deepest) return { problem: 'its parentheses are nested too deep' };
    at += 1;
    if (word === '-') {
      const inner = part(depth + 1);
      return typeof inner === 'function'
        ? both(
            () => 0,
            inner,
            (a, b) => a - b,
          )
        : inner;
    }
    if (word === '(') {
      const inner = sum(depth + 1);
      if (typeof inner !== 'function') return inner;
      if (next() !== ')') return { problem: 'a ( is not closed' };
      at += 1;
      return inner;
    }
    if (/^\d/.test(word)) return () => Number(word);
    if (/^[A-Za-z]/.test(word)) {
      labels.add(word);
      return (of) => of(word);
    }
    at -= 1;
    return wanted();
  };
  const chain = (signs: string, inner: (depth: number) => Value | Unread, depth: number): Value | Unread => {
    let left = inner(depth);
    while (typeof left === 'function' && next() !== '' && signs.includes(next())) {
      const sign = next();
      at += 1;
      const right = inner(depth);
      if (typeof right !== 'function') return right;
      left = both(left, right, operations[sign] ?? (() => null));
    }
    return left;
  };
  const product = (depth: number): Value | Unread => chain('*/', part, depth);
  const sum = (depth: number): Value | Unread => chain('+-', product, depth);

  const value = sum(0);
  if (typeof value !== 'function') return value;
  if (next() === ')') return { problem: 'a ) closes nothing' };
  if (next() !== '') return { problem: `an operator is expected before ${next()}` };
  return { labels: [...labels], value };
};

const wordsIn = (text: string): { readonly words: readonly string[] } | Unread => {
  const words: string[] = [];
  token.lastIndex = 0;
  const whole = text.trimEnd();
  while (token.lastIndex < whole.length) {
    const from = token.lastIndex;
    const found = token.exec(whole);
    if (found === null)
      return {
        problem: `${JSON.stringify(whole.slice(from).trim().slice(0, 10))} is no number, label or operator`,
      };
    const [, number, label, sign = ''] = found;
    words.push(number ?? label ?? plain[sign] ?? sign);
  }
  return { words };
};

type Operation = (a: number, b: number) => number | null;

const operations: Readonly<Record<string, Operation>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0 ? null : a / b),
};

/** Of two values; null where either is, or where the result is no number that can be said. */
const both =
  (left: Value, right: Value, operation: Operation): Value =>
  (of) => {
    const [a, b] = [left(of), right(of)];
    const result = a === null || b === null ? null : operation(a, b);
    return result === null || !Number.isFinite(result) ? null : result;
  };
