import { adminRoom } from '../src/aws/key-room.ts';
import { surroundings } from '../src/aws/surroundings.ts';
import { administer } from '../src/serve/admin.ts';

/** Everything under /v1/admin. */
export const handler = administer({ ...surroundings(), ...adminRoom() });
