/** Two upper-case letters, ISO 3166-1; null for anything else and for the code that means “unknown”. */
export const countryCode = (code: string): string | null =>
  /^[A-Z]{2}$/.test(code) && code !== 'ZZ' && code !== 'XX' ? code : null;
