import { deaths } from './drills/deaths.ts';
import { pepper } from './drills/pepper.ts';
import { poison } from './drills/poison.ts';
import { slow, tooLarge } from './drills/questions.ts';
import { spillAlarm } from './drills/spill-alarm.ts';
import { drained, stream } from './drills/stream.ts';
import { place } from './place.ts';

const at = place('drills');

// In this order: what is begun by the first ends two minutes later, and after the last there is more to read than may be.
stream(at);
slow(at);
poison(at);
deaths(at);
pepper(at);
drained(at);
spillAlarm();
tooLarge(at);
