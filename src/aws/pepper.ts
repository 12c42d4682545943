import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { World } from '../ports.ts';
import { upstream } from './upstream.ts';

/** After this long, ms, the secret is read again, so that all instances come to use a rotated one. */
export const pepperKeepsMs = 5 * 60_000;

interface PepperParts {
  readonly client: SecretsManagerClient;
  readonly secret: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/**
 * The pepper from Secrets Manager: the UTF-8 of the secret’s text. Asked for once in five minutes, by all requests together; while the secret cannot be read the last one
 * stays good. Rejects with `upstream_failed` when there is none yet.
 */
export const openPepper = ({ client, secret, clock }: PepperParts): World['pepper'] => {
  let known: Uint8Array | undefined;
  let fresh = Number.NEGATIVE_INFINITY;
  let reading: Promise<Uint8Array> | undefined;

  const read = async (): Promise<Uint8Array> => {
    const { SecretString: text = '' } = await client.send(new GetSecretValueCommand({ SecretId: secret }));
    if (text.length < 32) throw new Error('the pepper’s secret must hold at least 32 characters');
    const bytes = new Uint8Array(Buffer.from(text));
    // The same object while it is the same pepper: what is made from it once is kept with it.
    if (known === undefined || !Buffer.from(known).equals(bytes)) known = bytes;
    fresh = clock() + pepperKeepsMs;
    return known;
  };

  return async () => {
    if (known !== undefined && clock() < fresh) return known;
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading.catch((thrown: unknown) => known ?? unreadable(thrown));
  };
};

const unreadable = upstream('Keys cannot be checked just now. Try again in a moment.');
