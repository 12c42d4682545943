import { mapOf } from './rooms.ts';
import { sourcesIn } from './source-text.ts';

// `npm run map`: who imports whom, room by room, from the top down.
process.stdout.write(`${mapOf(sourcesIn('src', 'bin', 'lib', 'lambdas'))}\n`);
