import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from 'node:crypto';
import { isKeyKind, type KeyEnv, type KeyKind, keyEnvs } from './kinds.ts';

/** A key taken apart; only its shape and checksum are known to be right. */
export interface ParsedKey {
  readonly kind: KeyKind;
  readonly env: KeyEnv;
  /** `{kind}_{env}_{prefix}`: safe to log and to show. */
  readonly name: string;
  /** The whole key. Never logged, never stored. */
  readonly secret: string;
}

const shape = /^((pk|sk|rk|ak)_(live|test)_[A-Za-z0-9]{8})_([A-Za-z0-9_-]{32,})$/;
/** No key of ours is near this long; it bounds what a caller can make us hash. */
const longest = 256;
const checksumLength = 6;
const secretBytes = 24;
const prefixLength = 8;
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/**
 * A new key: `{kind}_{env}_{prefix}_{secret}{checksum}`. The secret is 24 random bytes (192 bits) as base64url; the checksum is the
 * first 6 base64url characters (36 bits) of the SHA-256 of everything before it, so a mistyped key passes once in 7 × 10¹⁰.
 */
export const newKey = (kind: KeyKind, env: KeyEnv, random: (n: number) => Uint8Array): string => {
  const secret = Buffer.from(random(secretBytes)).toString('base64url');
  const unsigned = `${kind}_${env}_${randomWord(prefixLength, random)}_${secret}`;
  return unsigned + checksumOf(unsigned);
};

/** The key's parts, or undefined when it is not the shape of a key or its checksum differs (contract §1). Reads nothing. */
export const parseKey = (text: string): ParsedKey | undefined => {
  if (text.length > longest) return undefined;
  const [, name, kind = '', word] = shape.exec(text) ?? [];
  const env = keyEnvs.find((known) => known === word);
  if (name === undefined || env === undefined || !isKeyKind(kind)) return undefined;
  const given = Buffer.from(text.slice(-checksumLength));
  return timingSafeEqual(given, Buffer.from(checksumOf(text.slice(0, -checksumLength))))
    ? { kind, env, name, secret: text }
    : undefined;
};

/** The id a key's record has in the ledger: `KEY#` and the HMAC-SHA-256 of the whole key under the pepper, in hex. */
export const keyId = (key: string, pepper: Uint8Array): string =>
  `KEY#${createHmac('sha256', prepared(pepper)).update(key).digest('hex')}`;

/** A word of n letters and digits for names that are unique but not secret. */
export const randomWord = (length: number, random: (n: number) => Uint8Array): string =>
  // 256 is no multiple of 62, so the first letters come a little more often: harmless in what is not secret.
  Array.from(random(length), (byte) => alphabet[byte % alphabet.length]).join('');

/** Making a key object of raw bytes costs Node eight times the hash itself. */
const prepared = (pepper: Uint8Array): KeyObject => {
  const known = peppers.get(pepper);
  if (known !== undefined) return known;
  const made = createSecretKey(pepper);
  peppers.set(pepper, made);
  return made;
};

const peppers = new WeakMap<Uint8Array, KeyObject>();

const checksumOf = (unsigned: string): string =>
  hash('sha256', unsigned, 'base64url').slice(0, checksumLength);
