import { intakeWorld } from '../src/aws/world.ts';
import { collect } from '../src/serve/collect.ts';

/** POST /v1/track, /v1/batch, /v1/identify, /v1/beacon. */
export const handler = collect(intakeWorld());
