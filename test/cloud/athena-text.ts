/** A value of Trino’s JSON as the text Athena shows; undefined for NULL. */
export const athenaText = (value: unknown, type: string): string | undefined => {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'number' && /^(double|real)/.test(type)) return asJava(value);
  if (Array.isArray(value)) return `[${value.map((each) => athenaText(each, '') ?? 'null').join(', ')}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value).map(([name, each]) => `${name}=${athenaText(each, '') ?? 'null'}`);
    return `{${entries.join(', ')}}`;
  }
  return String(value);
};

/** Trino’s name of a type as Athena calls it: without length, precision and parts. */
export const athenaType = (type: string): string => {
  const plain = type.replace(/\(.*\)/, '').trim();
  return plain === 'real' ? 'float' : plain;
};

/** A double as Java writes it: `1.0`, `1.0E7`, `1.5E-5`. */
const asJava = (value: number): string => {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) {
    const [digits = '', power = ''] = value.toExponential().split('e');
    return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(power)}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
};
