/** A code that stands for a key, once and not for long: what may be seen in a terminal and stays in a browser’s history. */
export interface OneTimeCode {
  readonly code: string;
  /** The key, the first time the code is said within five minutes. */
  readonly exchange: (code: string) => string | undefined;
}

const lifeMs = 5 * 60_000;

/** A code of 128 bits for this key. `random`: so many random bytes; `clock`: ms since 1970. */
export const oneTimeCode = (
  key: string,
  { random, clock }: { readonly random: (n: number) => Uint8Array; readonly clock: () => number },
): OneTimeCode => {
  const code = Buffer.from(random(16)).toString('base64url');
  const end = clock() + lifeMs;
  let used = false;
  return {
    code,
    exchange: (said) => {
      if (used || said !== code || clock() > end) return undefined;
      used = true;
      return key;
    },
  };
};
