import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import { send } from '../../e2e/exchange.ts';
import type { Place } from '../../e2e/place.ts';
import { firstStart, recycled } from '../functions.ts';
import { outputsOf } from '../place.ts';

/** The secret that keys are hashed with is changed, and changed back. */
export const pepper = (at: Place): void =>
  test('keys end with the pepper they were hashed with; new ones are minted with the new one', {
    timeout: 90_000,
  }, async () => {
    const secrets = new SecretsManagerClient({});
    const SecretId = outputsOf('drills')('PepperSecret');
    const { SecretString: old = '' } = await secrets.send(new GetSecretValueCommand({ SecretId }));
    // Instances read the secret every five minutes; new ones at once.
    const changed = async (SecretString: string): Promise<void> => {
      await secrets.send(new PutSecretValueCommand({ SecretId, SecretString }));
      await Promise.all(
        ['whose key is this', 'makes the first account, project and keys'].map((does) =>
          recycled('drills', does),
        ),
      );
    };
    await changed(old.split('').reverse().join(''));
    const { keys } = await firstStart('drills', { rotate: true });
    // No verdict about this key and route is kept from before.
    const seen = async (key: string) => JSON.parse((await send(at, { path: '/v1/sources', key })).text).error;
    expect(await seen(keys?.rk ?? '')).toBeUndefined();
    await expect
      .poll(() => seen(at.saved.keys.rk), { timeout: 65_000, interval: 1_000 })
      .toBe('invalid_api_key');
    await changed(old);
    expect(await seen(at.saved.keys.sk)).toBeUndefined();
  });
