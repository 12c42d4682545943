import { compact } from '../src/aws/compaction/compact.ts';
import { compactionRoom } from '../src/aws/compaction/room.ts';

const room = compactionRoom();

/** Makes few files of many; called on a schedule. */
export const handler = () => compact(room);
