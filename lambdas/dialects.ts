import { keyRoom } from '../src/aws/key-room.ts';
import { intakeWorld } from '../src/aws/world.ts';
import { speakDialects } from '../src/serve/dialects.ts';

/** Everything that other tools’ SDKs send. */
export const handler = speakDialects({ ...intakeWorld(), ...keyRoom() });
