import { authorize } from '../src/access/authorize.ts';
import { keyRoom } from '../src/aws/key-room.ts';

/** Says to API Gateway who a key is and whether it may use the route. */
export const handler = authorize(keyRoom());
