import { drain } from '../src/aws/drain.ts';
import { spillRoom } from '../src/aws/spill-room.ts';

const room = spillRoom();

/** Hands spilled events to the stream again; called on a schedule. */
export const handler = () => drain(room);
