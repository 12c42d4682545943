import { createHmac, hash } from 'node:crypto';

/**
 * Bytes that look random and are the same each time for the same secret and nonce: what is made from them a second time is the same thing. Who does not know the secret can tell nothing of them,
 * and once the nonce is forgotten nobody can make them again.
 */
export const derivedRandom = (secret: string, nonce: string): ((n: number) => Uint8Array) => {
  let block = 0;
  return (n) => {
    const parts: Buffer[] = [];
    for (let have = 0; have < n; have += 32)
      parts.push(createHmac('sha256', secret).update(`${nonce} ${block++}`).digest());
    return new Uint8Array(Buffer.concat(parts).subarray(0, n));
  };
};

/** A text as a name of fixed length that tells nothing of it. */
export const digestOf = (text: string): string => hash('sha256', text, 'base64url');
