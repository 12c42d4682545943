import { cloudFirstStart } from '../src/aws/first-start.ts';
import { keyRoom } from '../src/aws/key-room.ts';

const room = keyRoom();

/** Makes the first account, project and keys; only IAM may call it. Its answer alone holds the keys. */
export const handler = (order: unknown) => cloudFirstStart(room, order);
