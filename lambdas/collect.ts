import { intakeWorld } from '../src/aws/world.ts';
import { collect } from '../src/serve/collect.ts';

/** Every route that takes events. */
export const handler = collect(intakeWorld());
