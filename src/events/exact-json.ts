declare global {
  interface JSON {
    /** A number that is written as it was read. */
    rawJSON(text: string): { readonly rawJSON: string };
    isRawJSON(value: unknown): value is { readonly rawJSON: string };
  }
}

/**
 * May the text hold a number that JavaScript would write with other digits: −0, an exponent, a zero at the end of a fraction, a very small fraction, or more than 15 digits? Looked for first, because
 * asking for the source of each value takes several times as long as reading them.
 */
const unusual =
  /[:,[\s](?:-0[\s,}\]]|-?\d+(?:\.\d+)?[eE][-+]?\d+[\s,}\]]|-?\d+\.\d*0[\s,}\]]|-?0\.000000|-?[\d.]{16})/;

/** JSON text as its value, numbers with the digits they were sent with: one that JavaScript would change is an object for which `JSON.isRawJSON` is true, and which JSON.stringify writes as it came. Throws SyntaxError. */
export const exactJson = (text: string): unknown =>
  unusual.test(text) ? JSON.parse(text, asSent) : JSON.parse(text);

/** A reviver: its third argument, which the language’s types do not know yet, holds the text of a number. */
const asSent = (...[, value, context]: readonly unknown[]): unknown =>
  typeof value === 'number' &&
  typeof context === 'object' &&
  context !== null &&
  'source' in context &&
  typeof context.source === 'string' &&
  context.source !== String(value)
    ? JSON.rawJSON(context.source)
    : value;
