import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { bufferSeconds, deliverySeconds } from '../../src/aws/settings.ts';
import type { Place } from '../e2e/place.ts';
import type { Order } from './control.ts';
import { atEmulator } from './emulator.ts';
import { type Installation, stacks } from './rooms.ts';

const outputs = z.record(z.string(), z.record(z.string(), z.string()));
const saved = z.object({
  account_id: z.string(),
  project_id: z.string(),
  project_slug: z.string(),
  keys: z.object({ pk: z.string(), sk: z.string(), rk: z.string(), ak: z.string(), admin: z.string() }),
});

/** The environment `npm run test:cloud` gives its tests; throws outside of it. */
const given = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error('no cloud is running: use `npm run test:cloud`');
  return value;
};

const fromFolder = (file: string): unknown =>
  JSON.parse(readFileSync(join(given('MILLIMETRIC_CLOUD_FOLDER'), file), 'utf8'));

/** Where the keys of an installation are written to, in the folder of the run. */
export const keysFile = (installation: Installation): string => `${installation}.keys.json`;

/** The product in the emulated cloud, from its URL and its keys.json. */
export const place = (installation: Installation = 'product'): Place => ({
  url: atEmulator(outputsOf(installation)('ApiUrl'), given('AWS_ENDPOINT_URL')),
  saved: saved.parse(fromFolder(keysFile(installation))),
  lagSeconds: bufferSeconds + deliverySeconds,
  addressFrom: 'X-Forwarded-For',
});

/** Where an emulator runs that enforces no rights and has nothing in it. */
export const plainEmulator = (): string => given('MILLIMETRIC_CLOUD_PLAIN');

/** The outputs of a deployed stack. */
export const outputsOf = (stack: keyof typeof stacks): ((name: string) => string) => {
  const found = outputs.parse(fromFolder('outputs.json'))[stacks[stack]];
  return (name) => {
    const value = found?.[name];
    if (value === undefined) throw new Error(`the stack ${stacks[stack]} has no output ${name}`);
    return value;
  };
};

/** Does something to the cloud. */
export const command = async (order: Order): Promise<void> => {
  const answer = await fetch(given('MILLIMETRIC_CLOUD_CONTROL'), {
    method: 'POST',
    body: JSON.stringify(order),
  });
  if (!answer.ok) throw new Error(await answer.text());
};
