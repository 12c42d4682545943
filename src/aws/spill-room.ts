import { firehose, s3 } from './clients.ts';
import type { DrainParts } from './drain.ts';
import { type Environment, settingsIn } from './environment.ts';
import { prefixes } from './settings.ts';
import { openCloudStore } from './store.ts';
import { surroundings, wait } from './surroundings.ts';

/** Where events go and where those wait that the stream did not take: what the drain needs. */
export const spillRoom = (environment: Environment = process.env): DrainParts => {
  const setting = settingsIn(environment);
  const { clock, random, log } = surroundings();
  const spill = openCloudStore({
    client: s3(environment),
    bucket: setting('lakeBucket'),
    prefix: prefixes.spill,
  });
  return { stream: { client: firehose(), name: setting('stream'), random, wait }, spill, log, clock };
};
